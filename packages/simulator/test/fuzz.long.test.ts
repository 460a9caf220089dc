import { expect, test } from 'vitest';
import { compare, type Subject } from './fuzz.ts';
import { randomProgram } from './random-program.ts';
import { randomSimulation } from './random-simulation.ts';

/** The first seed; a failure names its own, which is then the one to start with. */
const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);
/** Programs with more executions are passed over, and do not count. */
const CAP = 120;

test.each<[count: number, what: string, make: (seed: number) => Subject]>([
  [6_000, 'programs over all kinds of steps of the notation', randomProgram],
  [1_000, 'simulations with kills, sleep, channels, spawned tasks and library locks', randomSimulation],
])('enumeration, sleep sets, source-DPOR and optimal DPOR see the same traces of %d random %s', (count, what, make) => {
  let [compared, enumerated, traces, seed] = [0, 0, 0, FIRST - 1];
  while (compared < count) {
    seed++;
    const subject = make(seed);
    const verdict = compare(subject, CAP);
    if (verdict === null) continue;
    compared++;
    traces += verdict.traces;
    if (verdict.enumerated) enumerated++;
    const text = typeof subject === 'function' ? '' : JSON.stringify(subject.tasks);
    expect(verdict.complaint, `seed ${seed}: ${text}`).toBeNull();
  }
  console.log(
    `seeds ${FIRST} to ${seed}: ${compared} ${what} compared, ${enumerated} by enumeration too, ${traces} traces`,
  );
  expect(enumerated).toBeGreaterThan(count / 2);
});
