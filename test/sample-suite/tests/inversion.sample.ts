import { lockdep } from '@lockdep/locks';
import { describe, expect, test } from 'vitest';
import { audit, transfer } from '../src/bank.ts';

describe('one file', () => {
  test('passes: the first order', async () => {
    await transfer();
    expect(lockdep()).toHaveNoLockInversions();
  });

  test('fails by its report: the other order', async () => {
    await audit();
  });

  test('passes: what an earlier test has answered for', async () => {
    await audit();
    await transfer();
  });
});
