import { expect, test } from 'vitest';
import { SeededRandom } from '../reference/seeded-random.ts';
import { checkVerdicts } from './check-verdicts.ts';
import { randomProgram } from './section-program.ts';

test('LD2: 5,000 random programs: verdicts against exhaustive exploration', () => {
  const seed = Date.now() % 1_000_000;
  const random = new SeededRandom(seed);
  const count = checkVerdicts(Array.from({ length: 5000 }, () => randomProgram(random)));
  expect(count.wrong, `seed ${seed}\n${count.wrong.join('\n')}`).toEqual([]);
  console.log(
    `seed ${seed}: ${count.deadlocking} programs can deadlock; verdicts ${JSON.stringify([...count.verdicts])}; ${count.falseAlarms} circles possible but not reachable`,
  );
});
