/** What belongs to a strand, from its start to after its end. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Validator } from '@lockdep/core';
import { expect, test } from 'vitest';
import { lockdep, Mutex } from '../src/index.ts';
import { locks, nothing, order, turn, validator } from './strand-world.ts';

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
