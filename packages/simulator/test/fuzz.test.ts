import { expect, test } from 'vitest';
import { compare, type Subject } from './fuzz.ts';
import { randomProgram } from './random-program.ts';
import { randomSimulation } from './random-simulation.ts';

/** The first seeds of the long campaigns (fuzz.long.test.ts). */
test.each<[what: string, count: number, make: (seed: number) => Subject]>([
  ['programs over all kinds of steps of the notation', 300, randomProgram],
  ['simulations with kills, sleep, channels, spawned tasks and library locks', 100, randomSimulation],
])('enumeration, sleep sets, source-DPOR and optimal DPOR see the same traces of random %s', (_, count, make) => {
  let [compared, enumerated] = [0, 0];
  for (let seed = 1; seed <= count; seed++) {
    const subject = make(seed);
    const verdict = compare(subject, 150);
    if (verdict === null) continue;
    compared++;
    if (verdict.enumerated) enumerated++;
    expect(
      verdict.complaint,
      `seed ${seed}: ${typeof subject === 'function' ? '' : JSON.stringify(subject.tasks)}`,
    ).toBeNull();
  }
  expect(compared).toBeGreaterThan(count * 0.75);
  expect(enumerated).toBeGreaterThan(count * 0.5);
});
