/** The published schemas: what each command prints with `--json`, and the configuration file. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { LockdepConfig } from 'lockdep';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/commands.ts';
import { checkConfig } from '../src/config.ts';
import { FORMATS } from '../src/formats.ts';
import { cli, lockdep } from './run-cli.ts';

type Json = Record<string, unknown>;

const fixture = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const INVERSION = fixture('./programs/inversion.ts');
const DATA = fixture('../../../test/data');
const SCHEMAS = fixture('../schema');

const read = (file: string): Json => JSON.parse(readFileSync(file, 'utf8')) as Json;
const names = readdirSync(SCHEMAS).map((file) => file.replace('.schema.json', ''));
const graphSchema = read(fixture('../../graph/schema/graph.schema.json')) as { $defs: Json };
const baselineSchema = read(fixture('../../graph/schema/baseline.schema.json')) as {
  properties: Record<'entries' | 'suppressions', { items: unknown }>;
};

const ajv = new Ajv2020({ strict: true, allErrors: true });
ajv.addSchema(read(fixture('../../report/schema/report.schema.json')));
for (const name of names) ajv.addSchema(read(join(SCHEMAS, `${name}.schema.json`)));

function validator(name: string): ValidateFunction {
  const found = ajv.getSchema(`urn:lockdep:cli:${name}:1`);
  if (found === undefined) throw new Error(`no schema ${name}`);
  return found;
}

function problems(validate: ValidateFunction, document: unknown): string {
  return validate(document) === true ? '' : JSON.stringify(validate.errors, null, 1);
}

let folder: string;
const at = (name: string): string => join(folder, name);

/** A recording of one task that takes two locks in this order; or of a second one too, that takes them the other way round. */
function recording(order: readonly [string, string], both = false): string {
  const lines = [
    { type: 'lockdep-trace', version: 1 },
    ...order.flatMap((name, index) => [
      { lockdep: 'class', id: index + 1, name },
      { lockdep: 'lock', id: index + 1, class: index + 1, label: name },
    ]),
    { lockdep: 'task', id: 1, name: order.join(' then ') },
    ...[1, 2].map((lock) => ({ lockdep: 'acquire', task: 1, lock })),
    ...[2, 1].map((lock) => ({ lockdep: 'release', task: 1, lock })),
    { lockdep: 'end-task', task: 1 },
    ...(both ? [{ lockdep: 'task', id: 2, name: 'second' }] : []),
    ...(both ? [2, 1].map((lock) => ({ lockdep: 'acquire', task: 2, lock })) : []),
    ...(both ? [1, 2].map((lock) => ({ lockdep: 'release', task: 2, lock })) : []),
  ];
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** Command lines that between them fill every member of the documents. */
const runs: Readonly<Record<string, readonly (() => readonly string[])[]>> = {
  check: [
    () => [join(DATA, 'conformance/peer_cases.json.zst'), at('disagreeing.json')],
    () => ['--order', at('declared.order'), at('cycles.json')],
  ],
  replay: [
    () => [at('ab.ndjson'), at('ba.ndjson')],
    () => [at('ab.ndjson'), '--order', at('declared.order'), '--baseline', at('baseline.json')],
    () => [at('ab.ndjson'), '--oracle', at('lockdep')],
    () => [at('both.ndjson'), '--predict'],
  ],
  report: [
    () => [at('ab.graph.json'), at('ba.graph.json')],
    () => [at('ab.graph.json'), '--baseline', at('baseline.json')],
  ],
  merge: [
    () => [at('ab.graph.json'), at('ba.graph.json')],
    () => [at('ab.graph.json'), '--baseline', at('baseline.json')],
  ],
  docs: [() => ['--fs', 'ext2'], () => [at('ab.ndjson'), '--order', at('declared.order')], () => [at('ab.graph.json')]],
  diff: [() => [at('ab.graph.json'), at('ba.graph.json')], () => [at('ab.graph.json'), at('all.graph.json')]],
  order: [
    () => [at('declared.order'), at('ab.graph.json')],
    () => [at('contradictory.order')],
    () => [at('domains.json'), at('ab.graph.json')],
  ],
  explore: [
    () => [join(DATA, 'exploration/programs.json.gz'), '--program', 'abba'],
    () => [join(DATA, 'exploration/programs.json.gz'), '--program', 'inc_3'],
    () => [join(DATA, 'exploration/programs.json.gz'), '--program', 'abba_gate', '--confirm-ms', '0'],
  ],
  fsx: [() => ['--ops', '20'], () => ['--bug', 'write.dropsDirty=true', '--ops', '500']],
  stress: [() => ['--runs', '1'], () => ['--bug', 'write.dropsDirty=true', '--runs', '40']],
  stat: [() => [at('ab.ndjson'), at('ba.ndjson')]],
  explain: [() => []],
};

const documents = new Map<string, Json[]>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockdep-schema-'));
  writeFileSync(at('ab.ndjson'), recording(['a', 'b']));
  writeFileSync(at('ba.ndjson'), recording(['b', 'a']));
  writeFileSync(at('both.ndjson'), recording(['a', 'b'], true));
  writeFileSync(at('declared.order'), 'b < a, c < d\n');
  writeFileSync(at('contradictory.order'), 'a < b < a\n');
  writeFileSync(at('domains.json'), JSON.stringify({ edges: [{ outer: 'a', inner: 'b', where: 'x', domain: 'vfs' }] }));
  const edge = (outer: string, inner: string) => ({ outer, inner });
  writeFileSync(at('cycles.json'), JSON.stringify({ reports: [{ edges: [edge('a', 'b'), edge('b', 'a')] }] }));
  writeFileSync(
    at('disagreeing.json'),
    JSON.stringify([
      { id: 'wrong', locks: { A: { kind: 'mutex' } }, steps: [], expect: 'FAILURE', report: 'recursive' },
    ]),
  );
  writeFileSync(at('lockdep'), 'all lock classes:\n');
  const entry = { fingerprint: 'gone', rule: 'LD2', classes: ['x', 'y'], reason: 'known', firstSeen: '2026-01-31' };
  const suppressions = [
    { pair: ['x', 'y'], reason: 'never together' },
    { site: 'gone.ts', reason: 'old code' },
  ];
  writeFileSync(
    at('baseline.json'),
    JSON.stringify({ format: 'lockdep-baseline', version: 1, entries: [entry], suppressions }),
  );
  for (const name of ['ab', 'ba']) await lockdep('replay', at(`${name}.ndjson`), '--save', at(`${name}.graph.json`));
  await lockdep('merge', at('ab.graph.json'), at('ba.graph.json'), '-o', at('all.graph.json'));
  for (const [name, lines] of Object.entries(runs)) {
    for (const line of lines) {
      const { out, err } = await lockdep(name, ...line(), '--json');
      if (!out.startsWith('{')) throw new Error(`${name} ${line().join(' ')}: ${out}${err}`);
      documents.set(name, [...(documents.get(name) ?? []), JSON.parse(out) as Json]);
    }
  }
  const own = [[INVERSION], ['--baseline', at('baseline.json'), INVERSION], [INVERSION, 'kill']];
  for (const args of own) {
    const { err } = await cli(['run', '--json', ...args]);
    documents.set('run', [...(documents.get('run') ?? []), JSON.parse(err.trimEnd().split('\n').at(-1)!) as Json]);
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const printing = [...Object.keys(runs), 'run'];

/** The same for objects within: each may hold more. */
function looking(members: Json): Json {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return isPlain ? expect.objectContaining(looking(value as Json)) : value;
  };
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, plain(value)]));
}

/** Every object in it that the schema describes as one of its own, with the way to take a member out. */
function* objectsIn(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Json;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

describe('what commands print with --json', () => {
  test('every command that has --json has a schema, and graph prints a saved graph', async () => {
    const wanted: string[] = [];
    for (const { name, load } of commands) if ('json' in (await load()).options) wanted.push(name);
    expect([...printing, 'graph'].toSorted()).toEqual(wanted.toSorted());
    expect(names.toSorted()).toEqual([...printing, 'config', 'parts'].toSorted());
    const { out } = await lockdep('graph', at('all.graph.json'), '--json');
    const validate = new Ajv2020({ strictRequired: false }).compile(graphSchema);
    expect(problems(validate, JSON.parse(out))).toBe('');
  });

  test.each(printing)('%s: fits its schema, with every member of it', (name) => {
    const validate = validator(name);
    for (const document of documents.get(name)!) expect(problems(validate, document)).toBe('');
    const said = new Set(documents.get(name)!.flatMap((document) => Object.keys(document)));
    expect([...said].toSorted()).toEqual(Object.keys((validate.schema as { properties: Json }).properties).toSorted());
  });

  test('the documents that are tried hold what is rare', () => {
    const some = expect.arrayContaining([expect.anything()]);
    const rare: readonly (readonly [string, Json])[] = [
      ['check', { files: [{ order: { edges: some } }] }],
      ['replay', { oracle: { extra: some } }],
      ['replay', { predictions: { deadlocks: some } }],
      ['merge', { baseline: { stale: some, unused: some } }],
      ['diff', { newDependencies: some, vanishedDependencies: some }],
      ['order', { selfContradictions: some }],
      ['docs', { documents: [{ cells: some, order: { selfContradictions: some } }] }],
      ['explore', { programs: [{ schedule: some }] }],
      ['fsx', { minimal: { log: some } }],
      ['stress', { failure: { findings: some, program: some } }],
      ['run', { signal: 'SIGKILL', reports: some }],
    ];
    for (const [name, members] of rare)
      expect(documents.get(name), name).toContainEqual(expect.objectContaining(looking(members)));
  });

  const optional = new Set(['baseline', 'predictions']);

  test.each(printing)('%s: a member missing, of another type or one too many is refused', (name) => {
    const validate = validator(name);
    for (const document of documents.get(name)!) {
      for (const member of Object.keys(document)) {
        const { [member]: _gone, ...rest } = document;
        expect(problems(validate, rest) === '', `without ${member}`).toBe(optional.has(member));
        expect(problems(validate, { ...document, [member]: { strange: 1 } }), member).not.toBe('');
      }
      expect(problems(validate, { ...document, strange: 1 })).not.toBe('');
    }
  });

  test.each([
    ['check', 'disagreed'],
    ['merge', 'inversions'],
    ['diff', 'newInversions'],
    ['docs', 'hierarchy'],
    ['order', 'edges'],
    ['explore', 'programs'],
    ['stat', 'locks'],
    ['explain', 'rules'],
    ['replay', 'reports'],
    ['report', 'reports'],
    ['run', 'processes'],
  ])('%s: so are they in each of its %s', (name, listed) => {
    const validate = validator(name);
    let tried = 0;
    for (const document of documents.get(name)!) {
      for (const holder of objectsIn(document)) {
        const items = holder[listed];
        if (!Array.isArray(items)) continue;
        for (const item of items as Json[]) {
          for (const member of Object.keys(item)) {
            const value = item[member];
            delete item[member];
            expect(problems(validate, document), `without ${member}`).not.toBe('');
            item[member] = { strange: 1 };
            expect(problems(validate, document), member).not.toBe('');
            item[member] = value;
            tried++;
          }
        }
      }
    }
    expect(tried).toBeGreaterThan(0);
  });

  test('what saved graphs and baselines have is as their own schemas say', () => {
    const { $defs: parts } = validator('parts').schema as { $defs: Json };
    for (const name of ['dependency', 'sighting', 'strength']) expect(parts[name]).toEqual(graphSchema.$defs[name]);
    expect(parts['baselineEntry']).toEqual(baselineSchema.properties.entries.items);
    expect(parts['suppression']).toEqual(baselineSchema.properties.suppressions.items);
  });
});

describe('the schema of the configuration', () => {
  const full: Required<LockdepConfig> = {
    baseline: 'lockdep.baseline.json',
    format: 'pretty',
    mode: 'warn',
    orders: ['locking.order'],
    suppressions: [
      { pair: ['a', 'b'], reason: 'one at a time' },
      { site: 'old.ts', reason: 'going away' },
    ],
    around: ['a'],
    classNames: { short: 'a long name' },
  };
  const validate = validator('config');
  const { properties } = validate.schema as { properties: Record<string, { enum?: unknown }> };

  test('has every setting there is, and all formats', async () => {
    expect(Object.keys(properties).toSorted()).toEqual(['$schema', ...Object.keys(full)].toSorted());
    expect(properties['format']!.enum).toEqual(FORMATS);
    expect(problems(validate, { $schema: 'node_modules/lockdep/schema/config.schema.json', ...full })).toBe('');
    expect(problems(validate, {})).toBe('');
    expect(read(join(SCHEMAS, 'config.schema.json'))['properties']).toMatchObject({
      suppressions: { items: baselineSchema.properties.suppressions.items },
    });
  });

  // What the command says of unknown settings lists those it knows.
  test('has exactly the settings the command knows', () => {
    let hint = '';
    try {
      checkConfig({ xyzzyxyzzyxyzzy: 1 }, 'lockdep.config.json');
    } catch (error) {
      hint = (error as { hint: string }).hint;
    }
    const known = hint.replace('there are ', '').split(', ');
    expect(['$schema', ...known].toSorted()).toEqual(Object.keys(properties).toSorted());
  });

  test.each([
    { baseline: '' },
    { format: 'pdf' },
    { mode: 'strict' },
    { orders: 'locking.order' },
    { around: [1] },
    { classNames: { short: 1 } },
    { suppressions: {} },
    { sort: true },
  ])('refuses %j, as the command does', (config) => {
    expect(problems(validate, config)).not.toBe('');
    expect(() => checkConfig(config, 'lockdep.config.json')).toThrow('lockdep.config.json: ');
  });

  test('refuses a suppression without reason', () => {
    expect(problems(validate, { suppressions: [{ pair: ['a', 'b'] }] })).not.toBe('');
  });
});
