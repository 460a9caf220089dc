/** Every strategy against what is known of the oracle programs. */
import { describe, expect, test } from 'vitest';
import { compileProgram, type ExploreOptions, type ExploreResult, explore } from '../src/index.ts';
import { programs } from './programs.ts';

function run(program: (typeof programs)[number], options: ExploreOptions): ExploreResult {
  const budget = { executions: 1_000_000, ms: 60_000, ...options.budget };
  return explore(compileProgram(program), { validator: null, leaks: false, minimise: 0, ...options, budget });
}

describe.each(programs.map((program) => [program.id, program] as const))('%s', (_, program) => {
  const { traces, deadlockTraces, failingTraces, tracesByPreemptionBound, minPreemptionsToBug } = program.oracle;

  test('optimal DPOR completes each trace once, and begins nothing else', () => {
    const { verdict, executions, deadlocks, failing, sleepBlocked, exhausted } = run(program, {
      strategy: 'optimal-dpor',
    });
    expect({ verdict, executions, deadlocks, failing, sleepBlocked, exhausted }).toEqual({
      verdict: program.expect,
      executions: traces,
      deadlocks: deadlockTraces,
      failing: failingTraces,
      sleepBlocked: 0,
      exhausted: true,
    });
  });

  test('automatic: exhaustive, the same verdict and traces', () => {
    const { verdict, executions, distinctTraces, exhausted } = run(program, {});
    expect({ verdict, executions, distinctTraces, exhausted }).toEqual({
      verdict: program.expect,
      executions: traces,
      distinctTraces: traces,
      exhausted: true,
    });
  });

  if (program.oracle.states !== undefined)
    test('state caching visits every state', () => {
      const { verdict, deadlocks, exhausted } = run(program, { strategy: 'cache' });
      expect({ verdict, exhausted }).toEqual({ verdict: program.expect, exhausted: true });
      expect(deadlocks > 0).toBe(deadlockTraces > 0);
    });

  for (const [bound, count] of tracesByPreemptionBound?.entries() ?? []) {
    if (count > 3_000) continue;
    test(`at most ${bound} preemptions: ${count} traces`, () => {
      expect(run(program, { strategy: 'context-bound', bound }).distinctTraces).toBe(count);
    });
  }

  if (minPreemptionsToBug !== undefined)
    test('the minimal failure', () => {
      const { failures } = run(program, { minimise: 200_000 });
      expect(Math.min(...failures.map((failure) => failure.minPreemptions))).toBe(minPreemptionsToBug);
      for (const { schedule } of failures) {
        const again = run(program, { strategy: 'replay', schedule });
        expect({ verdict: again.verdict, divergence: again.divergence }).toMatchObject({ divergence: null });
        expect(again.verdict).not.toBe('ok');
      }
    });
});
