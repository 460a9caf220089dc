import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CircularReport } from '@lockdep/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../src/run.ts';

const PROGRAMS = join(import.meta.dirname, '../../../test/data/exploration/programs.json.gz');

interface Case {
  readonly id: string;
  readonly expect: string;
  readonly oracle: { readonly traces: number; readonly deadlockTraces: number; readonly failingTraces: number };
}
const cases = (JSON.parse(gunzipSync(readFileSync(PROGRAMS)).toString()) as { programs: Case[] }).programs;

const lockdep = (...args: string[]) => lockdepOn(false, ...args);

async function lockdepOn(noteIsTerminal: boolean, ...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await run(args, {
    write: (text) => out.push(text),
    note: (text) => err.push(text),
    noteIsTerminal,
    writeIsTerminal: false,
    columns: 120,
  });
  return { status, out: out.join(''), err: err.join('') };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockdep-explore-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('lockdep explore', { timeout: 120_000 }, () => {
  interface Decided {
    readonly programs: readonly {
      readonly id: string;
      readonly verdict: string;
      readonly executions: number;
      readonly deadlocks: number;
      readonly failing: number;
      readonly exhausted: boolean;
      readonly inversions: readonly {
        readonly fingerprint: string;
        readonly verdict: string;
        readonly by: string | null;
      }[];
    }[];
    readonly reports: readonly CircularReport[];
  }

  async function decided(...args: string[]): Promise<Decided & { readonly status: number }> {
    const { status, out } = await lockdep('explore', ...args, '--json');
    return { status, ...(JSON.parse(out) as Decided) };
  }

  let explored: ReturnType<typeof decided> | undefined;
  /** All programs, once for all tests that look at them. */
  const everything = (): ReturnType<typeof decided> => {
    explored ??= decided(PROGRAMS, '--ms', '60000', '--confirm-ms', '60000');
    return explored;
  };

  test('verdict and executions of every program are the oracle’s', async () => {
    const { status, programs } = await everything();
    expect(
      programs.map(({ id, verdict, executions, deadlocks, failing, exhausted }) => ({
        ...{ id, verdict, executions, deadlocks, failing, exhausted },
      })),
    ).toEqual(
      cases.map(({ id, expect: verdict, oracle }) => ({
        ...{ id, verdict, exhausted: true },
        executions: oracle.traces,
        deadlocks: oracle.deadlockTraces,
        failing: oracle.failingTraces,
      })),
    );
    expect(status).toBe(1);
  });

  test('every inversion is confirmed where the program deadlocks, and refuted where it cannot', async () => {
    const { programs, reports } = await everything();
    const inverted = programs.filter(({ inversions }) => inversions.length > 0);
    expect(inverted.length).toBeGreaterThan(15);
    for (const { id, verdict, inversions } of inverted) {
      const kinds = new Set(inversions.map((one) => one.verdict));
      expect(kinds, id).toEqual(new Set([verdict === 'deadlock' ? 'confirmed' : 'refuted']));
    }
    const known = new Set(reports.map(({ fingerprint }) => fingerprint));
    for (const { fingerprint } of inverted.flatMap(({ inversions }) => inversions))
      expect(known).toContain(fingerprint);
  });

  test('a deadlock that the executions missed is found from its inversion, and fails', async () => {
    const missed = ['--program', 'abba', '--strategy', 'context-bound', '--bound', '0', '--budget', '1'];
    const without = await decided(PROGRAMS, ...missed, '--no-confirm');
    expect(without.status).toBe(0);
    expect(without.programs).toMatchObject([{ verdict: 'ok', deadlocks: 0, inversions: [] }]);
    const found = await decided(PROGRAMS, ...missed);
    expect(found.status).toBe(1);
    expect(found.programs).toMatchObject([
      { verdict: 'deadlock', deadlocks: 1, inversions: [{ verdict: 'confirmed' }] },
    ]);
    expect(found.reports).toMatchObject([{ level: 'error', verdict: { kind: 'confirmed' } }]);
    const { out } = await lockdep('explore', PROGRAMS, ...missed);
    expect(out).toContain(`replay: ${found.reports[0]!.verdict.schedule!.literal}\n`);
    expect(out).toMatch(/\nLD2 circular: \w → \w → \w: confirmed, .+\n$/);
  });

  test('a refuted inversion fails nothing, and says why; an undecided one says how far it got', async () => {
    const gate = [PROGRAMS, '--program', 'abba_gate'];
    const { status, out } = await lockdep('explore', ...gate);
    expect(status).toBe(0);
    expect(out).toMatch(/\nLD2 circular: B → A → B: refuted, t1 and t2 ask while holding G, which keeps them apart: /);
    const flag = [
      PROGRAMS,
      '--program',
      'abba_flag_ordered',
      '--strategy',
      'random',
      '--budget',
      '3',
      '--confirm-ms',
      '0',
    ];
    const open = await decided(...flag);
    expect(open.status).toBe(0);
    expect(open.programs).toMatchObject([{ inversions: [{ verdict: 'unconfirmed', by: 'budget' }] }]);
    expect((await lockdep('explore', ...flag)).out).toMatch(/: unconfirmed, undecided after \d+ executions/);
  });

  test('`lockdep report` takes what was decided into every format', async () => {
    const file = join(folder, 'explored.json');
    writeFileSync(file, (await lockdep('explore', PROGRAMS, '--program', 'abba', '--json')).out);
    const text = await lockdep('report', file);
    expect(text.status).toBe(1);
    expect(text.out).toContain('verdict: confirmed: ');
    expect(text.out).toMatch(/The schedule that deadlocks, with 1 preemption:\n\n {2}t1 +t2\n/);
    const sarif = JSON.parse((await lockdep('report', file, '--format', 'sarif')).out);
    expect(sarif.runs[0].results[0].properties.verdict).toBe('confirmed');
    writeFileSync(file, (await lockdep('explore', PROGRAMS, '--program', 'abba_gate', '--json')).out);
    expect((await lockdep('report', file)).status).toBe(0);
  });

  test('bounds are taken, and told when they have cut something', async () => {
    const answer = async (...args: string[]): Promise<unknown> => {
      const { out } = await lockdep('explore', PROGRAMS, '--program', 'inc_3', '--json', ...args);
      return (JSON.parse(out) as { programs: unknown[] }).programs[0];
    };
    const strategy = ['--strategy', 'context-bound'];
    expect(await answer(...strategy, '--bound', '1')).toMatchObject({ distinctTraces: 24, exhausted: false });
    expect(await answer(...strategy)).toMatchObject({ distinctTraces: 36, exhausted: true });
    expect(await answer('--steps', '5')).toMatchObject({ executions: 0, exhausted: false });
    // A bug of one preemption is out of reach of priorities that never change.
    expect(await answer('--strategy', 'pct', '--depth', '1', '--budget', '200')).toMatchObject({ verdict: 'ok' });
  });

  test('a failure is drawn, and told how to replay', async () => {
    const { status, out } = await lockdep('explore', PROGRAMS, '--program', 'abba_bare');
    expect(status).toBe(1);
    expect(out).toMatchSnapshot();
  });

  test('long work says on a terminal how far it is, and clears that up', async () => {
    const args = ['--program', 'reorder_5_bad', '--strategy', 'random', '--budget', '200000', '--json'];
    const { status, out, err } = await lockdepOn(true, 'explore', PROGRAMS, ...args);
    expect(status).toBe(1);
    expect(JSON.parse(out).programs[0]).toMatchObject({ executions: 200_000, exhausted: false });
    const [first, ...rest] = err.split('\r\x1b[2K').slice(1);
    expect(first).toMatch(/^reorder_5_bad: [\d,]+ executions, [\d,]+ traces, sampling, [\d,]+ failing, \d+ s left/);
    expect(rest.at(-1)).toBe('');
    const confirming = await lockdepOn(true, 'explore', PROGRAMS, '--program', 'abba', '--json');
    const lines = confirming.err.split('\r\x1b[2K');
    expect(lines.slice(-2)).toEqual(['abba: confirming what its locks may do', '']);
  });

  test('in threads: the same counts; interrupted by its budget it goes on from the checkpoint', async () => {
    const reorder = ['explore', PROGRAMS, '--program', 'inc_4', '--no-confirm'];
    const file = join(folder, 'inc.checkpoint');
    const { oracle } = cases.find(({ id }) => id === 'inc_4')!;
    const first = await lockdep(...reorder, '--budget', '100', '--checkpoint', file);
    expect(first.err).toMatch(/^\d+ branches are left: go on with --resume \S+inc\.checkpoint\n$/);
    expect(first.out).toContain('not exhausted');
    const second = await lockdep(...reorder, '--resume', file, '--workers', '2', '--json');
    expect([second.status, second.err]).toEqual([1, '']);
    expect(JSON.parse(second.out).programs[0]).toMatchObject({
      executions: oracle.traces,
      failing: oracle.failingTraces,
      exhausted: true,
    });
    expect(await lockdep('explore', PROGRAMS, '--checkpoint', file)).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^lockdep: a checkpoint is of one program.*\n {2}choose with --program ID\n$/),
    });
    expect(await lockdep(...reorder, '--workers', '2', '--strategy', 'pct')).toMatchObject({
      status: 2,
      err: expect.stringContaining("strategy 'pct' runs in one thread"),
    });
    expect(await lockdep('explore', PROGRAMS, '--program', 'abba', '--resume', file)).toMatchObject({
      status: 2,
      err: expect.stringContaining('the program is another one, or has changed since: explore again'),
    });
  });

  test('async tasks over locks of the library are explored too', async () => {
    const file = join(folder, 'async.ts');
    const locks = new URL('../../locks/src/index.ts', import.meta.url);
    writeFileSync(
      file,
      `import { Mutex } from '${locks}';
      export default (sim: any): void => {
        const [a, b] = [new Mutex({ name: 'A' }), new Mutex({ name: 'B' })];
        const nest = (outer: Mutex, inner: Mutex) => async () => {
          await outer.acquire();
          await inner.acquire();
          inner.release();
          outer.release();
        };
        sim.task('one', nest(a, b));
        sim.task('two', nest(b, a));
      };`,
    );
    const { status, out } = await lockdep('explore', file, '--json');
    expect(status).toBe(1);
    const [program] = (JSON.parse(out) as { programs: object[] }).programs;
    expect(program).toMatchObject({
      verdict: 'deadlock',
      executions: 3,
      exhausted: true,
      minPreemptions: 1,
      deadlocks: 1,
    });
  });

  test('a TypeScript program is its default export', async () => {
    const file = join(folder, 'model.ts');
    writeFileSync(
      file,
      `export default (sim: any): void => {
        const count = sim.variable('count', 0);
        for (const name of ['one', 'two']) sim.task(name, function* () { yield* count.write((yield* count.read()) + 1); });
        sim.final(() => count.value === 2);
      };`,
    );
    const { status, out, err } = await lockdep('explore', file, '--json');
    expect({ status, err }).toEqual({ status: 1, err: '' });
    const [program] = (JSON.parse(out) as { programs: object[] }).programs;
    expect(program).toMatchObject({ verdict: 'fail', exhausted: true, minPreemptions: 1, deadlocks: 0 });
  });

  test.each([
    ['an unknown strategy', ['--strategy', 'lucky'], /lucky/],
    ['an unknown program', ['--program', 'nothing'], /no such program/],
    ['a budget that is no number', ['--budget', 'many'], /give a whole number/],
    ['a time to confirm in that is no number', ['--confirm-ms', 'soon'], /--confirm-ms soon: give a whole number/],
    ['a depth of nothing', ['--strategy', 'pct', '--depth', '0'], /--depth 0: give a whole number, 1 at least/],
  ])('%s is one clear error', async (_, args, message) => {
    const { status, out, err } = await lockdep('explore', PROGRAMS, ...args);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(message);
  });
});
