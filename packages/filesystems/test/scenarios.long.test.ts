/** The proofs that take longer: tens of thousands of interleavings, of the code as it was merged. */
import { describe, test } from 'vitest';
import { scenarios } from '../src/index.ts';
import { cellName, judgeCell } from './judge-cell.ts';

const PROFILES: ReadonlySet<string> = new Set(['merged']);

const long = scenarios.filter(({ cells }) => cells.some((cell) => cell.effort === 'long'));

describe.each(long.map((scenario) => [`${scenario.id}. ${scenario.title}`, scenario] as const))('%s', (_, scenario) => {
  for (const cell of scenario.cells) {
    if (cell.effort === 'long' && cell.verdict === 'clean' && PROFILES.has(cell.profile))
      test(cellName(cell), () => judgeCell(scenario, cell, 'proof'));
  }
});
