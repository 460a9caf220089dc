import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Report, rules } from '@lockdep/core';
import { renderSarif, type SarifOptions } from '@lockdep/report';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { examples, jsSite, proof } from './example-reports.ts';

// The schema as Microsoft publishes it with its SDK (2.1.0-rtm.5). It is of draft 4: of what Ajv does otherwise only `id` is used.
const file = fileURLToPath(import.meta.resolve('@microsoft/jest-sarif')).replace(
  /index\.js$/,
  'schemas/sarif-2.1.0-rtm.5.json',
);
const { id: _id, $schema: _draft, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
const ajv = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true });
ajv.addFormat('uri', (text: string) => URL.canParse(text));
ajv.addFormat(
  'uri-reference',
  (text: string) => /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/.test(text) && !/%(?![\da-f]{2})/i.test(text),
);
ajv.addFormat('date-time', true);
const validate = ajv.compile(schema);

interface Location {
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
    readonly region?: { readonly startLine: number; readonly startColumn?: number };
  };
  readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
  readonly message?: { readonly text: string };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly Location[];
  readonly relatedLocations?: readonly Location[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly codeFlows: readonly {
    readonly message?: { readonly text: string };
    readonly threadFlows: readonly {
      readonly id: string;
      readonly message: { readonly text: string };
      readonly locations: readonly { readonly location: Location; readonly executionOrder: number }[];
    }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

function sarif(reports: readonly Report[], options?: SarifOptions) {
  const log = JSON.parse(renderSarif(reports, options));
  expect(validate(log) ? [] : validate.errors).toEqual([]);
  const [run] = log.runs;
  return { run, results: run.results as readonly Result[] };
}

/** A circle whose places are JavaScript files. */
const inFiles = (): Report => {
  const report = examples['circular-2'] as Report & { kind: 'circular' };
  const [first, second] = report.cycle;
  return {
    ...report,
    cycle: [
      { ...first!, outerSite: jsSite('lockB', 'b.ts', 10), innerSite: jsSite('lockA', 'deep folder/ä#1.ts', 20) },
      { ...second!, outerSite: jsSite('first', 'a.ts', 30), innerSite: jsSite('second', 'a.ts', 31) },
    ],
  };
};

describe('SARIF', () => {
  test.each(Object.entries(examples))('%s is valid by the schema', (_name, report) => {
    const { run, results } = sarif([report], {
      root: '/project',
      version: '1.2.3',
      helpUri: (rule) => `https://example.org/${rule}`,
    });
    const [result] = results;
    expect(result!.ruleId).toBe(report.rule);
    expect(run.tool.driver.rules[result!.ruleIndex].id).toBe(report.rule);
    expect(run.tool.driver.rules[result!.ruleIndex].helpUri).toBe(`https://example.org/${report.rule}`);
    expect(result!.level).toBe(report.level);
    expect(result!.partialFingerprints).toEqual({ 'lockdep/v1': report.fingerprint });
  });

  test('all reports in one log, and none', () => {
    expect(sarif(Object.values(examples)).results).toHaveLength(Object.keys(examples).length);
    const { run, results } = sarif([]);
    expect(results).toEqual([]);
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(
      Object.values(rules)
        .map(({ id }) => id)
        .toSorted((a, b) => Number(a.slice(2)) - Number(b.slice(2))),
    );
  });

  test('the schema is really asked: a log without what it requires is refused', () => {
    const log = JSON.parse(renderSarif([examples['circular-2']!]));
    expect(validate({ ...log, version: '2.0.0' })).toBe(false);
    delete log.runs[0].tool.driver.name;
    expect(validate(log)).toBe(false);
  });

  test('a confirmed circle has its schedule as the first code flow, the steps numbered across the tasks', () => {
    const [result] = sarif([examples['circular-confirmed']!], { root: '/project' }).results;
    expect(result!.codeFlows).toHaveLength(2);
    const { message, threadFlows } = result!.codeFlows[0]!;
    expect(message!.text).toBe('The schedule that deadlocks, with 1 preemption.');
    const steps = threadFlows.map(({ message: { text }, locations }) => [
      text,
      ...locations.map((one) => [one.executionOrder, one.location.message!.text].join(' ')),
    ]);
    expect(steps).toEqual([
      ['task-0', '1 lock lab_b', '4 waits: lock lab_a, held by task-1'],
      ['task-1', '2 rdlock other', '3 lock lab_a', '5 waits: lock lab_b, held by task-0'],
    ]);
    const place = threadFlows[0]!.locations[0]!.location.physicalLocation!;
    expect([place.artifactLocation.uri, place.region!.startLine]).toEqual(['src/b.ts', 10]);
    expect(result!.properties).toMatchObject({ verdict: 'confirmed', replay: proof.literal, preemptions: 1 });
    expect(result!.level).toBe('error');
  });

  test('a refuted and an undecided circle say so, and have no schedule', () => {
    const [refuted, open] = sarif([examples['circular-refuted']!, examples['circular-unconfirmed']!]).results;
    expect(refuted!.message.text).toContain('Verdict: refuted, all 12 executions of the program end.');
    expect(refuted!.properties['verdict']).toBe('refuted');
    expect(refuted!.level).toBe('note');
    expect(open!.properties['closest']).toBe('one of 2 tasks got to where it wants the next lock');
    expect([refuted!, open!].map(({ codeFlows }) => codeFlows.length)).toEqual([1, 1]);
  });

  test('a circle has a thread flow per task, each with what it took and what it wants', () => {
    const [result] = sarif([examples['circular-4']!]).results;
    const flows = result!.codeFlows[0]!.threadFlows;
    expect(flows.map(({ message }) => message.text)).toEqual([
      'T0 task-0 (new)',
      'T1 task-1',
      'T2 task-2',
      'T3 task-3',
    ]);
    expect(new Set(flows.map(({ id }) => id)).size).toBe(4);
    expect(flows[1]!.locations.map(({ location }) => location.message!.text)).toEqual([
      'takes mapping.invalidate_lock (ffff023), write',
      'wants &sb->s_type->i_mutex_key#7 (ffff126), read',
    ]);
    expect(result!.relatedLocations).toHaveLength(7);
  });

  test('files of the project are relative URIs, others absolute', () => {
    const [inside] = sarif([inFiles()], { root: '/project' }).results;
    expect(inside!.locations[0]!.physicalLocation).toEqual({
      artifactLocation: { uri: 'src/deep%20folder/%C3%A4%231.ts', uriBaseId: '%SRCROOT%' },
      region: { startLine: 20, startColumn: 9 },
    });
    const [outside] = sarif([inFiles()], { root: '/elsewhere' }).results;
    expect(outside!.locations[0]!.physicalLocation!.artifactLocation).toEqual({
      uri: 'file:///project/src/deep%20folder/%C3%A4%231.ts',
    });
  });

  test.each([
    ['file:///project/a%20b.ts', { uri: 'a%20b.ts', uriBaseId: '%SRCROOT%' }],
    ['C:\\other\\x.ts', { uri: 'file:///C:/other/x.ts' }],
    ['/projects/x.ts', { uri: 'file:///projects/x.ts' }],
    ['odd:name.ts', { uri: 'odd%3Aname.ts', uriBaseId: '%SRCROOT%' }],
    ['webpack://app/x y.ts', { uri: 'webpack://app/x%20y.ts' }],
    ['/project/100%.ts', { uri: '100%25.ts', uriBaseId: '%SRCROOT%' }],
  ])('%s', (name, expected) => {
    const report = { ...examples['ww-api']!, site: { frames: [{ file: name, line: 3, text: name }] } };
    const [result] = sarif([report], { root: '/project' }).results;
    expect(result!.locations[0]!.physicalLocation!.artifactLocation).toEqual(expected);
  });

  test('frames without a file become logical locations, lines below 1 are left out', () => {
    const [result] = sarif([examples['circular-2']!]).results;
    expect(result!.locations[0]!.logicalLocations![0]!.fullyQualifiedName).toBe('nest_lab_a+0x20/0x40');
    const report = { ...examples['ww-api']!, site: { frames: [{ file: 'x.ts', line: 0, column: -1, text: 'x' }] } };
    expect(sarif([report]).results[0]!.locations[0]!.physicalLocation!.region).toBeUndefined();
  });

  test('moved lines keep the fingerprint; the same reports give the same text', () => {
    const reports = Object.values(examples);
    expect(renderSarif(reports)).toBe(renderSarif(structuredClone(reports)));
    expect(renderSarif(reports, { indent: 0 }).trimEnd()).not.toContain('\n');
  });
});
