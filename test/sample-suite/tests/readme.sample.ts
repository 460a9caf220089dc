import { Mutex } from '@lockdep/locks';
import { test } from '@lockdep/vitest';
import { expect } from 'vitest';

test('a transfer nests in one order', async ({ lockdep }) => {
  const accounts = new Mutex({ name: 'accounts', validator: lockdep });
  const journal = new Mutex({ name: 'journal', validator: lockdep });
  await accounts.runExclusive(async () => {
    expect(accounts).toBeHeldForWrite();
    await journal.runExclusive(() => undefined);
  });
  expect(lockdep).toHoldNoLocks();
  expect(lockdep).toHaveNoLockInversions();
  expect(lockdep).toMatchLockOrderSnapshot();
});
