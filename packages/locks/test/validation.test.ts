/** How locks and validator work together: classes, subclasses, nest locks, validators that throw, disposal. */
import { LockKey, LockReportError, Validator } from '@lockdep/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { type LockTimeoutError, lockdep, Mutex, RwSemaphore } from '../src/index.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let validator: Validator;
const kinds = (): string[] => validator.reports.map((report) => report.kind);

beforeEach(() => {
  validator = new Validator({ sites: false });
});

describe('classes', () => {
  test('one name and kind, one class', () => {
    const key = (lock: Mutex | RwSemaphore) => lock.instance!.key;
    const [a, b] = [new Mutex({ name: 'inode', validator }), new Mutex({ name: 'inode', validator: new Validator() })];
    expect(key(a)).toBe(key(b));
    expect(key(new RwSemaphore({ name: 'inode', validator }))).not.toBe(key(a));
    expect(key(new Mutex({ name: 'other', validator }))).not.toBe(key(a));
  });

  test('without a name, the place of `new`', () => {
    const make = () => new Mutex({ validator });
    const [a, b] = [make(), make()];
    const c = new Mutex({ validator });
    expect(a.instance!.key).toBe(b.instance!.key);
    expect(c.instance!.key).not.toBe(a.instance!.key);
    expect(a.label).toMatch(/^test\/validation\.test\.ts:\d+$/);
    class Account extends Mutex {}
    const accounts = [1, 2].map(() => new Account({ validator }));
    expect(accounts[0]!.instance!.key).toBe(accounts[1]!.instance!.key);
    expect(accounts[0]!.label).toMatch(/^test\/validation\.test\.ts:\d+$/);
    expect(accounts[0]!.label).not.toBe(c.label);
  });

  test('a key given wins, and a label names the instance', () => {
    const key = new LockKey({ name: 'mapping.invalidate_lock', kind: 'rwsem' });
    const lock = new RwSemaphore({ key, name: 'ignored', label: 'inode 12', validator });
    expect(lock.instance!.key).toBe(key);
    expect(lock.label).toBe('inode 12');
    expect(lock.instance!.label).toBe('inode 12');
  });

  test('the validator of the process is one, and the default', async () => {
    expect(lockdep()).toBe(lockdep());
    expect(new Mutex({ name: 'default' }).validator).toBe(lockdep());
    expect(new Mutex({ validator: null, name: 'off' })).toMatchObject({
      validator: null,
      instance: null,
      label: 'off',
    });
    const registered = globalThis as unknown as Record<symbol, unknown>;
    expect(registered[Symbol.for('@lockdep/validator')]).toBe(lockdep());
  });
});

describe('nesting in one class', () => {
  const pair = () => [new Mutex({ name: 'dir', validator }), new Mutex({ name: 'dir', validator })] as const;

  test('is reported without an order', async () => {
    const [a, b] = pair();
    await lockdep.task('t', () => a.runExclusive(() => b.runExclusive(() => 1)));
    expect(validator.reports).toMatchObject([{ kind: 'recursive', sameLock: false }]);
  });

  test('is legal in a subclass', async () => {
    const [a, b] = pair();
    await lockdep.task('t', () => a.runExclusive(() => b.runExclusive(() => 1, { subclass: 1 })));
    const low = new Mutex({ name: 'dir', subclass: 1, validator });
    await lockdep.task('t', () => a.runExclusive(() => low.runExclusive(() => 1)));
    expect(kinds()).toEqual([]);
  });

  test('is legal under a nest lock', async () => {
    const [a, b] = pair();
    const rename = new Mutex({ name: 'rename', validator });
    await lockdep.task('t', () =>
      rename.runExclusive(async () => {
        await a.acquire({ nest: rename });
        await b.acquire({ nest: rename });
        b.release();
        a.release();
      }),
    );
    expect(kinds()).toEqual([]);
    expect(a.locked || b.locked).toBe(false);
  });
});

describe('a validator that throws', () => {
  test('refuses the acquisition, which has then not happened', async () => {
    validator = new Validator({ onReport: 'throw', sites: false });
    const take = {
      acquire: (lock: Mutex) => lock.acquire(),
      lock: (lock: Mutex) => lock.lock(),
      runExclusive: (lock: Mutex) => lock.runExclusive(() => 1),
    };
    for (const [name, acquire] of Object.entries(take)) {
      const [a, b] = [new Mutex({ name: `a ${name}`, validator }), new Mutex({ name: `b ${name}`, validator })];
      await lockdep.task('t1', () => a.runExclusive(() => b.runExclusive(() => 1)));
      await lockdep.task('t2', async () => {
        await b.acquire();
        await expect(acquire(a)).rejects.toBeInstanceOf(LockReportError);
        expect(a.locked).toBe(false);
        b.release();
      });
      expect(b.locked).toBe(false);
    }
  });

  test('does not hide why a task failed', async () => {
    validator = new Validator({ onReport: 'throw', sites: false });
    const mutex = new Mutex({ name: 'm', validator });
    const failing = lockdep.task('t', async () => {
      await mutex.acquire();
      throw new Error('the reason');
    });
    await expect(failing).rejects.toThrow('the reason');
    expect(kinds()).toEqual(['held-at-exit']);
  });

  test('refuses a wait that would deadlock', async () => {
    validator = new Validator({
      onReport: (report) => {
        if (report.kind === 'deadlock') throw new LockReportError(report);
      },
      sites: false,
    });
    const mutex = new Mutex({ name: 'm', validator });
    await lockdep.task('t', async () => {
      await mutex.acquire();
      await expect(mutex.acquire()).rejects.toBeInstanceOf(LockReportError);
      mutex.release();
      await mutex.acquire();
      mutex.release();
    });
    expect(mutex.waiting).toBe(0);
  });

  test('refuses a try, which has then not taken the lock', async () => {
    validator = new Validator({ onReport: 'throw', sites: false });
    const [a, b] = [new Mutex({ name: 'a', validator }), new Mutex({ name: 'b', validator })];
    await lockdep.task('t', async () => {
      await expect(a.tryAcquire({ nest: b })).rejects.toBeInstanceOf(LockReportError);
      expect(a.locked).toBe(false);
      expect(await a.tryAcquire()).toBe(true);
      a.release();
    });
  });
});

describe('places', () => {
  test('a timeout names where the holder took the lock', async () => {
    for (const options of [{ validator: new Validator() }, { validator: null, sites: true }]) {
      const mutex = new Mutex({ name: 'm', ...options });
      let go = (): void => {};
      const holder = lockdep.task('holder', async () => {
        await using _guard = await mutex.lock();
        await new Promise<void>((resolve) => {
          go = resolve;
        });
      });
      const error = await lockdep.task('waiter', () => mutex.acquire({ timeoutMs: 2 }).catch((e: unknown) => e));
      go();
      await holder;
      expect((error as LockTimeoutError).holders[0]?.site?.frames[0]?.file).toMatch(/validation\.test\.ts$/);
      expect(String(error)).toMatch(/held by 'holder' \(write, for \d+ ms, taken at .*validation\.test\.ts:\d+:\d+/);
    }
  });
});

describe('disposal', () => {
  test('of a held lock is reported, of a free one not', async () => {
    const [free, held] = [new Mutex({ name: 'free', validator }), new Mutex({ name: 'held', validator })];
    free.dispose();
    await lockdep.task('t', async () => {
      await held.acquire();
      await lockdep.task('other', () => held.dispose());
      held.release();
    });
    expect(validator.reports).toMatchObject([{ kind: 'held-freed', action: 'dispose', task: 't' }]);
  });
});

describe('assertions', () => {
  test('about the current strand', async () => {
    const sem = new RwSemaphore({ name: 'sem', validator });
    await lockdep.task('t', async () => {
      sem.assertNotHeld();
      await sem.runShared(async () => {
        await turn();
        sem.assertHeld();
        sem.assertHeld('read');
        await lockdep.fork(() => sem.assertHeld());
      });
      expect(kinds()).toEqual([]);
      await lockdep.task('other', () => sem.assertHeld());
      expect(kinds()).toEqual(['assertion']);
    });
  });
});
