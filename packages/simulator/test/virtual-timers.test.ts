/** Timers and clocks of async code under virtual time. */
import { setTimeout as delay, scheduler } from 'node:timers/promises';
import { LockTimeoutError, Mutex, RwSemaphore } from '@lockdep/locks';
import { describe, expect, test } from 'vitest';
import { type ExploreOptions, exploreAsync, type ProgramFunction } from '../src/index.ts';

const EVERY: ExploreOptions = { strategy: 'source-dpor', leaks: false };

/** Every sequence of words that the program can note. */
async function stories(program: (note: (word: string) => void) => ProgramFunction): Promise<string[]> {
  const seen = new Set<string>();
  let words: string[] | null = null;
  const result = await exploreAsync((sim) => {
    if (words !== null) seen.add(words.join(' '));
    const here: string[] = [];
    words = here;
    program((word) => void here.push(word))(sim);
  }, EVERY);
  expect(result).toMatchObject({ verdict: 'ok', exhausted: true });
  return [...seen.add(words!.join(' '))].sort();
}

describe('timers', () => {
  test('of one task fire in the order of their times', async () => {
    const found = await stories((note) => (sim) => {
      sim.task('t', async () => {
        setTimeout(() => note('20'), 20);
        setTimeout(() => note('5'), 5);
        setImmediate(() => note('0'));
        await delay(10);
        note('10');
      });
    });
    expect(found).toEqual(['0 5 10 20']);
  });

  test('of two tasks as slow as these may be: the later time can come first only for who started earlier', async () => {
    const found = await stories((note) => (sim) => {
      sim.task('t', async () => {
        await delay(20);
        note('t');
      });
      sim.task('u', async () => {
        await scheduler.wait(5);
        note('u');
      });
    });
    expect(found).toEqual(['t u', 'u t']);
  });

  test('take no real time, and clocks show the virtual one', async () => {
    const began = performance.now();
    const shown: unknown[] = [];
    await exploreAsync((sim) => {
      expect(performance.now()).toBe(0);
      sim.task('t', async () => {
        const [start, date] = [performance.now(), Date.now()];
        await delay(86_400_000);
        shown.push([performance.now() - start, Date.now() - date, new Date().toISOString(), new Date(5).getTime()]);
        sim.assert(new Date() instanceof Date, 'dates are dates');
      });
    }, EVERY);
    expect(shown).toEqual([[86_400_000, 86_400_000, '2000-01-02T00:00:00.000Z', 5]]);
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(new Date().getFullYear()).toBeGreaterThan(2020);
  });

  test('that are cleared never fire; one that races with its clearing fires before, or not at all', async () => {
    const found = await stories((note) => (sim) => {
      const lock = new Mutex({ name: 'lock' });
      sim.task('t', async () => {
        const timer = setTimeout(() => note('fired'), 10);
        await lock.acquire();
        clearTimeout(timer);
        note('cleared');
        lock.release();
        clearTimeout(setTimeout(() => note('never'), 1));
      });
    });
    expect(found).toEqual(['cleared', 'fired cleared']);
  });

  test('intervals come again until they are cleared', async () => {
    const found = await stories((note) => (sim) => {
      sim.task('t', async () => {
        let ticks = 0;
        await new Promise<void>((resolve) => {
          const timer = setInterval(() => {
            note(`${++ticks}`);
            if (ticks < 3) return;
            clearInterval(timer);
            resolve();
          }, 10);
        });
        note('done');
      });
    });
    expect(found).toEqual(['1 2 3 done']);
  });

  test('what they throw is a failure, as in Node', async () => {
    const result = await exploreAsync((sim) => {
      sim.task('t', async () => {
        setTimeout(() => {
          throw new Error('in a timer');
        }, 1);
      });
    }, EVERY);
    expect(result.failures.map(({ message }) => message)).toEqual(['t/timer: in a timer']);
  });

  test('are for tasks, not for the setup', async () => {
    const globals = () => [
      Object.getOwnPropertyDescriptor(globalThis, 'setTimeout'),
      Object.getOwnPropertyDescriptor(globalThis, 'Date'),
      Object.getOwnPropertyDescriptor(performance, 'now'),
    ];
    const before = globals();
    const early = exploreAsync((sim) => {
      setTimeout(() => {}, 1);
      sim.task('t', async () => {});
    });
    await expect(early).rejects.toThrow('sets a timer while it is set up');
    expect(globals()).toEqual(before);
    expect(await new Promise((resolve) => setTimeout(() => resolve('still there'), 1))).toBe('still there');
  });
});

describe('waiting with a limit', () => {
  test('acquire gives up, or gets the lock, as time has it', async () => {
    const found = await stories((note) => (sim) => {
      const lock = new Mutex({ name: 'lock' });
      sim.task('holder', async () => {
        await lock.acquire();
        await delay(50);
        lock.release();
      });
      sim.task('hasty', async () => {
        try {
          await lock.acquire({ timeoutMs: 100 });
          note('got it');
          lock.release();
        } catch (error) {
          note(error instanceof LockTimeoutError ? 'gave up' : String(error));
        }
      });
    });
    expect(found).toEqual(['gave up', 'got it']);
  });

  test('a writer that gives up lets the readers behind it in', async () => {
    const result = await exploreAsync((sim) => {
      const lock = new RwSemaphore({ name: 'lock' });
      sim.task('reader', async () => {
        await lock.acquireRead();
        await sim.variable('met', 0).read();
        await lock.acquireRead();
        lock.releaseRead();
        lock.releaseRead();
      });
      sim.task('writer', async () => {
        await lock.acquire({ timeoutMs: 10 }).then(
          () => lock.release(),
          () => {},
        );
      });
    }, EVERY);
    // Without the limit the reader's second acquisition waits behind the writer, and that for the first.
    expect(result).toMatchObject({ verdict: 'ok', exhausted: true });
  });

  test('a limit that comes before its wait has begun is tried after that too', async () => {
    const program: ProgramFunction = (sim) => {
      const lock = new RwSemaphore({ name: 'lock' });
      sim.task('hasty', async () => {
        await lock.acquireRead({ timeoutMs: 5 }).then(
          () => lock.acquire(),
          () => {},
        );
      });
      sim.task('other', async () => {
        await lock.acquire();
        lock.release();
      });
    };
    const options = { leaks: false, minimise: 0 } as const;
    const all = await exploreAsync(program, { ...options, strategy: 'enumeration' });
    const reduced = await exploreAsync(program, { ...options, strategy: 'source-dpor' });
    // Both get stuck, or the hasty one alone when the other has been there before.
    expect(reduced).toMatchObject({ verdict: 'deadlock', executions: all.distinctTraces, exhausted: true });
  });

  test.each<[what: string, wait: (lock: Mutex, signal: AbortSignal) => Promise<unknown>]>([
    ['an acquisition', (lock, signal) => lock.acquire({ signal }).then(() => lock.release())],
    [
      'an acquisition with a limit',
      (lock, signal) => lock.acquire({ signal, timeoutMs: 5 }).then(() => lock.release()),
    ],
    ['a delay', (_, signal) => delay(5, null, { signal })],
    ['an acquisition, by a signal that follows', (lock, signal) => lock.acquire({ signal: AbortSignal.any([signal]) })],
  ])('a signal that another task aborts ends %s, before it, in it or not any more', async (_, wait) => {
    const ends = new Set<string>();
    const program: ProgramFunction = (sim) => {
      const [lock, controller] = [new Mutex({ name: 'lock' }), new AbortController()];
      sim.task('waiter', async () => {
        await sim.yield();
        await wait(lock, controller.signal).then(
          () => ends.add('done'),
          ({ name }: Error) => ends.add(name),
        );
      });
      sim.task('aborter', async () => {
        await sim.yield();
        controller.abort();
      });
    };
    const all = await exploreAsync(program, { ...EVERY, strategy: 'enumeration' });
    const found = [...ends].sort();
    expect(found).toEqual(expect.arrayContaining(['AbortError', 'done']));
    for (const strategy of ['source-dpor', 'optimal-dpor', 'sleep-sets'] as const) {
      ends.clear();
      const { executions, exhausted } = await exploreAsync(program, { ...EVERY, strategy });
      expect([strategy, executions, exhausted, [...ends].sort()]).toEqual([strategy, all.distinctTraces, true, found]);
    }
  });

  test('a signal that has been aborted before the program begins refuses every wait', async () => {
    const found = await stories((note) => (sim) => {
      const lock = new Mutex({ name: 'lock' });
      const signal = AbortSignal.abort();
      sim.task('late', async () => {
        await lock.acquire({ signal }).catch(({ name }: Error) => note(name));
        await delay(5, null, { signal }).catch(({ name }: Error) => note(name));
      });
    });
    expect(found).toEqual(['AbortError AbortError']);
  });

  test('a signal ends the wait with its reason', async () => {
    const found = await stories((note) => (sim) => {
      const lock = new Mutex({ name: 'lock' });
      sim.task('holder', async () => {
        await lock.runExclusive(() => delay(50));
      });
      sim.task('hasty', async () => {
        await lock.acquire({ signal: AbortSignal.timeout(20) }).then(
          () => {
            note('got it');
            lock.release();
          },
          (reason: Error) => note(reason.name),
        );
      });
    });
    expect(found).toEqual(['TimeoutError', 'got it']);
  });
});
