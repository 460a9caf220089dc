import { expect, test } from 'vitest';
import { SeededRandom } from '../reference/seeded-random.ts';
import { checkVerdicts } from './check-verdicts.ts';
import { randomProgram } from './section-program.ts';

const SEED = Number(process.env['LOCKDEP_SEED'] ?? 1_000_000);

test('LD2: 20,000 random programs: verdicts against exhaustive exploration', () => {
  const random = new SeededRandom(SEED);
  const count = checkVerdicts(Array.from({ length: 20_000 }, () => randomProgram(random)));
  expect(count.wrong, `LOCKDEP_SEED=${SEED}\n${count.wrong.join('\n')}`).toEqual([]);
  console.log(
    `seed ${SEED}: ${count.deadlocking} programs can deadlock; verdicts ${JSON.stringify([...count.verdicts])}; ${count.falseAlarms} circles possible but not reachable`,
  );
});
