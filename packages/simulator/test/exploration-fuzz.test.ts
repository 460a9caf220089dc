import { expect, test } from 'vitest';
import { campaign } from './exploration-fuzz.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 1);

test(`300 random programs from seed ${SEED}: all exhaustive strategies agree`, { timeout: 120_000 }, () => {
  const { compared, differences } = campaign(SEED, 300);
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(250);
});
