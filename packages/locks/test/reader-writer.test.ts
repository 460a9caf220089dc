/** What reader/writer locks do beside what all do: sharing, queued writers, batches, downgrade. */
import { Validator } from '@lockdep/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { LockMisuseError, lockdep, Mutex, RwLock, RwSemaphore } from '../src/index.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let validator: Validator;
const named = (name: string) => ({ name, validator });
const kinds = (): string[] => validator.reports.map((report) => report.kind);

beforeEach(() => {
  validator = new Validator({ sites: false });
});

/** A task that holds until told to go. */
function holder(
  name: string,
  take: () => PromiseLike<unknown>,
  release: () => unknown,
): { go: () => void; done: Promise<void> } {
  let go = (): void => {};
  const done = lockdep.task(name, async () => {
    await take();
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    release();
  });
  return { go: () => go(), done };
}

describe('RwSemaphore', () => {
  test('readers share, a queued writer holds up later readers, and readers behind it enter together', async () => {
    const sem = new RwSemaphore(named('sem'));
    const first = holder(
      'r1',
      () => sem.downRead(),
      () => sem.upRead(),
    );
    const second = holder(
      'r2',
      () => sem.downRead(),
      () => sem.upRead(),
    );
    await turn();
    expect(sem.state.readerCount).toBe(2);
    const order: string[] = [];
    const queued = ['w', 'r3', 'r4'].map((name) =>
      lockdep.task(name, () => {
        const body = async (): Promise<void> => {
          order.push(`${name} in`);
          await turn();
          order.push(`${name} out`);
        };
        return name === 'w' ? sem.runExclusive(body) : sem.runShared(body);
      }),
    );
    await turn();
    expect(await sem.tryDownRead()).toBe(false);
    expect(sem.waiting).toBe(3);
    first.go();
    second.go();
    await Promise.all([first.done, second.done, ...queued]);
    expect(order).toEqual(['w in', 'w out', 'r3 in', 'r4 in', 'r3 out', 'r4 out']);
    expect(kinds()).toEqual([]);
  });

  test('a downgrade lets the readers at the head in, and no writer', async () => {
    const sem = new RwSemaphore(named('sem'));
    const order: string[] = [];
    const writer = lockdep.task('writer', async () => {
      await sem.downWrite();
      await turn();
      sem.downgradeWrite();
      await turn();
      order.push('downgraded writer out');
      sem.upRead();
    });
    const reader = lockdep.task('reader', () => sem.runShared(() => order.push('reader')));
    const other = lockdep.task('other writer', () => sem.runExclusive(() => order.push('other writer')));
    await Promise.all([writer, reader, other]);
    expect(order).toEqual(['reader', 'downgraded writer out', 'other writer']);
    expect(kinds()).toEqual([]);
  });

  test('a guard outlives a downgrade', async () => {
    const sem = new RwSemaphore(named('sem'));
    const guard = await sem.lock();
    sem.downgrade();
    expect(await sem.tryAcquireRead()).toBe(true);
    sem.releaseRead();
    guard.release();
    expect(sem.locked).toBe(false);
    expect(kinds()).not.toContain('bad-unlock');
  });

  test('releasing in the wrong mode is an error and changes nothing', async () => {
    const sem = new RwSemaphore(named('sem'));
    await sem.downWrite();
    expect(() => sem.upRead()).toThrow(LockMisuseError);
    expect(sem.state.writer).not.toBeNull();
    expect(() => sem.upRead()).toThrow(/held by 'main' \(write, for \d+ ms\): acquire it first/);
    sem.upWrite();
    expect(() => sem.downgradeWrite()).toThrow(
      /downgrade of 'sem', which is held by nobody: only the task that holds it/,
    );
  });

  test('a writer that gives up lets the readers behind it in', async () => {
    const sem = new RwSemaphore(named('sem'));
    const reader = holder(
      'r1',
      () => sem.downRead(),
      () => sem.upRead(),
    );
    await turn();
    const writer = lockdep.task('w', () => sem.downWrite({ timeoutMs: 5 }).catch(() => 'gave up'));
    const later = lockdep.task('r2', () => sem.runShared(() => 'in'));
    expect(await Promise.all([writer, later])).toEqual(['gave up', 'in']);
    reader.go();
    await reader.done;
    expect(kinds()).toEqual([]);
  });

  test('batch `all` lets every queued reader in at once', async () => {
    const sem = new RwSemaphore({ ...named('sem'), batch: 'all' });
    const writer = holder(
      'w0',
      () => sem.downWrite(),
      () => sem.upWrite(),
    );
    await turn();
    const order: string[] = [];
    const queued = ['r1', 'w2', 'r3'].map((name) =>
      lockdep.task(name, () => sem[name[0] === 'w' ? 'runExclusive' : 'runShared'](async () => void order.push(name))),
    );
    await turn();
    writer.go();
    await Promise.all([writer.done, ...queued]);
    expect(order).toEqual(['r1', 'r3', 'w2']);
  });
});

describe('RwLock', () => {
  test('a reader may read again although a writer waits', async () => {
    const lock = new RwLock(named('tasklist'));
    await lockdep.task('reader', async () => {
      await lock.acquireRead();
      const writer = lockdep.task('writer', () => lock.runExclusive(() => 'wrote'));
      await turn();
      await lock.acquireRead();
      lock.releaseRead();
      lock.releaseRead();
      expect(await writer).toBe('wrote');
    });
    expect(kinds()).toEqual([]);
  });

  test('holds off sleeping locks inside, unless it sleeps itself', async () => {
    const [mutex, spinning, sleeping] = [
      new Mutex(named('m')),
      new RwLock(named('spinning')),
      new RwLock({ ...named('sleeping'), sleeping: true }),
    ];
    await lockdep.task('t', () => sleeping.runShared(() => mutex.runExclusive(() => 1)));
    expect(kinds()).toEqual([]);
    await lockdep.task('t', () => spinning.runShared(() => mutex.runExclusive(() => 1)));
    expect(kinds()).toEqual(['invalid-wait-context']);
  });
});
