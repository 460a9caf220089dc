import { Mutex, RwSemaphore } from '@lockdep/locks';
import { describe, expect, test } from 'vitest';
import { explore, exploreAsync, replayAsync, type Simulation, simulateAsync, TaskKilledError } from '../src/index.ts';
import { asAsync, asGenerators, isTranslatable } from './interpret.ts';
import { hasFairSemaphore, programs } from './programs.ts';

const small = programs.filter((program) => isTranslatable(program) && program.oracle.traces <= 700);
/** As validator.test.ts has it. */
const published = small.filter((program) => !hasFairSemaphore(program));

describe('the same program awaits and yields', () => {
  test('there are more than 20 of them', () => expect(small.length).toBeGreaterThan(20));

  for (const program of small) {
    test(program.id, async () => {
      const options = { strategy: 'source-dpor', leaks: false, minimise: 0 } as const;
      const yielding = explore(asGenerators(program), options);
      const awaiting = await exploreAsync(asAsync(program), options);
      expect(yielding.verdict).toBe(program.expect);
      if (published.includes(program)) expect(yielding.executions).toBe(program.oracle.traces);
      const { verdict, executions, deadlocks, failing, exhausted } = yielding;
      expect(awaiting).toMatchObject({ verdict, executions, deadlocks, failing, exhausted });
    });
  }
});

const abba = (sim: Simulation): void => {
  const [a, b] = [new Mutex({ name: 'A' }), new Mutex({ name: 'B' })];
  const total = sim.variable('total', 0);
  sim.task('t1', async () => {
    await using _a = await a.lock();
    await b.runExclusive(async () => {
      await total.write((await total.read()) + 1);
    });
  });
  sim.task('t2', async () => {
    await b.acquire();
    await a.acquire();
    await total.write((await total.read()) - 1);
    // Not awaited, as in most code: they are steps all the same, in this order.
    a.release();
    b.release();
  });
};

describe('async code', () => {
  test('with guards, callbacks and releases in passing: the deadlock, minimal, and its replay', async () => {
    const result = await exploreAsync(abba);
    expect(result).toMatchObject({ verdict: 'deadlock', executions: 3, deadlocks: 1, failing: 0, exhausted: true });
    const [failure] = result.failures;
    expect(failure!.minPreemptions).toBe(1);
    expect(failure!.schedule).toEqual([
      ['t1', 'lock A'],
      ['t2', 'lock B'],
    ]);
    expect(result.reports.map(({ kind }) => kind)).toEqual(['circular']);
    const again = await replayAsync(abba, failure!.schedule);
    expect(again).toMatchObject({ verdict: 'deadlock', divergence: null });
  });

  test('explorations started together have one after the other the locks and timers of the process', async () => {
    const counter = (sim: Simulation): void => {
      const total = sim.variable('total', 0);
      const mutex = new Mutex({ name: 'M' });
      for (const name of ['a', 'b', 'c', 'd']) {
        sim.task(name, async () => {
          const seen = await total.read();
          await mutex.runExclusive(() => total.write(seen + 1));
        });
      }
    };
    const [alone, ...together] = [
      await exploreAsync(counter, { leaks: false }),
      ...(await Promise.all([exploreAsync(counter, { leaks: false }), exploreAsync(counter, { leaks: false })])),
    ];
    const { executions, exhausted } = alone;
    expect(exhausted).toBe(true);
    for (const other of together) expect(other).toMatchObject({ verdict: 'ok', executions, exhausted });
  });

  test('helpers that are async and await nothing foreign are no matter', async () => {
    const half = async (n: number): Promise<number> => n / 2;
    const result = await exploreAsync((sim) => {
      const x = sim.variable('x', 8);
      for (const name of ['a', 'b']) {
        sim.task(name, async () => {
          const value = await half(await x.read());
          await Promise.resolve();
          await x.write(value);
        });
      }
      sim.final(() => x.value === 2 || `x is ${x.value}`);
    });
    expect(result).toMatchObject({ verdict: 'fail', executions: 4, failing: 2, exhausted: true });
  });

  test('generator and async tasks in one program', async () => {
    const result = await exploreAsync((sim) => {
      const lock = new RwSemaphore({ name: 'tree' });
      sim.task('reader', function* () {
        yield* lock.acquireRead();
        yield* lock.acquireRead();
        yield* lock.releaseRead();
        yield* lock.releaseRead();
      });
      sim.task('writer', async () => {
        await lock.acquire();
        lock.release();
      });
    });
    expect(result).toMatchObject({ verdict: 'deadlock', executions: 3, deadlocks: 1 });
  });

  test('a killed task sees its wait fail and runs its finally', async () => {
    const seen: string[] = [];
    const result = await exploreAsync((sim) => {
      const gate = sim.variable('gate', 0);
      const victim = sim.task(
        'victim',
        async () => {
          try {
            await gate.until((v) => v === 1);
          } catch (error) {
            seen.push(error instanceof TaskKilledError ? 'killed' : 'other');
            throw error;
          } finally {
            await gate.write(2);
          }
        },
        { killable: true },
      );
      sim.task('killer', async () => {
        await victim.kill();
        await victim.join();
        sim.assert(gate.value === 2, 'finally has run');
      });
    });
    expect(result).toMatchObject({ verdict: 'ok', exhausted: true });
    expect(new Set(seen)).toEqual(new Set(['killed']));
  });

  test('errors are failures of their task', async () => {
    const result = await exploreAsync((sim) => {
      sim.task('early', async () => {
        throw new Error('before any step');
      });
      sim.task('late', async () => {
        await sim.yield();
        throw new Error('after a step');
      });
    });
    expect(result.failures.map(({ kind, message }) => [kind, message])).toEqual([
      ['exception', 'early: before any step'],
      ['exception', 'late: after a step'],
    ]);
  });

  test('one simulation from a seed', async () => {
    const runs = await Promise.all([simulateAsync(abba, { seed: 7 })]);
    const again = await simulateAsync(abba, { seed: 7 });
    expect(again.steps).toBe(runs[0]!.steps);
    expect(again.verdict).toBe(runs[0]!.verdict);
  });
});
