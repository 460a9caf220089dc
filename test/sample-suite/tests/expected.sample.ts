import { lockdep } from '@lockdep/locks';
import { expect, test } from 'vitest';
import { audit, transfer } from '../src/bank.ts';

test('passes: the inversion is expected', async () => {
  await transfer();
  await audit();
  expect(lockdep()).toReportInversion(/accounts/);
});
