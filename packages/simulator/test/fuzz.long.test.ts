import { expect, test } from 'vitest';
import { compare } from './fuzz.ts';
import { randomProgram } from './random-program.ts';

const PROGRAMS = 20_000;

test(`enumeration, sleep sets, source-DPOR and optimal DPOR see the same traces of ${PROGRAMS} random programs`, () => {
  let [compared, enumerated, traces, seed] = [0, 0, 0, 0];
  while (compared < PROGRAMS) {
    seed++;
    const program = randomProgram(seed);
    const verdict = compare(program, 250);
    if (verdict === null) continue;
    compared++;
    traces += verdict.traces;
    if (verdict.enumerated) enumerated++;
    expect(verdict.complaint, `seed ${seed}: ${JSON.stringify(program.tasks)}`).toBeNull();
  }
  console.log(
    `seeds 1 to ${seed}: ${compared} programs compared, ${enumerated} of them by enumeration too, ${traces} traces`,
  );
});
