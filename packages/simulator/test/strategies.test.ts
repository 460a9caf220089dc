/** What every strategy finds on the oracle programs: verdicts, exact counts, fewest preemptions. */
import { describe, expect, test } from 'vitest';
import { foldState } from '../src/engine/fold-state.ts';
import { Hash } from '../src/engine/hash.ts';
import { isDeadlocked, runExecution } from '../src/engine/run-execution.ts';
import type { Selector } from '../src/engine/selector.ts';
import { World } from '../src/engine/world.ts';
import { compileProgram, type ExploreResult, explore, replay, type StrategyName } from '../src/index.ts';
import { BoundedSearch } from '../src/search/bounded-search.ts';
import { CacheSearch } from '../src/search/cache-search.ts';
import { TreeSearch } from '../src/search/tree-search.ts';
import { type OracleProgram, programs } from './programs.ts';

const run = (program: OracleProgram, strategy: StrategyName, more = {}): ExploreResult =>
  explore(compileProgram(program), { strategy, leaks: false, validator: null, ...more });

describe('automatic mode proves or disproves', () => {
  for (const program of programs) {
    test(program.id, () => {
      const { traces, deadlockTraces, failingTraces, minPreemptionsToBug } = program.oracle;
      const result = run(program, 'auto');
      expect(result).toMatchObject({
        verdict: program.expect,
        executions: traces,
        distinctTraces: traces,
        deadlocks: deadlockTraces,
        failing: failingTraces,
        exhausted: true,
        stepBounded: 0,
      });
      expect(result.estimate).toMatchObject({ newTrace: 0, total: traces, exact: true });
      const least = result.failures.map(({ minPreemptions }) => minPreemptions).sort((a, b) => a - b)[0];
      expect(least).toBe(minPreemptionsToBug);
      for (const failure of result.failures) {
        expect(failure.minimal).toBe(true);
        // Each schedule leads to its failure again.
        const again = replay(compileProgram(program), failure.schedule, { leaks: false, validator: null });
        expect(again.divergence).toBeNull();
        expect(again.failures.map(({ signature }) => signature)).toContain(failure.signature);
      }
    });
  }
});

describe('optimal DPOR begins no execution in vain', () => {
  for (const program of programs) {
    test(program.id, () => {
      const result = run(program, 'optimal-dpor', { failures: 0 });
      expect(result).toMatchObject({
        executions: program.oracle.traces,
        deadlocks: program.oracle.deadlockTraces,
        failing: program.oracle.failingTraces,
        sleepBlocked: 0,
        exhausted: true,
      });
    });
  }
});

describe('state caching finds every deadlocked and every failing end state', () => {
  const small = programs.filter(({ oracle }) => oracle.states !== undefined);
  test('on all programs whose states are known', () => expect(small.length).toBeGreaterThan(60));

  for (const program of small) {
    test(program.id, () => {
      const found = ends(program, (world) => new CacheSearch(world));
      expect(found).toEqual(ends(program, (world) => new TreeSearch(world, 'source-dpor')));
      expect(found.deadlocked.size).toBe(program.oracle.deadlockStates);
      expect(found.failing.size > 0).toBe(program.oracle.failingTraces > 0);
    });
  }

  /** Keys of the deadlocked and failing end states: by the search of states, or by one execution of every trace there is. */
  function ends(program: OracleProgram, make: (world: World) => Selector) {
    const world = new World(compileProgram(program).setup);
    const search = make(world);
    const hash = new Hash();
    const deadlocked = new Set<number>();
    const failing = new Set<number>();
    for (let prefix = search.plan(); prefix >= 0; prefix = search.plan()) {
      if (runExecution(world, search, prefix, 10_000) !== 'complete') continue;
      hash.restart();
      foldState(hash, world);
      if (isDeadlocked(world)) deadlocked.add(hash.value);
      if (world.checks.failures.length > 0) failing.add(hash.value);
    }
    return { deadlocked, failing };
  }
});

describe('context bounding adds the traces of each bound', () => {
  for (const program of programs) {
    const { tracesByPreemptionBound, minPreemptionsToBug } = program.oracle;
    if (tracesByPreemptionBound === undefined) continue;
    test(program.id, () => {
      const { counts, firstBug } = bounded(program, 'context');
      expect(counts).toEqual(tracesByPreemptionBound);
      expect(firstBug).toBe(minPreemptionsToBug);
    });
  }
});

describe('delay bounding meets the bug at its number of delays', () => {
  for (const program of programs) {
    const { totalInterleavings, minDelaysToBug } = program.oracle;
    if (typeof totalInterleavings !== 'number' || totalInterleavings > 200_000) continue;
    test(program.id, () => expect(bounded(program, 'delay').firstBug).toBe(minDelaysToBug));
  }
});

/** Distinct traces within each bound, and the least bound with a bug. */
function bounded(program: OracleProgram, kind: 'context' | 'delay') {
  const world = new World(compileProgram(program).setup);
  const search = new BoundedSearch(kind);
  const traces = new Set<number>();
  const counts: number[] = [];
  let firstBug: number | undefined;
  for (let prefix = search.plan(); prefix >= 0; prefix = search.plan()) {
    if (runExecution(world, search, prefix, 10_000) !== 'complete') continue;
    traces.add(search.trace);
    counts[search.level] = traces.size;
    if (isDeadlocked(world) || world.checks.failures.length > 0) firstBug ??= search.level;
  }
  for (let level = 1; level < counts.length; level++) counts[level] ??= counts[level - 1]!;
  while (counts.length > 1 && counts.at(-1) === counts.at(-2)) counts.pop();
  return { counts, firstBug };
}

describe('bounds are reported', () => {
  const program = programs.find(({ id }) => id === 'inc_3')!;

  test('a context bound that cuts something is no proof', () => {
    const one = run(program, 'context-bound', { bound: 1, failures: 0 });
    expect(one).toMatchObject({ distinctTraces: 24, exhausted: false });
    const all = run(program, 'context-bound', { failures: 0 });
    expect(all).toMatchObject({ distinctTraces: 36, exhausted: true });
  });

  test('a budget of executions', () => {
    const result = run(program, 'source-dpor', { budget: { executions: 10 }, failures: 0 });
    expect(result).toMatchObject({ executions: 10, exhausted: false });
    expect(result.estimate.statement).toMatch(/^not exhausted: 10 traces in 10 executions, about \d+ % of the search$/);
  });

  test('automatic mode samples what does not fit, and says how much it may have missed', () => {
    const big = programs.find(({ id }) => id === 'reorder_5_bad')!;
    const result = run(big, 'auto', { budget: { executions: 2000 }, failures: 0 });
    expect(result).toMatchObject({ verdict: 'fail', exhausted: false });
    expect(result.estimate.newTrace).toBeGreaterThan(0.2);
    expect(result.estimate.statement).toMatch(/the probability that the next run shows something new is about \d+ %/);
    // 14,400 there are; the estimate from 2,000 runs is of the right size.
    expect(result.estimate.total).toBeGreaterThan(2_000);
  });
});
