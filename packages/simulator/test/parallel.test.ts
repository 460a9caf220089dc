/** Threads over one tree: the counts of one thread, whoever is killed; a checkpoint goes on where it stopped. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { compileProgram, explore, exploreParallel, type ParallelOptions, replay } from '../src/index.ts';
import { program } from './programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockdep-parallel-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const UNLIMITED = { executions: 1_000_000_000, ms: 1_000_000_000 };
const inThreads = (id: string, options: ParallelOptions = {}) =>
  exploreParallel({ notation: program(id) }, { leaks: false, budget: UNLIMITED, ...options });
const module = new URL('./parallel-program.ts', import.meta.url).href;

/** What does not depend on how the tree was cut. */
const answer = ({
  verdict,
  executions,
  deadlocks,
  failing,
  exhausted,
  failures,
}: Awaited<ReturnType<typeof inThreads>>) => ({
  verdict,
  executions,
  deadlocks,
  failing,
  exhausted,
  failures: failures.map(({ signature, occurrences }) => ({ signature, occurrences })),
});

describe('the counts of one thread', () => {
  test.each(['sem_pool_3'])('%s', async (id) => {
    const { traces, deadlockTraces, failingTraces } = program(id).oracle;
    const one = await inThreads(id, { workers: 1 });
    const two = await inThreads(id, { workers: 2 });
    expect([two.executions, two.deadlocks, two.failing, two.exhausted]).toEqual([
      traces,
      deadlockTraces,
      failingTraces,
      true,
    ]);
    expect(answer(two)).toEqual(answer(one));
    const alone = explore(compileProgram(program(id)), { leaks: false, strategy: 'source-dpor' });
    expect(two.failures.map(({ signature }) => signature).sort()).toEqual(
      alone.failures.map(({ signature }) => signature).sort(),
    );
    expect(two.estimate).toEqual(alone.estimate);
    for (const failure of two.failures) {
      const again = replay(compileProgram(program(id)), failure.schedule, { leaks: false });
      expect(again.failures.map(({ signature }) => signature)).toContain(failure.signature);
    }
  });

  test('whichever worker is killed', { timeout: 120_000 }, async () => {
    const { traces, deadlockTraces, failingTraces } = program('reorder_5_bad').oracle;
    let left = 4;
    const onWorker = (worker: Worker): void => {
      if (left > 0) worker.once('online', () => setTimeout(() => worker.terminate(), 60 * left--));
    };
    const result = await inThreads('reorder_5_bad', { onWorker, minimise: 0 });
    expect(result.lost).toBeGreaterThan(0);
    expect([result.executions, result.deadlocks, result.failing, result.exhausted]).toEqual([
      traces,
      deadlockTraces,
      failingTraces,
      true,
    ]);
  });

  test('workers that are lost at once, again and again, are an error', async () => {
    const onWorker = (worker: Worker): void => void worker.terminate();
    await expect(inThreads('inc_4', { onWorker })).rejects.toThrow(/9 workers were lost one after the other/);
  });

  test('async code of a module', async () => {
    const result = await exploreParallel({ module, export: 'asyncTransfers', argument: 2 });
    expect([result.verdict, result.exhausted]).toEqual(['deadlock', true]);
    expect(result.failures[0]!.diagram).toContain('=> deadlock');
    expect((await exploreParallel({ module, export: 'asyncTransfers', argument: 1 })).verdict).toBe('ok');
  });
});

describe('a checkpoint', () => {
  const file = join(folder, 'reorder.json');

  test('goes on where the exploration stopped, with the same totals', { timeout: 120_000 }, async () => {
    const { traces, failingTraces } = program('reorder_5_bad').oracle;
    const first = await inThreads('reorder_5_bad', {
      budget: { executions: 3_000, ms: 1_000_000 },
      checkpoint: file,
      minimise: 0,
    });
    expect(first.exhausted).toBe(false);
    // Each worker may have begun one more.
    expect(first.executions + first.sleepBlocked).toBeLessThanOrEqual(3_002);
    expect(first.branchesLeft).toBeGreaterThan(0);
    const controller = new AbortController();
    const second = inThreads('reorder_5_bad', {
      resume: file,
      checkpoint: file,
      checkpointMs: 20,
      signal: controller.signal,
      minimise: 0,
      onProgress: () => controller.abort(),
      progressMs: 0,
    });
    expect((await second).executions).toBeGreaterThan(first.executions);
    const last = await inThreads('reorder_5_bad', { resume: file, minimise: 0 });
    expect([last.executions, last.failing, last.exhausted, last.branchesLeft]).toEqual([
      traces,
      failingTraces,
      true,
      0,
    ]);
  });

  test('of another program, with other bounds, torn, or none is refused', async () => {
    await expect(inThreads('inc_4', { resume: file })).rejects.toThrow(/the program is another one, or has changed/);
    await expect(inThreads('reorder_5_bad', { resume: file, budget: { ...UNLIMITED, steps: 500 } })).rejects.toThrow(
      /made with steps 10000, asked for now is 500/,
    );
    const torn = join(folder, 'torn.json');
    writeFileSync(torn, readFileSync(file, 'utf8').slice(0, 100));
    await expect(inThreads('inc_4', { resume: torn })).rejects.toThrow(/not a checkpoint/);
    await expect(inThreads('inc_4', { resume: join(folder, 'none.json') })).rejects.toThrow(/ENOENT/);
  });
});

describe('misuse', () => {
  test('options', async () => {
    await expect(inThreads('inc_4', { strategy: 'pct' as 'source-dpor' })).rejects.toThrow(/runs in one thread/);
    await expect(inThreads('inc_4', { workers: 0 })).rejects.toThrow(/'workers' is 0/);
    await expect(exploreParallel({ module, export: 'missing' })).rejects.toThrow(/exports no program as 'missing'/);
  });

  test('an error of the program is the error of the exploration', async () => {
    await expect(exploreParallel({ module, export: 'changing' })).rejects.toThrow(/not where it was|not the same/);
  });

  test('the first failure may be enough', async () => {
    const result = await inThreads('inc_4', { stopOnFailure: true });
    expect([result.verdict, result.exhausted]).toEqual(['fail', false]);
  });
});
