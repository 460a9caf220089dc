/** Every cell's verdict: proofs where they are quick, samples where they are not (the long tests prove those). */
import { profiles } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { describe, expect, test } from 'vitest';
import { punchVersusRead, scenarioProgram, scenarios } from '../src/index.ts';
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

/** Before the series, a reader and a punch can chase each other for ever, so the reader is killed when it has to start over. */
describe('scenario 1 in all profiles, to the end', () => {
  for (const profile of profiles) {
    test(profile, () => {
      const program = scenarioProgram(punchVersusRead, { fs: 'ext4', profile, patience: 1 });
      const result = explore(program, { strategy: 'source-dpor', validator: null, minimise: 0 });
      expect([result.exhausted, result.verdict]).toEqual([true, profile === 'before' ? 'fail' : 'ok']);
      expect(result.failing).toBeLessThan(result.executions);
    });
  }
});
