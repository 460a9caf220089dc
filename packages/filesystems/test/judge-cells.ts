/** The clean cells of one effort, a test each. */
import { describe, test } from 'vitest';
import { type Cell, scenarios } from '../src/index.ts';
import { cellName, type Effort, judgeCell } from './judge-cell.ts';

export function judgeCells(marked: Cell['effort'], effort: Effort): void {
  const isMeant = (cell: Cell): boolean => cell.verdict === 'clean' && cell.effort === marked;
  const meant = scenarios.filter(({ cells }) => cells.some(isMeant));
  describe.each(meant.map((scenario) => [`${scenario.id}. ${scenario.title}`, scenario] as const))(
    '%s',
    (_, scenario) => {
      for (const cell of scenario.cells.filter(isMeant)) {
        test(cellName(cell), () => judgeCell(scenario, cell, effort));
      }
    },
  );
}
