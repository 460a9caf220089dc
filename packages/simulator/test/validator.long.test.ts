import { expect, test } from 'vitest';
import { randomLockProgram } from './random-locks.ts';
import { deadlocksOf, type Explanation } from './validated.ts';

const PROGRAMS = 5_000;
/** The first seed; a failure names its own, which is then the one to start with. */
const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);

test(`every deadlock of ${PROGRAMS} random lock programs is reported from one execution that ends well, or explained`, () => {
  const counts = new Map<Explanation, number>();
  let [compared, seed] = [0, FIRST - 1];
  while (compared < PROGRAMS) {
    seed++;
    const program = randomLockProgram(seed);
    const deadlocks = deadlocksOf(program, 2_000);
    if (deadlocks === null) continue;
    compared++;
    for (const { circle, explanation } of deadlocks) {
      expect(explanation, `seed ${seed}: ${JSON.stringify(circle)} of ${JSON.stringify(program.tasks)}`).not.toBeNull();
      counts.set(explanation!, (counts.get(explanation!) ?? 0) + 1);
    }
  }
  // Most of what is not reported cannot be: no execution ends well that a validator could learn from.
  expect(counts.get('reported')).toBeGreaterThan(3 * counts.get('no execution ends well')!);
  console.log(
    `seeds ${FIRST} to ${seed}: ${compared} programs, deadlocks: ${[...counts].map(([why, n]) => `${n} ${why}`).join(', ')}`,
  );
});
