/**
 * Whose locks? The order learned from asynchronous code must be that of one line of code, not of whatever runs at the same time.
 * The scenarios are those on which one list per task, or a context entered by `acquire`, go wrong.
 */
import { describe, expect, test } from 'vitest';
import { lockdep, Mutex } from '../src/index.ts';
import { locks, nothing, order, turn, validator } from './strand-world.ts';

/** A critical section of two turns, in either style; `branches` is how concurrent branches are started in that style. */
interface Style {
  under<T>(lock: Mutex, body: () => Promise<T>): Promise<T>;
  branches(...fns: (() => Promise<unknown>)[]): Promise<unknown>;
}

const styles: Record<string, Style> = {
  'callbacks, plain Promise.all': {
    under: (lock, body) =>
      lock.runExclusive(async () => {
        await turn();
        const result = await body();
        await turn();
        return result;
      }),
    branches: (...fns) => Promise.all(fns.map((fn) => fn())),
  },
  'acquire and release, lockdep.all': {
    under: async (lock, body) => {
      await lock.acquire();
      await turn();
      const result = await body();
      await turn();
      lock.release();
      return result;
    },
    branches: (...fns) => lockdep.all(fns),
  },
  'guards, lockdep.fork': {
    under: async (lock, body) => {
      await using guard = await lock.lock();
      await turn();
      const result = await body();
      await turn();
      expect(guard.held).toBe(true);
      return result;
    },
    branches: (...fns) => Promise.all(fns.map((fn) => lockdep.fork(fn))),
  },
};

describe.each(Object.entries(styles))('%s', (_name, { under, branches }) => {
  test('nested: a>b', async () => {
    await lockdep.task('t', () => under(locks.a, () => under(locks.b, nothing)));
    expect(order()).toEqual(['a>b']);
  });

  test('siblings: none', async () => {
    await lockdep.task('t', () =>
      branches(
        () => under(locks.a, nothing),
        () => under(locks.b, nothing),
      ),
    );
    expect(order()).toEqual([]);
  });

  test('siblings two deep: a>b c>d', async () => {
    await lockdep.task('t', () =>
      branches(
        () => under(locks.a, () => under(locks.b, nothing)),
        () => under(locks.c, () => under(locks.d, nothing)),
      ),
    );
    expect(order()).toEqual(['a>b', 'c>d']);
  });

  test('held over branches: p>a p>b', async () => {
    await lockdep.task('t', () =>
      under(locks.p, () =>
        branches(
          () => under(locks.a, nothing),
          () => under(locks.b, nothing),
        ),
      ),
    );
    expect(order()).toEqual(['p>a', 'p>b']);
  });

  test('after release: none', async () => {
    await lockdep.task('t', async () => {
      await under(locks.a, nothing);
      await under(locks.b, nothing);
    });
    expect(order()).toEqual([]);
  });

  test('outside any task as inside one', async () => {
    await under(locks.p, () =>
      branches(
        () => under(locks.a, () => under(locks.b, nothing)),
        () => under(locks.c, nothing),
      ),
    );
    expect(order()).toEqual(['a>b', 'p>a', 'p>b', 'p>c']);
    expect(validator.reports).toEqual([]);
  });

  test('branches that contend for one lock wait for each other and for nothing else', async () => {
    const seen: number[] = [];
    const branch = (number: number) => () => under(locks.a, async () => void seen.push(number));
    await lockdep.task('t', () => under(locks.p, () => branches(branch(1), branch(2), branch(3))));
    expect(seen).toEqual([1, 2, 3]);
    expect(order()).toEqual(['p>a']);
    expect(validator.reports).toEqual([]);
  });
});

describe('acquire and release, plain Promise.all: branches that start with an acquisition are told apart', () => {
  const under = styles['acquire and release, lockdep.all']!.under;

  test.each(['inside a task', 'outside any task'])('%s', async (place) => {
    const program = () =>
      under(locks.p, () =>
        Promise.all([
          under(locks.a, () => under(locks.b, nothing)),
          under(locks.c, () => under(locks.d, nothing)),
          under(locks.c, nothing),
        ]),
      );
    await (place === 'inside a task' ? lockdep.task('t', program) : program());
    expect(order()).toEqual(['a>b', 'c>d', 'p>a', 'p>b', 'p>c', 'p>d']);
    expect(validator.reports).toEqual([]);
  });

  test('a branch goes on as one after its first section', async () => {
    await lockdep.task('t', () =>
      under(locks.p, () =>
        Promise.all([
          under(locks.a, () => turn()),
          under(locks.b, nothing).then(() => under(locks.c, () => under(locks.d, nothing))),
        ]),
      ),
    );
    expect(order()).toEqual(['c>d', 'p>a', 'p>b', 'p>c', 'p>d']);
  });
});

describe('outside any task', () => {
  test('independent callbacks of the event loop do not see each other', async () => {
    const request = (first: Mutex, second: Mutex, delay: number) =>
      new Promise<void>((resolve) => {
        setTimeout(async () => {
          await using _first = await first.lock();
          await turn();
          await using _second = await second.lock();
          await turn();
          resolve();
        }, delay);
      });
    await Promise.all([request(locks.a, locks.b, 1), request(locks.a, locks.c, 1), request(locks.d, locks.a, 2)]);
    expect(order()).toEqual(['a>b', 'a>c', 'd>a', 'd>b', 'd>c']);
    expect(validator.reports).toEqual([]);
  });

  test('contention between them is no recursion', async () => {
    let inside = 0;
    const job = async (): Promise<void> => {
      await locks.a.acquire();
      expect(++inside).toBe(1);
      await turn();
      inside -= 1;
      locks.a.release();
    };
    await Promise.all([1, 2, 3].map(job));
    await Promise.all([1, 2, 3].map(() => turn().then(job)));
    expect(validator.reports).toEqual([]);
  });

  test('a real deadlock between them is found', async () => {
    const refuse = (name: string) => new Mutex({ name, validator, onDeadlock: 'throw' });
    const [x, y] = [refuse('x'), refuse('y')];
    const job = async (first: Mutex, second: Mutex): Promise<string> => {
      await turn();
      await using _first = await first.lock();
      await turn();
      try {
        await using _second = await second.lock();
        return 'done';
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect((await Promise.all([job(x, y), job(y, x)])).sort()).toEqual(['DeadlockError', 'done']);
  });

  test('one line of code that takes a lock twice is reported', async () => {
    await locks.a.acquire();
    await turn();
    void locks.a.acquire();
    expect(validator.reports.map((report) => report.kind)).toEqual(['recursive', 'deadlock']);
    locks.a.release();
    await turn();
    locks.a.release();
  });

  test('a lock taken in a helper may be released by its caller', async () => {
    const helper = async (): Promise<void> => {
      await turn();
      await locks.a.acquire();
    };
    await helper();
    await locks.b.runExclusive(nothing);
    locks.a.release();
    expect(validator.reports).toEqual([]);
    expect(locks.a.locked).toBe(false);
  });
});

test('acquired in a helper: a>b', async () => {
  const helper = async (): Promise<void> => {
    await turn();
    await locks.a.acquire();
    await turn();
  };
  await lockdep.task('t', async () => {
    await helper();
    await locks.b.acquire();
    locks.b.release();
    locks.a.release();
  });
  expect(order()).toEqual(['a>b']);
});
