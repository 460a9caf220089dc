import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyBaseline, type SavedGraph } from '@lockdep/graph';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { defineConfig } from '../src/index.ts';
import { cli, lockdep, type Result } from './run-cli.ts';

const TRACE = [
  { type: 'lockdep-trace', version: 1 },
  { lockdep: 'class', id: 1, name: '&sb->s_type->i_mutex_key' },
  { lockdep: 'class', id: 2, name: 'journal' },
  { lockdep: 'lock', id: 1, class: 1, label: 'inode 1' },
  { lockdep: 'lock', id: 2, class: 2, label: 'journal' },
  { lockdep: 'task', id: 1, name: 'one' },
  { lockdep: 'task', id: 2, name: 'two' },
  ...['12', '21'].flatMap((order, task) => [
    ...[...order].map((lock) => ({ lockdep: 'acquire', task: task + 1, lock: Number(lock) })),
    ...[...order].toReversed().map((lock) => ({ lockdep: 'release', task: task + 1, lock: Number(lock) })),
  ]),
];
const ONE_ORDER = TRACE.filter((line) => !('task' in line && line.task === 2));
const PAIR = { pair: ['journal', '&sb->s_type->i_mutex_key'], reason: 'known' };

const before = process.cwd();
let top: string;
let folder: string;
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'lockdep-config-'));
});
let count = 0;
beforeEach(() => {
  folder = join(top, String(++count));
  mkdirSync(join(folder, 'below'), { recursive: true });
  mkdirSync(join(folder, '.git'));
  process.chdir(folder);
  put('trace.ndjson', `${TRACE.map((line) => JSON.stringify(line)).join('\n')}\n`);
});
afterAll(() => {
  process.chdir(before);
  rmSync(top, { recursive: true });
});

const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const replay = (...more: string[]): Promise<Result> => lockdep('replay', join(folder, 'trace.ndjson'), ...more);

describe('lockdep.config', () => {
  test.each([
    ['json', (config: object) => JSON.stringify({ $schema: 'x', ...config })],
    ['mjs', (config: object) => `export default ${JSON.stringify(config)};`],
    ['js', (config: object) => `export default ${JSON.stringify(config)};`],
    ['ts', (config: object) => `const config: object = ${JSON.stringify(config)};\nexport default config;`],
    ['mts', (config: object) => `export default ${JSON.stringify(config)} satisfies object;`],
  ])('.%s is found, here and from below; the command line beats it', async (extension, text) => {
    put(`lockdep.config.${extension}`, text({ format: 'dot', mode: 'warn' }));
    const found = await replay();
    expect(found).toMatchObject({ status: 0, out: expect.stringMatching(/^digraph /) });
    process.chdir('below');
    expect(await replay()).toEqual(found);
    expect(await replay('--format', 'mermaid')).toMatchObject({ status: 0, out: expect.stringMatching(/^flowchart/) });
    expect(await replay('--no-config')).toMatchObject({ status: 1, out: expect.stringContaining('*** DEADLOCK ***') });
  });

  test('paths are relative to the file: a baseline, and orders', async () => {
    put('lockdep.config.json', JSON.stringify({ baseline: 'known.json', orders: ['declared.order'] }));
    put('declared.order', 'never < seen\n');
    process.chdir('below');
    expect(await replay('--update-baseline')).toMatchObject({ status: 0, err: '' });
    expect(await replay()).toMatchObject({ status: 0, out: expect.stringContaining('0 new, 1 known') });
    put('declared.order', 'journal < "&sb->s_type->i_mutex_key"\n');
    put('trace.ndjson', `${ONE_ORDER.map((line) => JSON.stringify(line)).join('\n')}\n`);
    expect(await replay('--no-config')).toMatchObject({ status: 0 });
    expect(await replay()).toMatchObject({ status: 0, out: expect.stringContaining('0 new, 1 known') });
    put('known.json', JSON.stringify(emptyBaseline));
    expect(await replay()).toMatchObject({ status: 1, out: expect.stringContaining('contradicts the declared order') });
    expect(await replay('--order', '../nowhere.order')).toMatchObject({
      status: 2,
      err: expect.stringContaining('../nowhere.order: there is no such file\n  give an order file'),
    });
  });

  test('suppressions, with reasons; one without is refused', async () => {
    put('lockdep.config.json', JSON.stringify({ suppressions: [PAIR] }));
    expect(await replay()).toMatchObject({ status: 0, out: expect.stringContaining('0 new, 0 known, 1 suppressed') });
    put('lockdep.config.json', JSON.stringify({ suppressions: [{ ...PAIR, reason: ' ' }] }));
    const { status, err } = await replay();
    expect(err).toMatch(/^lockdep: lockdep\.config\.json: suppressions\[0\]\.reason is empty: say why/);
    expect(status).toBe(2);
  });

  test('what is suppressed is not written into a baseline', async () => {
    put('lockdep.config.json', JSON.stringify({ suppressions: [PAIR] }));
    await replay('--baseline', 'new.json', '--update-baseline');
    expect(await replay('--no-config', '--baseline', 'new.json')).toMatchObject({
      status: 1,
      out: expect.stringContaining('Baseline: 1 new, 0 known'),
    });
  });

  test('what pictures are usually around: classes that are not there do not matter', async () => {
    put('lockdep.config.json', JSON.stringify({ around: ['journal', 'elsewhere'] }));
    const { status, err, out } = await lockdep('graph', join(folder, 'trace.ndjson'), '--json');
    expect([status, err]).toEqual([0, '']);
    expect((JSON.parse(out) as SavedGraph).classes).toHaveLength(2);
    put('lockdep.config.json', JSON.stringify({ around: ['elsewhere'] }));
    expect(await replay()).toMatchObject({ status: 1, err: '' });
    expect(await replay('--around', 'elsewhere')).toMatchObject({ status: 2 });
  });

  test('a declared class that nobody has seen closes a circle', async () => {
    put('lockdep.config.json', JSON.stringify({ orders: ['declared.order'] }));
    put('declared.order', 'journal < elsewhere < "&sb->s_type->i_mutex_key"\n');
    put('trace.ndjson', `${ONE_ORDER.map((line) => JSON.stringify(line)).join('\n')}\n`);
    const { status, out } = await replay('--format', 'json');
    const { reports } = JSON.parse(out) as { reports: { cycle: { task: string }[] }[] };
    expect(reports.map(({ cycle }) => cycle.map(({ task }) => task).sort())).toMatchObject([
      ['(declared in declared.order)', '(declared in declared.order)', 'one'],
    ]);
    expect(status).toBe(1);
  });

  test('short names of classes', async () => {
    put('lockdep.config.json', JSON.stringify({ classNames: { i_rwsem: '&sb->s_type->i_mutex_key' } }));
    expect(await replay('--around', 'i_rwsem')).toMatchObject({ status: 1, err: '' });
    expect(await replay('--no-config', '--around', 'i_rwsem')).toMatchObject({ status: 2 });
  });

  test.each([
    ['json', '{ "basline": "x" }', "no setting is called 'basline'", "did you mean 'baseline'?"],
    ['json', '{ "frobnicate": "x" }', "no setting is called 'frobnicate'", 'there are baseline, format, mode'],
    ['json', '{ "format": "srif" }', 'format is "srif", none of pretty', '(did you mean sarif?)'],
    ['json', '{ "mode": true }', 'mode is true, none of fail, warn, off', ''],
    ['json', '{ "orders": "x" }', 'orders is no list of texts', ''],
    ['json', '{ "classNames": ["x"] }', 'classNames does not map names', ''],
    ['json', '{ "format": ', 'Unexpected end of JSON input', 'has to load by itself'],
    ['json', '[]', 'no configuration in it', 'export default defineConfig'],
    ['mjs', 'export const config = {};', 'no configuration in it', 'export default defineConfig'],
    ['mjs', "throw new Error('broken');", 'broken', 'has to load by itself'],
    [
      'mjs',
      "import 'no-such-package';\nexport default {};",
      "Cannot find package 'no-such-package'",
      'has to load by itself',
    ],
  ])('a bad .%s: %s', async (extension, text, problem, hint) => {
    put(`lockdep.config.${extension}`, text);
    const { status, out, err } = await replay();
    expect(err).toContain(`lockdep: lockdep.config.${extension}: ${problem}`);
    expect(err).toContain(hint);
    expect(err).not.toMatch(/^\s+at /m);
    expect([status, out]).toEqual([2, '']);
  });

  test('LOCKDEP in the environment beats the file, and the command line beats both', async () => {
    put('lockdep.config.json', JSON.stringify({ mode: 'fail' }));
    try {
      vi.stubEnv('LOCKDEP', 'warn');
      expect(await replay()).toMatchObject({ status: 0, out: expect.stringContaining('*** DEADLOCK ***') });
      expect(await replay('--no-config')).toMatchObject({ status: 0 });
      vi.stubEnv('LOCKDEP', 'fail');
      expect(await replay()).toMatchObject({ status: 1 });
      expect(await replay('--report-only')).toMatchObject({ status: 0 });
      vi.stubEnv('LOCKDEP', 'wran');
      expect((await replay()).err).toContain('LOCKDEP: mode is "wran", none of fail, warn, off (did you mean warn?)');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('a file that is named has to be there', async () => {
    expect(await replay('--config', 'other.json')).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^lockdep: --config other\.json: there is no such file\n/),
    });
  });
});

test('a typed configuration of a program, in a process of its own', { timeout: 60_000 }, async () => {
  // Beside the tests, so that the package is found.
  const project = mkdtempSync(join(import.meta.dirname, 'project-'));
  try {
    const text = `import { defineConfig } from 'lockdep';\nexport default defineConfig({ format: 'mermaid', mode: 'warn' });\n`;
    writeFileSync(join(project, 'lockdep.config.ts'), text);
    writeFileSync(join(project, 'trace.ndjson'), `${TRACE.map((line) => JSON.stringify(line)).join('\n')}\n`);
    const found = await cli(['replay', 'trace.ndjson'], { cwd: project });
    expect(found).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/^flowchart TB/) });
  } finally {
    rmSync(project, { recursive: true });
  }
});

test('defineConfig gives back what it was given, typed', () => {
  const config = { format: 'sarif', orders: ['a.order'] } as const;
  expect(defineConfig(config)).toBe(config);
  // @ts-expect-error there is no such format
  defineConfig({ format: 'pdf' });
});
