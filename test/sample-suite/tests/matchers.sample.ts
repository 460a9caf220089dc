import { lockdep, Mutex, RwSemaphore } from '@lockdep/locks';
import { expect, test } from 'vitest';

const map = new RwSemaphore({ name: 'mmap_lock' });
const inode = new Mutex({ name: 'i_mutex' });

test('passes: who holds what', async () => {
  expect(lockdep()).toHoldNoLocks();
  expect(inode).not.toBeHeld();
  await inode.runExclusive(() => {
    expect(inode).toBeHeld();
    expect(inode).toBeHeldForWrite();
    expect(inode).not.toBeHeldForRead();
    expect(lockdep()).not.toHoldNoLocks();
  });
  await map.runShared(() => {
    expect(map).toBeHeldForRead();
    expect(map).not.toBeHeldForWrite();
  });
});

test('fails: toBeHeld', () => {
  expect(inode).toBeHeld();
});

test('fails: toBeHeldForWrite', () => map.runShared(() => expect(map).toBeHeldForWrite()));

test('fails: toBeHeldForRead', () => map.runExclusive(() => expect(map).toBeHeldForRead()));

test('fails: not.toBeHeld', () => inode.runExclusive(() => expect(inode).not.toBeHeld()));

test('fails: not.toHoldNoLocks', () => {
  expect(lockdep()).not.toHoldNoLocks();
});

test('fails: toHoldNoLocks', () => inode.runExclusive(() => expect(lockdep()).toHoldNoLocks()));

test('fails: toReportInversion', () => {
  expect(lockdep()).toReportInversion(/i_mutex/);
});

test('fails: not a lock', () => {
  expect(5).toBeHeld();
});

test('fails: not a validator', () => {
  expect(inode).toHoldNoLocks();
});
