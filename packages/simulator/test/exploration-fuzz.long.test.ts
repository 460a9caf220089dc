import { expect, test } from 'vitest';
import { campaign } from './exploration-fuzz.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 1_000);

test(`20,000 random programs from seed ${SEED}: all exhaustive strategies agree`, { timeout: 900_000 }, () => {
  const { compared, differences } = campaign(SEED, 20_000);
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(18_000);
});
