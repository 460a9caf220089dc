/**
 * Reports as GitHub workflow commands: one `::error file=…,line=…,title=…::message` a report, which shows it at the line of
 * the acquisition that closed the circle. The root defaults to nothing: files are named as recorded.
 */
import type { Level, Report } from '@lockdep/core';
import { diagramLines, provenSchedule, replayLines, scheduleTitle, verdictOf } from '../story/proof.ts';
import { reportHeading } from '../story/report-heading.ts';
import { sourcePlace } from '../story/source-place.ts';
import { taskStories } from '../story/task-story.ts';
import { placeText } from '../text/notation.ts';
import { printable } from '../text/printable.ts';
import { textStyle } from '../text/text-style.ts';

/** Options of the GitHub renderers. */
export interface GithubOptions {
  /** The checked-out folder, to be left out of file names. */
  readonly root?: string;
}

const COMMANDS: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/** Renders the commands, one a line; empty without reports. */
export function renderGithubAnnotations(reports: readonly Report[], options: GithubOptions = {}): string {
  return reports.map((report) => `${annotation(report, options)}\n`).join('');
}

function annotation(report: Report, options: GithubOptions): string {
  const style = textStyle(options);
  const stories = taskStories(report);
  const sure = verdictOf(report);
  const proof = provenSchedule(report);
  const culprit = stories[0]?.steps.find((step) => step.isCulprit);
  const place = sourcePlace(culprit?.site ?? report.site, style.root) ?? sourcePlace(report.site, style.root);
  const properties = [
    ...(place === null ? [] : [`file=${property(place.path)}`]),
    ...(place?.line == null ? [] : [`line=${place.line}`]),
    ...(place?.column == null ? [] : [`col=${place.column}`]),
    `title=${property(reportHeading(report))}`,
  ];
  const lines = [
    printable(report.message),
    ...(sure === null ? [] : [`verdict: ${sure.kind}, ${printable(sure.reason)}`]),
    ...stories.flatMap((story) => [
      `${story.name}${story.isNew ? ' [new]' : ''}:`,
      ...story.steps.map((step) => `  ${step.text}, at: ${placeText(step.site, style)}`),
    ]),
    ...(proof === null ? [] : ['', `${scheduleTitle(proof)}:`, ...diagramLines(proof), '', ...replayLines(proof)]),
  ];
  return `::${COMMANDS[report.level]} ${properties.join(',')}::${data(lines.join('\n'))}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
