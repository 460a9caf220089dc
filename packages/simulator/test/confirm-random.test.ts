import { expect, test } from 'vitest';
import { checkConfirmations } from './check-confirmations.ts';
import { randomLockProgram } from './random-locks.ts';

test('400 random programs of locks, fair ones and tries among them: decided, and as trying every interleaving has it', () => {
  const programs = Array.from({ length: 400 }, (_, at) => randomLockProgram(9_000 + at));
  const { reports, undecided, unchecked, answers, wrong } = checkConfirmations(programs, 3_000);
  expect(wrong, wrong.join('\n')).toEqual([]);
  expect(undecided).toBe(0);
  expect(reports).toBeGreaterThan(30);
  const refuted = [...answers]
    .filter(([answer]) => answer.includes('refuted'))
    .reduce((sum, [, count]) => sum + count, 0);
  // Enough of them can be checked, or this proves nothing.
  expect(refuted - unchecked).toBeGreaterThan(5);
});
