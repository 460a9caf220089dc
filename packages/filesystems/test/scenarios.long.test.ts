/** The proofs that take longer: tens of thousands of interleavings, and all schedules with few preemptions where there are too many. */
import { describe, test } from 'vitest';
import { scenarios } from '../src/index.ts';
import { cellName, judgeCell } from './judge-cell.ts';

const isLong = ({ effort, verdict }: (typeof scenarios)[number]['cells'][number]): boolean =>
  verdict === 'clean' && (effort === 'long' || effort === 'bounded');
const long = scenarios.filter(({ cells }) => cells.some(isLong));

describe.each(long.map((scenario) => [`${scenario.id}. ${scenario.title}`, scenario] as const))('%s', (_, scenario) => {
  for (const cell of scenario.cells) {
    if (isLong(cell))
      test(cellName(cell), () => judgeCell(scenario, cell, cell.effort === 'long' ? 'proof' : 'bounded'));
  }
});
