/** A test suite of a user: the second test takes the locks of the first the other way round. */
import { Mutex } from '@lockdep/locks';
import { test } from '@lockdep/vitest';
import { expect } from 'vitest';

const [accounts, journal] = [new Mutex({ name: 'accounts' }), new Mutex({ name: 'journal' })];

test('transfer', async ({ lockdep }) => {
  await accounts.runExclusive(() => journal.runExclusive(() => expect(journal).toBeHeldForWrite()));
  expect(lockdep).toHoldNoLocks();
});

test('statement', async () => {
  await journal.runExclusive(() => accounts.runExclusive(() => {}));
});
