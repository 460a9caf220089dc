/**
 * Reports as a SARIF 2.1.0 log: a rule per kind of report, a result per report, and in each result a code flow with a
 * thread flow per task, so that a viewer shows who took what where, side by side. Of a confirmed report the schedule that
 * deadlocks is one more code flow, the first: its steps are numbered across the tasks.
 *
 * The fingerprint is the report's own, which survives moved lines. URIs are relative to `root` under `%SRCROOT%`; frames that
 * have no file (recorded kernels) become logical locations. The same reports always give the same text. Linear.
 */
import { type ProvenSchedule, type Report, type ReportKind, rules, type Site, type Verdict } from '@lockdep/core';
import { cures } from './cures.ts';
import { ruleKinds, rulePage } from './rule-pages.ts';
import { provenSchedule, scheduleStories, scheduleTitle, verdictOf } from './story/proof.ts';
import { framePlace, type SourcePlace, sourcePlace } from './story/source-place.ts';
import { type TaskStory, taskStories } from './story/task-story.ts';
import { frameText } from './text/notation.ts';
import { printable } from './text/printable.ts';
import { reportTitle } from './text/render-text.ts';
import { textStyle } from './text/text-style.ts';

/** Options of {@link renderSarif}. */
export interface SarifOptions {
  /** The project's folder: files in it get relative URIs, which is what GitHub needs to show them. Default: none. */
  readonly root?: string;
  /** The version of the tool that made the reports. */
  readonly version?: string;
  /** Where the tool, and where each rule (`LD2`), is described. Default: nowhere. */
  readonly informationUri?: string;
  readonly helpUri?: (rule: string) => string;
  /** Spaces per level; default 2, 0 puts it on one line. */
  readonly indent?: number;
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const ROOT_ID = '%SRCROOT%';
const PLAIN = textStyle({});

/** Renders reports as one SARIF log, ending with a newline. */
export function renderSarif(reports: readonly Report[], options: SarifOptions = {}): string {
  const { version, informationUri, indent = 2, root = '' } = options;
  const found = new Set(reports.map(({ kind }) => kind));
  // By number of the rule, so that `ruleIndex` never depends on what was found.
  const driver = {
    name: 'lockdep',
    ...(version === undefined ? {} : { version, semanticVersion: version }),
    ...(informationUri === undefined ? {} : { informationUri }),
    rules: ruleKinds.map((kind) => ruleObject(kind, found.has(kind), options)),
  };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [ROOT_ID]: { description: { text: 'The folder of the project that was checked.' } } },
    results: reports.map((report) => resultObject(report, root)),
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, indent)}\n`;
}

/** The whole page of a rule that was broken; of the others rule and cures. */
function ruleObject(kind: ReportKind, isBroken: boolean, { helpUri }: SarifOptions): object {
  const { id, title, level } = rules[kind];
  const { rule, cures: usual } = cures[kind];
  return {
    id,
    name: kind.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: rule },
    help: {
      text: `${rule} The usual cures: ${usual.join('; ')}.`,
      markdown: isBroken
        ? rulePage(kind)
        : `${rule}\n\nThe usual cures:\n\n${usual.map((cure) => `- ${cure}`).join('\n')}\n`,
    },
    ...(helpUri === undefined ? {} : { helpUri: helpUri(id) }),
    defaultConfiguration: { level },
    properties: { tags: ['concurrency', 'locking'] },
  };
}

function resultObject(report: Report, root: string): object {
  const stories = taskStories(report);
  const all = stories.flatMap((story) => story.steps.map((step) => ({ ...step, task: story.name })));
  const main = all.find((step) => step.isCulprit && step.site.frames.length > 0)?.site ?? report.site;
  const others = all.filter((step) => step.site.frames.length > 0 && step.site !== main);
  const sure = verdictOf(report);
  const verdict = sure === null ? '' : ` Verdict: ${sure.kind}, ${sure.reason}.`;
  const proof = provenSchedule(report);
  return {
    ruleId: report.rule,
    ruleIndex: ruleKinds.indexOf(report.kind),
    level: report.level,
    message: { text: wellFormed(`${reportTitle(report)}: ${report.message}${verdict}`) },
    locations: [locationObject(main, root)],
    ...(others.length === 0
      ? {}
      : {
          relatedLocations: others.map(({ site, text, task }, index) => ({
            id: index + 1,
            ...locationObject(site, root),
            message: { text: wellFormed(`${task} ${text}`) },
          })),
        }),
    codeFlows: [
      ...(proof === null ? [] : [proofFlow(proof, root)]),
      { threadFlows: stories.map((story, index) => threadFlow(story, index, root)) },
    ],
    ...(report.site.frames.length === 0 ? {} : { stacks: [stackObject(report.site, root)] }),
    partialFingerprints: { 'lockdep/v1': wellFormed(report.fingerprint) },
    occurrenceCount: report.count,
    properties: { kind: report.kind, task: wellFormed(report.task), ...(sure === null ? {} : verdictProperties(sure)) },
  };
}

/** The verdict for programs that read the log; how the schedule is repeated, or how close the attempts came. */
function verdictProperties({ kind, closest, schedule }: Verdict): object {
  return {
    verdict: kind,
    ...(closest === undefined ? {} : { closest: wellFormed(closest) }),
    ...(schedule === undefined ? {} : { replay: schedule.literal.toWellFormed(), preemptions: schedule.preemptions }),
  };
}

function proofFlow(proof: ProvenSchedule, root: string): object {
  return {
    message: { text: `${scheduleTitle(proof)}.` },
    threadFlows: scheduleStories(proof).map(({ name, steps }, index) => ({
      id: `S${index}`,
      message: { text: wellFormed(name) },
      locations: steps.map(({ site, text, isCulprit, order }) => ({
        location: { ...locationObject(site, root), message: { text: wellFormed(text) } },
        executionOrder: order,
        importance: isCulprit ? 'essential' : 'important',
      })),
    })),
  };
}

function threadFlow(story: TaskStory, index: number, root: string): object {
  return {
    id: `T${index}`,
    message: { text: wellFormed(story.isNew ? `${story.name} (new)` : story.name) },
    locations: story.steps.map(({ site, text, isCulprit }, step) => ({
      location: { ...locationObject(site, root), message: { text: wellFormed(text) } },
      executionOrder: step + 1,
      importance: isCulprit ? 'essential' : 'important',
    })),
  };
}

function stackObject(site: Site, root: string): object {
  return {
    message: { text: 'Where the task was.' },
    frames: site.frames.map((frame) => ({
      location: { ...physical(framePlace(frame, root)), message: { text: wellFormed(frameText(frame, PLAIN)) } },
    })),
  };
}

/** A place in a file, or the function's name when that is all there is; empty when nothing was recorded. */
function locationObject(site: Site, root: string): { physicalLocation?: object; logicalLocations?: object[] } {
  const frame = site.frames[0];
  const name = frame === undefined ? '' : (frame.function ?? (frame.file === undefined ? frame.text : ''));
  const logical = name === '' ? {} : { logicalLocations: [{ fullyQualifiedName: wellFormed(name), kind: 'function' }] };
  return { ...physical(sourcePlace(site, root)), ...logical };
}

function physical(place: SourcePlace | null): { physicalLocation?: object } {
  if (place === null) return {};
  const { uri, isRelative, line, column } = place;
  const region =
    line === null ? {} : { region: { startLine: line, ...(column === null ? {} : { startColumn: column }) } };
  return {
    physicalLocation: { artifactLocation: { uri, ...(isRelative ? { uriBaseId: ROOT_ID } : {}) }, ...region },
  };
}

/** Control characters escaped, lone surrogates too: readers of SARIF need well-formed Unicode. */
function wellFormed(text: string): string {
  return printable(text);
}
