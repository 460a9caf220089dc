/** Every cell's verdict: proofs where they are quick, samples where they are not (the long tests prove those). */
import { describe, test } from 'vitest';
import { scenarios } from '../src/index.ts';
import { cellName, judgeCell } from './judge-cell.ts';

describe.each(scenarios.map((scenario) => [`${scenario.id}. ${scenario.title}`, scenario] as const))(
  '%s',
  (_, scenario) => {
    for (const cell of scenario.cells) {
      const proves = cell.effort === undefined || (cell.effort === 'long' && cell.verdict !== 'clean');
      test(cellName(cell), () => judgeCell(scenario, cell, proves ? 'proof' : 'sample'));
    }
  },
);
