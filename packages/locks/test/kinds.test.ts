/** What each kind of lock does beside what all do. */
import { Validator } from '@lockdep/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { BitLock, Completion, LockMisuseError, lockdep, Mutex, Semaphore, SpinLock } from '../src/index.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let validator: Validator;
const named = (name: string) => ({ name, validator });
const kinds = (): string[] => validator.reports.map((report) => report.kind);

beforeEach(() => {
  validator = new Validator({ sites: false });
});

describe('SpinLock', () => {
  test('reports a sleeping lock taken inside, and a spin lock inside a raw one', async () => {
    const [mutex, spin, raw] = [
      new Mutex(named('m')),
      new SpinLock(named('s')),
      new SpinLock({ ...named('r'), raw: true }),
    ];
    await lockdep.task('t', () => mutex.runExclusive(() => spin.runExclusive(() => raw.runExclusive(() => 1))));
    expect(kinds()).toEqual([]);
    await lockdep.task('t', () => raw.runExclusive(() => spin.runExclusive(() => 1)));
    expect(kinds()).toContain('invalid-wait-context');
  });
});

describe('BitLock', () => {
  test('may be released by another task than its taker, without a word', async () => {
    const page = new BitLock(named('PG_locked'));
    await lockdep.task('reader', async () => {
      await page.acquire();
      await lockdep.task('io', () => page.release());
      expect(page.locked).toBe(false);
      await page.acquire();
      page.release();
    });
    expect(kinds()).toEqual([]);
  });

  test('handed over, it orders what its new holder takes', async () => {
    const page = new BitLock(named('PG_locked'));
    const inode = new Mutex(named('inode'));
    await lockdep.task('submitter', async () => {
      await page.acquire();
      await lockdep.task('io', async () => {
        page.transfer();
        await inode.runExclusive(() => 1);
        page.release();
      });
      await inode.runExclusive(() => 1);
    });
    const edges = validator.graph().mapEdges((_edge, _attributes, outer, inner) => `${outer}>${inner}`);
    expect(edges).toEqual(['PG_locked>inode']);
    expect(kinds()).toEqual([]);
    expect(() => page.transfer()).toThrow(/transfer of 'PG_locked', which is held by nobody: a lock has to be held/);
  });
});

describe('Semaphore', () => {
  test('a release beyond the limit is an error', async () => {
    const pool = new Semaphore(2, named('pool'));
    await pool.acquire();
    expect(pool.permits).toBe(1);
    pool.release();
    expect(() => pool.release()).toThrow(/release of 'pool', which is held by nobody/);
    expect(pool.permits).toBe(2);
    const growing = new Semaphore(1, { ...named('growing'), limit: 2 });
    growing.release();
    expect(growing.permits).toBe(2);
    expect(() => growing.release()).toThrow(LockMisuseError);
  });

  test('a permit taken by one task and given back by another ends the oldest hold', async () => {
    const slots = new Semaphore(2, named('slots'));
    await lockdep.task('producer', async () => {
      await slots.acquire();
      await lockdep.task('consumer', () => slots.release());
    });
    expect(slots.permits).toBe(2);
    expect(kinds()).toEqual([]);
  });

  test('one that starts with none is a signal that nobody holds', async () => {
    const ready = new Semaphore(0, named('ready'));
    const order: string[] = [];
    const waiter = lockdep.task('waiter', async () => {
      await ready.acquire();
      order.push('woken');
    });
    await turn();
    order.push('signal');
    ready.release();
    await waiter;
    ready.release();
    await lockdep.task('late', () => ready.acquire());
    expect(order).toEqual(['signal', 'woken']);
    expect(ready.permits).toBe(0);
    expect(kinds()).toEqual([]);
  });

  test('a signal waited for under a lock is a dependency', async () => {
    const [ready, mutex] = [new Semaphore(0, named('ready')), new Mutex(named('m'))];
    ready.release();
    await lockdep.task('waiter', () => mutex.runExclusive(() => ready.acquire()));
    expect(validator.graph().hasDirectedEdge('m', 'ready')).toBe(true);
  });
});

describe('Completion', () => {
  test('complete lets one through, completeAll everybody, reinit nobody', async () => {
    const done = new Completion(named('done'));
    const woken: number[] = [];
    const waiters = [1, 2, 3].map((number) =>
      lockdep.task(`w${number}`, () => done.wait().then(() => woken.push(number))),
    );
    await turn();
    done.complete();
    await turn();
    expect(woken).toEqual([1]);
    done.completeAll();
    await Promise.all(waiters);
    await done.wait();
    expect(await done.tryWait()).toBe(true);
    done.reinit();
    expect(done.done).toBe(false);
    expect(await done.tryWait()).toBe(false);
    expect(kinds()).toEqual([]);
  });

  test('waiting leaves nothing held, however it ends', async () => {
    const [done, mutex] = [new Completion(named('done')), new Mutex(named('m'))];
    await lockdep.task('t', async () => {
      await expect(done.wait({ timeoutMs: 3 })).rejects.toThrow(/'done' was not granted within/);
      done.complete();
      await done.wait();
      await mutex.runExclusive(() => 1);
    });
    expect(validator.graph().size).toBe(0);
    expect(kinds()).toEqual([]);
  });

  test('waiting for what oneself has promised is reported', async () => {
    const done = new Completion({ ...named('done'), onDeadlock: 'throw' });
    await lockdep.task('t', async () => {
      done.claim();
      await expect(done.wait()).rejects.toThrow(/deadlock/);
      done.complete();
    });
    expect(kinds()).toEqual(['recursive', 'deadlock']);
  });
});
