import { expect, test } from 'vitest';
import { checkConfirmations } from './check-confirmations.ts';
import { randomLockProgram } from './random-locks.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 70_000);

test('3,000 random programs of locks, fair ones and tries among them', () => {
  const programs = Array.from({ length: 3_000 }, (_, at) => randomLockProgram(SEED + at));
  const { reports, undecided, unchecked, answers, wrong } = checkConfirmations(programs, 100_000);
  expect(wrong, `LOCKDEP_SEED=${SEED}\n${wrong.join('\n')}`).toEqual([]);
  expect(undecided / reports).toBeLessThanOrEqual(0.05);
  console.log(
    `seed ${SEED}: ${reports - undecided} of ${reports} decided, ${unchecked} refutations too large to check: ${JSON.stringify([...answers])}`,
  );
});
