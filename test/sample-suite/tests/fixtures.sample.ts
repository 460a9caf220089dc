import { Mutex } from '@lockdep/locks';
import { test } from '@lockdep/vitest';
import { expect } from 'vitest';

test('passes: a validator of its own', async ({ lockdep }) => {
  const a = new Mutex({ name: 'A', validator: lockdep });
  const b = new Mutex({ name: 'B', validator: lockdep });
  await a.runExclusive(() => b.runExclusive(() => undefined));
  expect(lockdep).toMatchLockOrderSnapshot();
  expect(lockdep).toHaveNoLockInversions();
});

test('fails: its reports fail the test', async ({ lockdep }) => {
  const a = new Mutex({ name: 'A', validator: lockdep });
  const b = new Mutex({ name: 'B', validator: lockdep });
  await a.runExclusive(() => b.runExclusive(() => undefined));
  await b.runExclusive(() => a.runExclusive(() => undefined));
});

test('fails: toHaveNoLockInversions', async ({ lockdep }) => {
  const a = new Mutex({ name: 'A', validator: lockdep });
  const b = new Mutex({ name: 'B', validator: lockdep });
  await a.runExclusive(() => b.runExclusive(() => undefined));
  await b.runExclusive(() => a.runExclusive(() => undefined));
  expect(lockdep).toHaveNoLockInversions();
});

test('fails: an order unlike the snapshot', async ({ lockdep }) => {
  const b = new Mutex({ name: 'B', validator: lockdep });
  const c = new Mutex({ name: 'C', validator: lockdep });
  await b.runExclusive(() => c.runExclusive(() => undefined));
  expect(lockdep).toMatchLockOrderSnapshot();
});
