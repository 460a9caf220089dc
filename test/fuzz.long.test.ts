/** The validator against the naive reference on 20,000 random programs, other ones than the short test's. */
import { expect, test } from 'vitest';
import { fuzz } from './reference/fuzz-campaign.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 1_000_000);

test('20,000 random programs', () => {
  const { programs, agreed, dispute } = fuzz(SEED, 20_000);
  console.log(`${programs} programs, reports agreed on: ${JSON.stringify(agreed)}`);
  expect(dispute).toBeNull();
});
