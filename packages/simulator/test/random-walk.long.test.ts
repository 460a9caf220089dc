/** The random walk finds each bug as often as can be computed exactly. */
import { expect, test } from 'vitest';
import { compileProgram, explore } from '../src/index.ts';
import { programs } from './programs.ts';

const RUNS = 10_000;
/** Of a normal distribution: 99 % of draws lie within the first, all but one in 30,000 within the second. */
const Z99 = 2.576;
const Z_NEVER = 4.15;

test(`bugs found in ${RUNS} runs of each program lie where they must`, { timeout: 600_000 }, () => {
  const outside: string[] = [];
  let judged = 0;
  for (const program of programs) {
    const exact = program.oracle.pBugRandomWalkExact;
    if (exact === undefined) continue;
    judged += 1;
    const { deadlocks, failing, executions } = explore(compileProgram(program), {
      strategy: 'random',
      validator: null,
      leaks: false,
      minimise: 0,
      failures: 0,
      budget: { executions: RUNS, ms: 60_000 },
    });
    expect([program.id, executions]).toEqual([program.id, RUNS]);
    const deviation = Math.abs(deadlocks + failing - exact * RUNS);
    const sigma = Math.sqrt(RUNS * exact * (1 - exact));
    const where = `${program.id}: ${deadlocks + failing} of ${RUNS}, expected ${(exact * RUNS).toFixed(1)}`;
    expect(deviation, where).toBeLessThanOrEqual(Z_NEVER * sigma + 1e-6);
    if (deviation > Z99 * sigma + 1e-6) outside.push(where);
  }
  expect(judged).toBeGreaterThan(60);
  // One in a hundred is outside by chance.
  expect(outside.length, outside.join('\n')).toBeLessThanOrEqual(3);
});
