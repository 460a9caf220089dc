import type { Finding } from '@lockdep/page-cache';
import { type ExploreResult, explore } from '@lockdep/simulator';
import { expect } from 'vitest';
import { type Cell, PREEMPTIONS, type Scenario, scenarioProgram } from '../src/index.ts';

export const cellName = ({ fs, profile, bugs, verdict }: Cell): string => {
  const defects = bugs === undefined ? '' : ` with ${JSON.stringify(bugs)}`;
  return `${fs}, ${profile}${defects}: ${verdict}`;
};

export type Effort = 'proof' | 'bounded' | 'sample';

const STRATEGY = { proof: 'source-dpor', bounded: 'context-bound', sample: 'portfolio' } as const;
const ENOUGH = 1_000_000;

/** A proof tries every interleaving, a bounded one those with few preemptions, a sample some at random. Defects: until the first failure. */
export function judgeCell(scenario: Scenario, cell: Cell, effort: Effort): void {
  const found: Finding[] = [];
  const program = scenarioProgram(scenario, cell, { onFindings: (findings) => found.push(...findings) });
  const isClean = cell.verdict === 'clean';
  const result = explore(program, {
    strategy: STRATEGY[effort],
    bound: PREEMPTIONS,
    stopOnFailure: true,
    validator: null,
    minimise: 0,
    budget: { steps: 1_000, executions: effort === 'sample' && isClean ? 40 : ENOUGH, ms: isClean ? 600_000 : 25_000 },
  });
  if (isClean) expectClean(result, effort);
  else if (cell.verdict === 'deadlock') expect(result.verdict).toBe('deadlock');
  else {
    expect(result.verdict).toBe('fail');
    const { file, index, kind } = cell.finding!;
    expect(found.every((finding) => finding.file === file && finding.index === index)).toBe(true);
    // A hole that still shows its old bytes is the same defect, before anybody has reused the block; and so is a dedupe that puts other bytes
    // in place, before anybody has read them.
    const kinds = [kind, 'remap-atomicity', ...(kind === 'stale-block-exposure' ? ['hole-has-data'] : [])];
    for (const finding of found) expect(kinds).toContain(finding.kind);
  }
}

function expectClean(result: ExploreResult, effort: Effort): void {
  expect(result.failures.map((failure) => failure.message)).toEqual([]);
  if (effort === 'proof') expect(result.exhausted).toBe(true);
  else if (effort === 'bounded') {
    // It ended by itself: everything within the bound has been tried.
    expect(result.executions).toBeLessThan(ENOUGH);
    expect([result.stepBounded, result.ms < 600_000]).toEqual([0, true]);
    expect(result.executions).toBeGreaterThan(20);
  } else expect(result.executions).toBeGreaterThan(30);
}
