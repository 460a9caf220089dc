/** Promises as events: claimed by whoever settles them, waited for under locks. */
import { Validator } from '@lockdep/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { LockTimeoutError, lockdep, Mutex } from '../src/index.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let validator: Validator;
beforeEach(() => {
  validator = new Validator();
});

const mutex = (name: string): Mutex => new Mutex({ name, validator });
const told = () =>
  validator.reports.map((report) => [report.kind, report.level, 'layer' in report ? report.layer : ''].join(' '));

describe('lockdep.claims and lockdep.waitsFor', () => {
  test('LD2: waiting under a lock that the claimer takes before it settles is reported though nobody is stuck', async () => {
    const inode = mutex('inode');
    const flushed = Promise.withResolvers<string>();
    await lockdep.task('flusher', async () => {
      lockdep.claims(flushed.promise, { name: 'flushed', validator });
      await inode.runExclusive(() => 1);
      flushed.resolve('all of it');
    });
    const result = await lockdep.task('waiter', () => inode.runExclusive(() => lockdep.waitsFor(flushed.promise)));
    expect(result).toBe('all of it');
    expect(told()).toEqual(['circular warning event']);
    const [report] = validator.reports;
    expect(report).toMatchObject({ cycle: [{ to: { name: 'flushed' } }, { to: { name: 'inode' } }] });
  });

  test('what the claimer takes after settling does not count', async () => {
    const inode = mutex('inode');
    const flushed = Promise.withResolvers<void>();
    await lockdep.task('flusher', async () => {
      lockdep.claims(flushed.promise, { name: 'flushed', validator });
      flushed.resolve();
      await turn();
      await inode.runExclusive(() => 1);
    });
    await lockdep.task('waiter', () => inode.runExclusive(() => lockdep.waitsFor(flushed.promise)));
    expect(told()).toEqual([]);
  });

  test('LD12: two tasks that wait for each other, one of them for a promise, are a deadlock', async () => {
    const inode = mutex('inode');
    const flushed = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const flusher = lockdep.task('flusher', async () => {
      lockdep.claims(flushed.promise, { name: 'flushed', validator });
      await locked.promise;
      await inode.acquire();
      flushed.resolve();
      inode.release();
    });
    const waiter = lockdep.task('waiter', async () => {
      await using _inode = await inode.lock();
      locked.resolve();
      await lockdep.waitsFor(flushed.promise, { timeoutMs: 20 });
    });
    await expect(waiter).rejects.toThrow(LockTimeoutError);
    await flusher;
    const deadlock = validator.reports.find((report) => report.kind === 'deadlock');
    expect(deadlock).toMatchObject({ level: 'error', waits: [{ heldBy: expect.any(String) }, {}] });
    expect(deadlock?.waits.map(({ wants }) => wants.class.name).sort()).toEqual(['flushed', 'inode']);
  });

  test('the end of a task is such an event when the task says so', async () => {
    const inode = mutex('inode');
    const done = lockdep.task('worker', () => inode.runExclusive(() => 7), {
      claims: { name: 'worker done', validator },
    });
    await turn();
    const got = await lockdep.task('waiter', () => inode.runExclusive(() => lockdep.waitsFor(done)));
    expect(got).toBe(7);
    expect(told()).toEqual(['circular warning event']);
  });

  test('a promise that nobody claimed closes no circle, and tells who waits for it', async () => {
    const inode = new Mutex({ name: 'unclaimed test' });
    const somebody = Promise.withResolvers<void>();
    const before = lockdep().reports.length;
    const waiter = lockdep.task('unclaimed waiter', () => inode.runExclusive(() => lockdep.waitsFor(somebody.promise)));
    await turn();
    const waiting = lockdep()
      .heldLocks()
      .find(({ waitsFor }) => waitsFor?.class.kind === 'completion');
    expect(waiting?.waitsFor?.class.name).toMatch(/promises\.test\.ts:\d+$/);
    somebody.resolve();
    await waiter;
    expect(lockdep().reports.length).toBe(before);
  });

  test('rejections pass through, to whoever waits', async () => {
    const failed = Promise.withResolvers<void>();
    await lockdep.task('failer', () => {
      lockdep.claims(failed.promise, { name: 'failed', validator });
      failed.reject(new Error('disk full'));
    });
    await expect(lockdep.waitsFor(failed.promise)).rejects.toThrow('disk full');
    const task = lockdep.task('t', () => Promise.reject(new Error('no')), { claims: { name: 'failing', validator } });
    await expect(lockdep.waitsFor(task)).rejects.toThrow('no');
    expect(told()).toEqual([]);
  });

  test('LD5: a task that ends without having settled what it claimed is reported', async () => {
    await lockdep.task('forgetful', () => {
      lockdep.claims(new Promise(() => {}), { name: 'never', validator });
    });
    expect(told()).toEqual(['held-at-exit error ']);
  });
});

describe('unpublished objects', () => {
  test('LD2: what is taken before its object is published deadlocks nobody', async () => {
    const directory = mutex('dir');
    const inode = new Mutex({ name: 'inode', validator, unpublished: true });
    await lockdep.task('maker', () => directory.runExclusive(() => inode.runExclusive(() => 1)));
    inode.publish();
    await lockdep.task('other', () => inode.runExclusive(() => directory.runExclusive(() => 1)));
    expect(told()).toEqual(['circular note order']);
  });
});
