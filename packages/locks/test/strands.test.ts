/**
 * Whose locks? The order learned from asynchronous code must be that of one line of code, not of whatever runs at the same time.
 * The scenarios are those on which one list per task, or a context entered by `acquire`, go wrong.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Validator } from '@lockdep/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { lockdep, Mutex } from '../src/index.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let validator: Validator;
let locks: Record<'a' | 'b' | 'c' | 'd' | 'p', Mutex>;

beforeEach(() => {
  validator = new Validator({ sites: false });
  const mutex = (name: string): Mutex => new Mutex({ name, validator });
  locks = { a: mutex('a'), b: mutex('b'), c: mutex('c'), d: mutex('d'), p: mutex('p') };
});

/** The learned order as `outer>inner`, with what follows from it (`p>a` and `a>b` make `p>b`). */
function order(): string[] {
  const graph = validator.graph();
  const inside = (outer: string, found: Set<string>): Set<string> => {
    for (const inner of graph.outNeighbors(outer)) if (!found.has(inner)) inside(inner, found.add(inner));
    return found;
  };
  return graph
    .nodes()
    .flatMap((outer) => [...inside(outer, new Set())].map((inner) => `${outer}>${inner}`))
    .sort();
}

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

const nothing = async (): Promise<void> => {};

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

test('lockdep.all gives the results in order, and fails only when every branch has settled', async () => {
  expect(await lockdep.all([() => 1, async () => 'two'])).toEqual([1, 'two']);
  const settled: string[] = [];
  const all = lockdep.all([
    () => Promise.reject(new Error('first')),
    async () => {
      await turn();
      settled.push('slow');
    },
    () => {
      throw new Error('second');
    },
  ]);
  await expect(all).rejects.toThrow('first');
  expect(settled).toEqual(['slow']);
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

test('a branch is ordered by what was held when it was forked, for as long as it is held', async () => {
  await lockdep.task('t', async () => {
    await locks.p.acquire();
    let go = (): void => {};
    const branch = lockdep.fork(async () => {
      await locks.a.runExclusive(nothing);
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      await locks.b.runExclusive(nothing);
    });
    await turn();
    await turn();
    locks.p.release();
    go();
    await branch;
  });
  expect(order()).toEqual(['p>a']);
});

test('what a branch takes is not held by the task that forked it', async () => {
  await lockdep.task('t', async () => {
    const branch = lockdep.fork(async () => {
      await locks.a.acquire();
      await turn();
      await turn();
      locks.a.release();
    });
    await turn();
    await locks.b.runExclusive(nothing);
    await branch;
  });
  expect(order()).toEqual([]);
});

test('work that outlives its critical section is not charged for it', async () => {
  let later: Promise<unknown> = Promise.resolve();
  await lockdep.task('t', () =>
    locks.a.runExclusive(() => {
      later = turn()
        .then(turn)
        .then(() => locks.b.runExclusive(() => locks.c.runExclusive(nothing)));
    }),
  );
  await later;
  expect(order()).toEqual(['b>c']);
});

test('a lock taken in a callback and released after it stays held in between', async () => {
  await lockdep.task('t', async () => {
    await locks.a.runExclusive(() => locks.b.acquire());
    expect(locks.b.locked).toBe(true);
    locks.b.release();
  });
  expect(order()).toEqual(['a>b']);
  expect(validator.reports).toEqual([]);
});

test('a task that ends with locks held is reported, and may still release them', async () => {
  await lockdep.task('leaky', async () => {
    await locks.a.acquire();
    await locks.b.runExclusive(() => locks.c.acquire());
  });
  expect(validator.reports.map((report) => report.kind)).toEqual(['held-at-exit', 'held-at-exit']);
  expect(
    validator.reports
      .flatMap((report) => (report.kind === 'held-at-exit' ? report.left.map((lock) => lock.class.name) : []))
      .sort(),
  ).toEqual(['a', 'c']);
  expect(validator.reports.every((report) => report.task === 'leaky')).toBe(true);
});

test('a release by another task is reported with the holder, and frees the lock', async () => {
  let leave = (): void => {};
  const holder = lockdep.task('holder', async () => {
    await locks.a.acquire();
    await new Promise<void>((resolve) => {
      leave = resolve;
    });
  });
  await turn();
  await lockdep.task('other', () => locks.a.release());
  expect(locks.a.locked).toBe(false);
  leave();
  await holder;
  expect(validator.reports).toMatchObject([{ kind: 'bad-unlock', task: 'other', holders: ['holder'] }]);
});

test('a guard may be released by anybody', async () => {
  const guard = await lockdep.task('holder', async () => {
    const taken = await locks.a.lock();
    await lockdep.fork(() => void taken.release());
    return taken;
  });
  expect(guard.held).toBe(false);
  expect(validator.reports).toEqual([]);
});

test('concurrent branches are named apart, and like their task when alone', async () => {
  const names: string[] = [];
  const note = async (lock: Mutex): Promise<void> => {
    await lock.runExclusive(async () => {
      await turn();
      names.push(...validator.holders(lock.instance!).map((task) => task.name));
    });
  };
  await lockdep.task('job', async () => {
    await note(locks.a);
    await Promise.all([note(locks.a), note(locks.b)]);
    await lockdep.all([() => note(locks.c)]);
    await note(locks.a);
  });
  expect(names.sort()).toEqual(['job', 'job', 'job', 'job (2)', 'job/1']);
});

test('the context of the program is left alone', async () => {
  const context = new AsyncLocalStorage<string>();
  await context.run('mine', () =>
    lockdep.task('t', () =>
      locks.a.runExclusive(async () => {
        await turn();
        expect(context.getStore()).toBe('mine');
      }),
    ),
  );
});

test('two validators are kept apart in one strand', async () => {
  const second = new Validator({ sites: false });
  const other = new Mutex({ name: 'other', validator: second });
  await lockdep.task('t', () =>
    locks.a.runExclusive(() => other.runExclusive(() => locks.b.runExclusive(() => other.waiting))),
  );
  expect(order()).toEqual(['a>b']);
  expect(second.graph().size).toBe(0);
  expect([...validator.reports, ...second.reports]).toEqual([]);
});

test('tasks and scopes do not pile up in the validator', async () => {
  for (let i = 0; i < 200; i++) {
    await lockdep.task(`request ${i}`, () => locks.a.runExclusive(() => locks.b.runExclusive(nothing)));
    await locks.c.runExclusive(nothing);
  }
  expect(validator.engine.tasks.size).toBeLessThanOrEqual(2);
});
