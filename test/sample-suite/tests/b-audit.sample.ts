import { expect, test } from 'vitest';
import { audit } from '../src/bank.ts';

test('an audit takes journal, then accounts', async () => {
  await expect(audit()).resolves.toBeUndefined();
});
