/** Concurrent code within one task: each branch is a line of its own, in every interleaving with the others. */
import { readFile } from 'node:fs/promises';
import { lockdep, Mutex, RwSemaphore } from '@lockdep/locks';
import { describe, expect, test } from 'vitest';
import { type ExploreOptions, exploreAsync, type ProgramFunction, replayAsync } from '../src/index.ts';

const EVERY: ExploreOptions = { strategy: 'source-dpor' };

/** What can come out, by every interleaving and by those that partial-order reduction leaves. */
async function outcomes(program: (note: (word: string) => void) => ProgramFunction): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const strategy of ['enumeration', 'source-dpor'] as const) {
    const seen = new Set<string>();
    let words: string[] = [];
    const noting: ProgramFunction = (sim) => {
      if (words.length > 0) seen.add(words.join(' '));
      words = [];
      program((word) => void words.push(word))(sim);
    };
    const result = await exploreAsync(noting, { strategy, leaks: false, minimise: 0 });
    expect(result.exhausted).toBe(true);
    seen.add(words.join(' '));
    found[strategy] = [...seen].sort();
  }
  return found;
}

const transfer = (first: Mutex, second: Mutex) => first.runExclusive(() => second.runExclusive(() => {}));

describe('Promise.all', () => {
  const program: ProgramFunction = (sim) => {
    const [a, b] = [new Mutex({ name: 'a' }), new Mutex({ name: 'b' })];
    sim.task('bank', async () => {
      await Promise.all([transfer(a, b), transfer(b, a)]);
    });
  };

  test('its branches deadlock with each other; the schedule replays', async () => {
    const result = await exploreAsync(program, EVERY);
    expect(result).toMatchObject({ verdict: 'deadlock', exhausted: true });
    const [failure] = result.failures;
    expect(failure!.schedule).toEqual([
      ['bank', 'lock a'],
      ['bank/1', 'lock b'],
    ]);
    expect(failure!.waits!.map(({ task, heldBy }) => [task, heldBy])).toEqual(
      expect.arrayContaining([
        ['bank', ['bank/1']],
        ['bank/1', ['bank']],
      ]),
    );
    expect(result.reports.map(({ kind }) => kind)).toEqual(['circular']);
    expect(await replayAsync(program, failure!.schedule)).toMatchObject({ verdict: 'deadlock', divergence: null });
  });

  test('in one order throughout there is none', async () => {
    const result = await exploreAsync((sim) => {
      const [a, b] = [new Mutex({ name: 'a' }), new Mutex({ name: 'b' })];
      sim.task('bank', async () => {
        await Promise.all([transfer(a, b), transfer(a, b)]);
        await transfer(a, b);
      });
    }, EVERY);
    expect(result).toMatchObject({ verdict: 'ok', exhausted: true, reports: [] });
  });

  test('an operation that another one of the same task lets go on is no deadlock', async () => {
    const result = await exploreAsync((sim) => {
      const [a, b] = [new Mutex({ name: 'a' }), new Mutex({ name: 'b' })];
      sim.task('one', async () => {
        await b.acquire();
        const both = a.acquire();
        b.release();
        await both;
        a.release();
      });
      sim.task('two', async () => {
        await a.acquire();
        await b.acquire();
        b.release();
        a.release();
      });
    }, EVERY);
    expect(result).toMatchObject({ verdict: 'ok', exhausted: true });
  });

  test('what the branches took, the code after them releases', async () => {
    const result = await exploreAsync((sim) => {
      const [a, b] = [new Mutex({ name: 'a' }), new RwSemaphore({ name: 'b' })];
      for (const name of ['one', 'two']) {
        sim.task(name, async () => {
          await Promise.all([a.acquire(), a.waiting > 5 ? null : Promise.resolve()]);
          await Promise.all([b.acquireRead(), sim.sleep(1)]);
          a.release();
          b.releaseRead();
        });
      }
    }, EVERY);
    expect(result).toMatchObject({ verdict: 'ok', exhausted: true, reports: [] });
  });

  test('reduction loses no outcome that the branches and another task can have', async () => {
    const found = await outcomes((note) => (sim) => {
      const lock = new Mutex({ name: 'lock' });
      const x = sim.variable('x', 0);
      const step = async (word: string) => {
        await lock.runExclusive(() => note(word));
        note(`${word}${await x.read()}`);
      };
      sim.task('t', async () => {
        await Promise.all([step('f'), step('g')]);
        note('joined');
      });
      sim.task('u', async () => {
        await lock.runExclusive(() => note('u'));
        await x.write(1);
      });
    });
    expect(found['source-dpor']!.length).toBeGreaterThan(3);
    // The words of t and u that commute may stand in either order: compared is what t alone sees.
    const withoutU = (line: string) => line.replaceAll(' u', '').replaceAll('u ', '');
    const seenByT = (all: readonly string[]) => [...new Set(all.map(withoutU))].sort();
    expect(seenByT(found['source-dpor']!)).toEqual(seenByT(found['enumeration']!));
  });
});

describe('lockdep.fork, lockdep.all, lockdep.task', () => {
  test('are tasks of the simulation, forked ones under the locks held', async () => {
    const result = await exploreAsync((sim) => {
      const [outer, a, b] = ['outer', 'a', 'b'].map((name) => new Mutex({ name })) as [Mutex, Mutex, Mutex];
      sim.task('main', async () => {
        await outer.acquire();
        await lockdep.all([() => transfer(a, b), () => transfer(b, a)]);
        outer.release();
        await lockdep.task('later', () => a.runExclusive(() => outer.runExclusive(() => {})));
      });
    }, EVERY);
    expect(result).toMatchObject({ verdict: 'deadlock', exhausted: true });
    expect(result.failures[0]!.tasks).toEqual(['main', 'main/1', 'main/2']);
    // a and b against each other, and outer, held around both, against what later does.
    expect(result.reports.map(({ kind }) => kind)).toEqual(['circular', 'circular']);
  });

  test('an error that the forker handles is no failure', async () => {
    const result = await exploreAsync((sim) => {
      sim.task('main', async () => {
        const failing = lockdep.fork(async () => {
          await sim.yield();
          throw new Error('expected');
        });
        await expect(failing).rejects.toThrow('expected');
      });
    }, EVERY);
    expect(result).toMatchObject({ verdict: 'ok', exhausted: true });
  });
});

describe('plain promises', () => {
  test('let another task go on', async () => {
    const result = await exploreAsync((sim) => {
      const ready = Promise.withResolvers<number>();
      const lock = new Mutex({ name: 'lock' });
      sim.task('maker', async () => {
        await lock.runExclusive(() => ready.resolve(7));
      });
      sim.task('taker', async () => {
        const value = await ready.promise;
        await lock.runExclusive(() => sim.assert(value === 7, 'the value arrives'));
      });
    }, EVERY);
    expect(result).toMatchObject({ verdict: 'ok', executions: 1, exhausted: true });
  });

  test('that nobody settles are deadlocks', async () => {
    const result = await exploreAsync((sim) => {
      let wake: (() => void) | null = null;
      const lock = new Mutex({ name: 'lock' });
      sim.task('sleeper', async () => {
        await lock.acquire();
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        lock.release();
        await woken;
      });
      sim.task('waker', async () => {
        await lock.runExclusive(() => wake?.());
      });
    }, EVERY);
    // A wake-up that comes before anybody sleeps is lost.
    expect(result).toMatchObject({ verdict: 'deadlock', executions: 2, deadlocks: 1, exhausted: true });
    expect(result.failures[0]!.message).toBe('sleeper waits for a promise');
  });

  test('waited for under a lock that their maker needs', async () => {
    const result = await exploreAsync((sim) => {
      const ready = Promise.withResolvers<void>();
      const lock = new Mutex({ name: 'lock' });
      sim.task('maker', async () => {
        await lock.runExclusive(() => {});
        ready.resolve();
      });
      sim.task('taker', async () => {
        await lock.runExclusive(() => ready.promise);
      });
    }, EVERY);
    expect(result).toMatchObject({ verdict: 'deadlock', executions: 2, deadlocks: 1 });
  });

  test('that only the event loop can settle are named, with the place', async () => {
    const stray = exploreAsync((sim) => {
      sim.task('reader', async () => {
        await sim.yield();
        await readFile(new URL(import.meta.url));
      });
    });
    await expect(stray).rejects.toThrow(
      /task 'reader' waits, after 'yield'.*, for something the scheduler does not own: a FS\w+ at .*async-lines\.test\.ts:\d+/,
    );
  });
});

test('something outside answers at any moment, in each of its ways', async () => {
  const result = await exploreAsync((sim) => {
    const cache = new Mutex({ name: 'cache' });
    const fetchUser = () =>
      sim.external('fetch user', { found: () => 'ada', fails: () => Promise.reject(new Error('503')) });
    for (const name of ['one', 'two']) {
      sim.task(name, async () => {
        await cache.acquire();
        const user = await fetchUser();
        sim.assert(user === 'ada', 'it is ada');
        cache.release();
      });
    }
  }, EVERY);
  // Whoever fails does so with the lock held, and the other one waits for ever.
  expect(result.verdict).toBe('deadlock');
  expect(result.failures.map(({ message }) => message)).toContain('one: 503');
  expect(result.failures.find(({ kind }) => kind === 'exception')!.schedule.flat()).toContain('fetch user: fails');
});
