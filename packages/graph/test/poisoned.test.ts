/** Files that are no graphs: each is one GraphFileError that says where, and nothing else is ever thrown. */
import { readFileSync } from 'node:fs';
import {
  GraphFileError,
  type GraphFileErrorCode,
  graphText,
  mergeGraphs,
  parseBaseline,
  parseGraph,
  parseOrder,
} from '@lockdep/graph';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { randomGraph, seeded } from './random-graph.ts';

const graph = mergeGraphs([randomGraph(1), randomGraph(2)]);
type Fields = Record<string, unknown>;

/** The file of a graph with one thing changed. */
function changed(
  change: (data: { runs: unknown; classes: Fields[]; dependencies: Fields[] } & Fields) => void,
): string {
  const data = JSON.parse(graphText(graph));
  change(data);
  return JSON.stringify(data);
}

function errorOf(text: string, parse: (text: string, file: string) => unknown = parseGraph): GraphFileError {
  try {
    parse(text, 'bad.json');
  } catch (error) {
    expect(error).toBeInstanceOf(GraphFileError);
    return error as GraphFileError;
  }
  throw new Error('it was read');
}

const sighting = (dependency: Fields | undefined): Fields => ((dependency?.['sightings'] ?? []) as Fields[])[0]!;

const cases: readonly [string, GraphFileErrorCode, string, string][] = [
  ['nothing', 'not-json', '', ''],
  ['text', 'not-json', '', 'hello'],
  ['half a graph', 'not-json', '', graphText(graph).slice(0, -40)],
  ['a list', 'foreign', '', '[]'],
  ['null', 'foreign', '', 'null'],
  ['other JSON', 'foreign', '', '{"name":"x","version":1}'],
  ['a baseline', 'foreign', '', '{"format":"lockdep-baseline","version":1,"entries":[]}'],
  ['a format by prototype', 'foreign', '', '{"__proto__":{"format":"lockdep-graph","version":1}}'],
  ['a later version', 'newer', '', changed((data) => Object.assign(data, { version: 2 }))],
  ['no version', 'malformed', 'version', changed((data) => Object.assign(data, { version: '1' }))],
  ['runs of numbers', 'malformed', 'runs[0]', changed((data) => Object.assign(data, { runs: [1] }))],
  ['no classes', 'malformed', 'classes', changed((data) => Object.assign(data, { classes: {} }))],
  ['a class that is null', 'malformed', 'classes[0]', changed(({ classes }) => classes.splice(0, 1, null as never))],
  ['a class twice', 'malformed', 'classes[1].name', changed(({ classes }) => classes.splice(1, 0, classes[0]!))],
  [
    'a strange kind',
    'malformed',
    'classes[0].kind',
    changed(({ classes }) => Object.assign(classes[0]!, { kind: 'constructor' })),
  ],
  [
    'subclass 8',
    'malformed',
    'classes[0].subclass',
    changed(({ classes }) => Object.assign(classes[0]!, { subclass: 8 })),
  ],
  [
    'a name of its own',
    'malformed',
    'classes[0].name',
    changed(({ classes }) => Object.assign(classes[0]!, { name: 'x' })),
  ],
  [
    'a class not there',
    'malformed',
    'dependencies[2].to',
    changed(({ dependencies }) => Object.assign(dependencies[2]!, { to: 'toString' })),
  ],
  [
    'distance 0',
    'malformed',
    'dependencies[0].distance',
    changed(({ dependencies }) => Object.assign(dependencies[0]!, { distance: 0 })),
  ],
  [
    'no sightings',
    'malformed',
    'dependencies[0].sightings',
    changed(({ dependencies }) => Object.assign(dependencies[0]!, { sightings: [] })),
  ],
  [
    'a strength not shown',
    'malformed',
    'dependencies[0].strengths',
    changed(({ dependencies }) => Object.assign(dependencies[0]!, { strengths: ['XX'] })),
  ],
  [
    'a strange strength',
    'malformed',
    'dependencies[0].sightings[0].strength',
    changed(({ dependencies }) => Object.assign(sighting(dependencies[0]), { strength: 'NE' })),
  ],
  [
    'a strange run',
    'malformed',
    'dependencies[0].sightings[0].run',
    changed(({ dependencies }) => Object.assign(sighting(dependencies[0]), { run: 'x' })),
  ],
  [
    'declared false',
    'malformed',
    'dependencies[0].sightings[0].declared',
    changed(({ dependencies }) => Object.assign(sighting(dependencies[0]), { declared: false })),
  ],
  [
    'a dependency twice',
    'malformed',
    'dependencies[1]',
    changed(({ dependencies }) => dependencies.splice(1, 0, dependencies[0]!)),
  ],
];

test.each(cases)('%s: %s at %j', (_name, code, at, text) => {
  const error = errorOf(text);
  expect([error.code, error.at]).toEqual([code, at]);
  expect(error.message.startsWith('bad.json: ')).toBe(true);
  expect(error.hint).not.toBe('');
});

test('any one value replaced by any other is read or refused, never thrown at', () => {
  const values = [null, -1, 0.5, 1e300, '', '__proto__', [], {}, true];
  let refused = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const random = seeded(seed);
    const data = JSON.parse(graphText(graph)) as Fields;
    let parent: Fields = data;
    for (;;) {
      const keys = Object.keys(parent);
      const key = keys[random(keys.length)];
      if (key === undefined) break;
      const child = parent[key];
      if (typeof child === 'object' && child !== null && random(6) > 0) parent = child as Fields;
      else {
        parent[key] = values[random(values.length)];
        break;
      }
    }
    try {
      parseGraph(JSON.stringify(data), `seed ${seed}`);
    } catch (error) {
      expect(error, `seed ${seed}`).toBeInstanceOf(GraphFileError);
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(200);
});

test('a message cannot drive a terminal', () => {
  const text = changed(({ classes }) => Object.assign(classes[0]!, { name: '\u001b[2J\u202e', base: '\u009b31m' }));
  expect(errorOf(text).message.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

describe('baselines', () => {
  const baseline = (fields: object): string =>
    JSON.stringify({ format: 'lockdep-baseline', version: 1, entries: [], ...fields });
  test.each([
    ['no reason', 'suppressions[0].reason', baseline({ suppressions: [{ pair: ['A', 'B'] }] })],
    ['a blank reason', 'suppressions[0].reason', baseline({ suppressions: [{ site: 'x.ts', reason: ' ' }] })],
    ['neither pair nor site', 'suppressions[0]', baseline({ suppressions: [{ reason: 'r' }] })],
    ['both', 'suppressions[0]', baseline({ suppressions: [{ pair: ['A', 'B'], site: 'x', reason: 'r' }] })],
    ['three classes', 'suppressions[0].pair', baseline({ suppressions: [{ pair: ['A', 'B', 'C'], reason: 'r' }] })],
    ['a line', 'suppressions[0].site', baseline({ suppressions: [{ site: 'src/a.ts:12', reason: 'r' }] })],
    ['an entry without classes', 'entries[0].classes', baseline({ entries: [{ fingerprint: 'f', rule: 'LD2' }] })],
  ])('%s: at %s', (_name, at, text) => {
    expect(errorOf(text, parseBaseline)).toMatchObject({ code: 'malformed', at });
  });

  test('a graph is no baseline', () => {
    expect(errorOf(graphText(graph), parseBaseline).code).toBe('foreign');
    expect(errorOf(baseline({ version: 7 }), parseBaseline).code).toBe('newer');
  });
});

describe('orders', () => {
  test.each([
    ['A < B C', 'malformed', 'line 1'],
    ['A < B\n\n< C', 'malformed', 'line 3'],
    ['A < B <', 'malformed', 'line 1'],
    ['A < A', 'malformed', 'line 1'],
    ['A < "B', 'malformed', 'line 1'],
    ['A = B < C', 'malformed', 'line 1'],
    ['# nothing but words', 'foreign', ''],
    ['', 'foreign', ''],
    ['{"edges": [{"outer": "A"}]}', 'malformed', 'edges[0].inner'],
    ['{"edges": [{"outer": "A", "inner": "A"}]}', 'malformed', 'edges[0]'],
    ['{"classes": []}', 'foreign', ''],
    ['{"edges": [', 'not-json', ''],
  ])('%j: %s at %j', (text, code, at) => {
    expect(errorOf(text, parseOrder)).toMatchObject({ code, at });
  });
});

test('what is written fits the published schemas', () => {
  const validate = (name: string): ((data: unknown) => boolean) => {
    const schema = JSON.parse(readFileSync(new URL(`../schema/${name}.schema.json`, import.meta.url), 'utf8'));
    return new Ajv2020({ strictRequired: false, allErrors: true }).compile(schema);
  };
  const fits = validate('graph');
  expect(fits(JSON.parse(graphText(graph)))).toBe(true);
  expect(fits(JSON.parse(changed(({ dependencies }) => Object.assign(dependencies[0]!, { sightings: [] }))))).toBe(
    false,
  );
  const baselineFits = validate('baseline');
  const entry = { fingerprint: 'f', rule: 'LD2', classes: ['A'], reason: '', firstSeen: '2026-01-01' };
  const suppressions: Fields[] = [
    { pair: ['A', 'B'], reason: 'r' },
    { site: 'x/*.ts', reason: 'r' },
  ];
  expect(baselineFits({ format: 'lockdep-baseline', version: 1, entries: [entry], suppressions })).toBe(true);
  expect(baselineFits({ format: 'lockdep-baseline', version: 1, entries: [], suppressions: [{ site: 'x' }] })).toBe(
    false,
  );
});
