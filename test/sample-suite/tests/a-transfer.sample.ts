import { expect, test } from 'vitest';
import { transfer } from '../src/bank.ts';

test('a transfer takes accounts, then journal', async () => {
  await expect(transfer()).resolves.toBeUndefined();
});
