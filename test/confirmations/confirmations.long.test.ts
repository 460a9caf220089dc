import { expect, test } from 'vitest';
import { SeededRandom } from '../reference/seeded-random.ts';
import { randomProgram } from '../verdicts/section-program.ts';
import { checkConfirmations } from './check-confirmations.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 5_000_000);

test('5,000 random programs: at least 95 % of the reports decided, none wrongly', () => {
  const random = new SeededRandom(SEED);
  const { reports, answers, wrong, executions } = checkConfirmations(
    Array.from({ length: 5_000 }, () => randomProgram(random)),
  );
  expect(wrong, `LOCKDEP_SEED=${SEED}\n${wrong.join('\n')}`).toEqual([]);
  const decided = reports - (answers.get('unconfirmed budget') ?? 0);
  expect(decided / reports).toBeGreaterThanOrEqual(0.95);
  const sorted = executions.toSorted((a, b) => a - b);
  console.log(
    `seed ${SEED}: ${decided} of ${reports} reports decided: ${JSON.stringify([...answers])}; executions median ${sorted[sorted.length >> 1]}, most ${sorted.at(-1)}`,
  );
});
