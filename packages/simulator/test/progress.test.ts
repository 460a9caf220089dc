/** What an exploration says while it runs, and what it may claim over both of its phases. */
import { describe, expect, test } from 'vitest';
import { compileProgram, explore, type Progress, progressLine } from '../src/index.ts';
import { program } from './programs.ts';

const watch = (id: string, executions: number) => {
  const seen: Progress[] = [];
  const result = explore(compileProgram(program(id)), {
    ...{ leaks: false, validator: null, failures: 0, progressMs: 0 },
    budget: { executions },
    onProgress: (progress) => seen.push(progress),
  });
  return { seen, result };
};

describe('progress', () => {
  test('of an exhaustive search: counts, an estimate of the total that comes close, time left', () => {
    const { seen, result } = watch('reorder_5_bad', 100_000);
    expect(result).toMatchObject({ executions: 14_400, exhausted: true });
    expect(seen.length).toBeGreaterThan(100);
    expect(new Set(seen.map(({ phase }) => phase))).toEqual(new Set(['exhaustive']));
    const counts = seen.map(({ executions }) => executions);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    for (const { executions, distinctTraces } of seen) expect(distinctTraces).toBe(executions);
    const late = seen.at(-1)!;
    expect(late.estimatedTotal! / 14_400).toBeGreaterThan(0.95);
    expect(late.estimatedTotal! / 14_400).toBeLessThan(1.05);
    expect(late.msLeft).toBeLessThan(late.msElapsed);
    expect(late.failing).toBeGreaterThan(4_000);
  });

  test('of automatic mode: it says when it begins to sample', () => {
    const { seen, result } = watch('rw_abba_fair_third_party', 4_000);
    expect(result.exhausted).toBe(false);
    const phases = seen.map(({ phase }) => phase);
    expect(phases.indexOf('sampling')).toBeGreaterThan(0);
    expect(phases.lastIndexOf('exhaustive')).toBeLessThan(phases.indexOf('sampling'));
  });

  const at: Progress = {
    ...{ phase: 'exhaustive', executions: 14_400, distinctTraces: 14_212, estimatedTotal: 15_100 },
    ...{ failing: 0, msElapsed: 30_000, msLeft: 1_500 },
  };
  test.each<[line: string, progress: Progress]>([
    ['14,400 executions, 14,212 traces, of about 15,100 (95 %), 2 s left', at],
    [
      '14,400 executions, 14,212 traces, sampling, 3 failing, 5 min left',
      { ...at, phase: 'sampling', estimatedTotal: null, failing: 3, msLeft: 290_000 },
    ],
    ['14,400 executions, 14,212 traces', { ...at, estimatedTotal: null, msLeft: null }],
  ])('as a line: %s', (line, progress) => expect(progressLine(progress)).toBe(line));
});

describe('automatic mode counts a trace once, whichever phase shows it', () => {
  // The exhaustive share of the budget is a little less than there are traces.
  test.each([
    ['inc_3', 36, 60],
    ['redundant_co_2', 90, 150],
  ])('%s', (id, traces, executions) => {
    const { result } = watch(id, executions);
    expect(result).toMatchObject({ exhausted: false, executions });
    expect(result.distinctTraces).toBeGreaterThan(executions / 2);
    expect(result.distinctTraces).toBeLessThanOrEqual(traces);
    const { newTrace, statement } = result.estimate;
    // Most of what the samples show had been seen before.
    expect(newTrace).toBeLessThan(0.5);
    expect(statement).toMatch(/^not exhausted: \d+ traces in \d+ executions; the probability that the next run/);
  });
});
