/** Deadlocks of real locks: reported before anybody blocks, and refused where that was asked for. */
import { Validator } from '@lockdep/core';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  Completion,
  DeadlockError,
  type LockOptions,
  LockTimeoutError,
  lockdep,
  Mutex,
  RwSemaphore,
  Semaphore,
} from '../src/index.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const failure = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => 'granted',
    (error: unknown) => error,
  );

let validator: Validator;
const options = (name: string, more: LockOptions = {}): LockOptions => ({ name, validator, ...more });
const kinds = (): string[] => validator.reports.map((report) => report.kind);
const deadlocks = () => validator.reports.filter((report) => report.kind === 'deadlock');

beforeEach(() => {
  validator = new Validator();
});

/** Two tasks hold one lock each and then want the other's; answers what became of the second wants. */
async function abba(a: Mutex, b: Mutex, signal?: AbortSignal): Promise<unknown[]> {
  const wait = signal === undefined ? {} : { signal };
  const task = (name: string, first: Mutex, second: Mutex) =>
    lockdep.task(name, async () => {
      await using _first = await first.lock();
      await turn();
      await using _second = await second.lock(wait);
    });
  return await Promise.all([failure(task('t1', a, b)), failure(task('t2', b, a))]);
}

describe('ABBA', () => {
  test('is reported while nobody can go on, with who waits for whom', async () => {
    const [a, b] = [new Mutex(options('a')), new Mutex(options('b'))];
    const controller = new AbortController();
    const stuck = abba(a, b, controller.signal);
    await turn();
    await turn();
    expect(deadlocks()).toMatchObject([
      {
        task: 't2',
        waits: [
          { task: 't2', wants: { class: { name: 'a' } }, heldBy: 't1' },
          { task: 't1', wants: { class: { name: 'b' } }, heldBy: 't2' },
        ],
      },
    ]);
    expect(a.waiting + b.waiting).toBe(2);
    controller.abort('rescued');
    expect(await stuck).toEqual(['rescued', 'rescued']);
    expect(a.locked || b.locked).toBe(false);
  });

  test('is refused to the one who would complete the circle', async () => {
    const refuse = { onDeadlock: 'throw' } as const;
    const [first, second] = await abba(new Mutex(options('a', refuse)), new Mutex(options('b', refuse)));
    expect(first).toBe('granted');
    expect(second).toBeInstanceOf(DeadlockError);
    expect((second as DeadlockError).report.waits).toHaveLength(2);
    expect((second as DeadlockError).message).toMatch(/^deadlock: t2 waits for a held by t1/);
  });

  test('is refused again although the report is known', async () => {
    const refuse = { onDeadlock: 'throw' } as const;
    const [a, b] = [new Mutex(options('a', refuse)), new Mutex(options('b', refuse))];
    for (let i = 0; i < 2; i++) expect((await abba(a, b))[1]).toBeInstanceOf(DeadlockError);
    expect(deadlocks()).toMatchObject([{ count: 2 }]);
    expect(a.locked || b.locked || a.waiting > 0 || b.waiting > 0).toBe(false);
  });

  test('is found in callback style, where each section is a strand', async () => {
    const refuse = { onDeadlock: 'throw' } as const;
    const [a, b] = [new Mutex(options('a', refuse)), new Mutex(options('b', refuse))];
    const job = (outer: Mutex, inner: Mutex) =>
      outer.runExclusive(async () => {
        await turn();
        return inner.runExclusive(() => 'done');
      });
    const results = await Promise.all([failure(job(a, b)), failure(job(b, a))]);
    expect(results.filter((result) => result === 'granted')).toHaveLength(1);
    expect(results.filter((result) => result instanceof DeadlockError)).toHaveLength(1);
  });

  test('is only predicted, not called a deadlock, when the tasks do not meet', async () => {
    const [a, b] = [new Mutex(options('a')), new Mutex(options('b'))];
    await lockdep.task('t1', () => a.runExclusive(() => b.runExclusive(() => 1)));
    await lockdep.task('t2', () => b.runExclusive(() => a.runExclusive(() => 1)));
    expect(kinds()).toEqual(['circular']);
  });

  test('a timeout ends it', async () => {
    const [a, b] = [new Mutex(options('a')), new Mutex(options('b'))];
    const task = (name: string, first: Mutex, second: Mutex) =>
      lockdep.task(name, () =>
        first.runExclusive(async () => {
          await turn();
          await second.acquire({ timeoutMs: 10 });
          second.release();
        }),
      );
    const results = await Promise.all([failure(task('t1', a, b)), failure(task('t2', b, a))]);
    expect(results.some((result) => result instanceof LockTimeoutError)).toBe(true);
    expect(a.locked || b.locked).toBe(false);
    expect(kinds()).toContain('deadlock');
  });
});

describe('one task alone', () => {
  test.each(['acquire', 'lock', 'runExclusive'] as const)(
    'taking a mutex again is reported at once (%s)',
    async (method) => {
      const mutex = new Mutex(options('m', { onDeadlock: 'throw' }));
      await lockdep.task('t', async () => {
        await mutex.acquire();
        const again = method === 'runExclusive' ? mutex.runExclusive(() => 1) : mutex[method]();
        expect(kinds()).toEqual(['recursive', 'deadlock']);
        expect(await failure(again)).toBeInstanceOf(DeadlockError);
        mutex.release();
      });
      expect(validator.reports[0]).toMatchObject({ sameLock: true });
    },
  );

  test('in a callback that awaits a function which takes the lock itself', async () => {
    const session = new Mutex(options('session', { onDeadlock: 'throw' }));
    const getSession = () => session.runExclusive(() => 'token');
    const result = await failure(session.runExclusive(() => getSession()));
    expect(result).toBeInstanceOf(DeadlockError);
    expect(kinds()).toEqual(['recursive', 'deadlock']);
  });

  test('in a branch it awaits', async () => {
    const mutex = new Mutex(options('m', { onDeadlock: 'throw' }));
    const result = await lockdep.task('t', async () => {
      await mutex.acquire();
      const branches = await failure(lockdep.all([() => mutex.acquire()]));
      mutex.release();
      return branches;
    });
    expect(result).toBeInstanceOf(DeadlockError);
  });
});

describe('reader/writer', () => {
  test('a recursive read deadlocks when a writer has queued in between', async () => {
    const sem = new RwSemaphore(options('sem', { onDeadlock: 'throw' }));
    const reader = lockdep.task('reader', async () => {
      await sem.downRead();
      await turn();
      await turn();
      const result = await failure(sem.downRead());
      sem.upRead();
      return result;
    });
    const writer = lockdep.task('writer', async () => {
      await turn();
      await sem.downWrite();
      sem.upWrite();
    });
    expect(await reader).toBeInstanceOf(DeadlockError);
    await writer;
    expect(deadlocks()).toMatchObject([
      {
        waits: [{ task: 'reader' }, { task: 'writer', heldBy: 'reader' }],
        message: 'deadlock: reader waits for sem behind writer, writer waits for sem held by reader',
      },
    ]);
  });

  test('readers in opposite orders deadlock only with writers queued on both', async () => {
    const refuse = { onDeadlock: 'throw' } as const;
    const [a, b] = [new RwSemaphore(options('a', refuse)), new RwSemaphore(options('b', refuse))];
    const reader = (name: string, first: RwSemaphore, second: RwSemaphore) =>
      failure(
        lockdep.task(name, () =>
          first.runShared(async () => {
            for (let i = 0; i < 3; i++) await turn();
            return second.runShared(() => name);
          }),
        ),
      );
    const writer = (name: string, sem: RwSemaphore) =>
      failure(
        lockdep.task(name, async () => {
          await turn();
          await sem.runExclusive(() => name);
        }),
      );
    const results = await Promise.all([reader('r1', a, b), reader('r2', b, a), writer('wa', a), writer('wb', b)]);
    expect(results.filter((result) => result instanceof DeadlockError)).toHaveLength(1);
    expect(results.filter((result) => result === 'granted')).toHaveLength(3);
    expect(deadlocks()[0]?.waits).toHaveLength(4);
  });
});

describe('pools and events', () => {
  test('a second permit of a pool, wanted while all are held by those who want one', async () => {
    const pool = new Semaphore(2, options('pool', { onDeadlock: 'throw' }));
    const transaction = (name: string) =>
      failure(
        lockdep.task(name, () =>
          pool.runExclusive(async () => {
            await turn();
            return pool.runExclusive(() => name);
          }),
        ),
      );
    const results = await Promise.all([transaction('t1'), transaction('t2')]);
    expect(results.filter((result) => result instanceof DeadlockError)).toHaveLength(1);
    expect(kinds()).toContain('recursive');
  });

  test('one holder of a permit that can go on is enough', async () => {
    const pool = new Semaphore(2, options('pool'));
    const mutex = new Mutex(options('mutex'));
    let finish = (): void => {};
    const free = lockdep.task('free', () =>
      pool.runExclusive(
        () =>
          new Promise<void>((resolve) => {
            finish = resolve;
          }),
      ),
    );
    const holder = lockdep.task('holder', () =>
      pool.runExclusive(async () => {
        await turn();
        await turn();
        await mutex.runExclusive(() => 1);
      }),
    );
    const wanting = lockdep.task('wanting', () =>
      mutex.runExclusive(async () => {
        await turn();
        await pool.runExclusive(() => 1);
      }),
    );
    for (let i = 0; i < 4; i++) await turn();
    expect(deadlocks()).toEqual([]);
    finish();
    await Promise.all([free, holder, wanting]);
    expect(kinds()).toEqual(['circular']);
  });

  test('waiting for a completion whose claimer needs what the waiter holds', async () => {
    const written = new Completion(options('written', { onDeadlock: 'throw' }));
    const inode = new Mutex(options('inode', { onDeadlock: 'throw' }));
    const writer = lockdep.task('writer', async () => {
      written.claim();
      await turn();
      const result = await failure(inode.runExclusive(() => 1));
      written.complete();
      return result;
    });
    const waiter = lockdep.task('waiter', () => inode.runExclusive(() => written.wait()));
    const results = await Promise.all([writer, failure(waiter)]);
    expect(results.filter((result) => result instanceof DeadlockError)).toHaveLength(1);
    expect(kinds()).toContain('circular');
  });

  test('the same order without meeting is predicted', async () => {
    const written = new Completion(options('written'));
    const inode = new Mutex(options('inode'));
    await lockdep.task('writer', async () => {
      written.claim();
      await inode.runExclusive(() => 1);
      written.complete();
    });
    await lockdep.task('waiter', () => inode.runExclusive(() => written.wait()));
    expect(kinds()).toEqual(['circular']);
  });
});
