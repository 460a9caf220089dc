import { expect, test } from 'vitest';
import { compare } from './fuzz.ts';
import { randomProgram } from './random-program.ts';

/** The first seeds of the long campaign (fuzz.long.test.ts), over all kinds of steps. */
test('enumeration, sleep sets, source-DPOR and optimal DPOR see the same traces of 400 random programs', () => {
  let [compared, enumerated] = [0, 0];
  for (let seed = 1; seed <= 400; seed++) {
    const program = randomProgram(seed);
    const verdict = compare(program, 400);
    if (verdict === null) continue;
    compared++;
    if (verdict.enumerated) enumerated++;
    expect(verdict.complaint, `seed ${seed}: ${JSON.stringify(program.tasks)}`).toBeNull();
  }
  expect(compared).toBeGreaterThan(300);
  expect(enumerated).toBeGreaterThan(200);
});
