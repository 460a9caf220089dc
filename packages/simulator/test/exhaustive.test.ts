import { describe, expect, test } from 'vitest';
import { isDeadlocked, runExecution } from '../src/engine/run-execution.ts';
import { World } from '../src/engine/world.ts';
import { compileProgram } from '../src/notation/compile.ts';
import { TreeSearch, type TreeSearchKind } from '../src/search/tree-search.ts';
import { type OracleProgram, programs } from './programs.ts';

function count(program: OracleProgram, kind: TreeSearchKind) {
  const world = new World(compileProgram(program).setup);
  const search = new TreeSearch(world, kind);
  let [executions, deadlocks, failing] = [0, 0, 0];
  for (let prefix = search.plan(); prefix >= 0; prefix = search.plan()) {
    if (runExecution(world, search, prefix, 10_000) !== 'complete') continue;
    executions++;
    if (isDeadlocked(world)) deadlocks++;
    if (world.checks.failures.length > 0) failing++;
  }
  return { executions, deadlocks, failing };
}

describe('exhaustive search completes each trace once', () => {
  for (const program of programs) {
    const { traces, deadlockTraces, failingTraces, totalInterleavings } = program.oracle;
    test(`source-DPOR: ${program.id}`, () => {
      expect(count(program, 'source-dpor')).toEqual({
        executions: traces,
        deadlocks: deadlockTraces,
        failing: failingTraces,
      });
    });
    if (typeof totalInterleavings !== 'number' || totalInterleavings > 10_000) continue;
    test(`sleep sets over all interleavings: ${program.id}`, () => {
      expect(count(program, 'sleep-sets')).toEqual({
        executions: traces,
        deadlocks: deadlockTraces,
        failing: failingTraces,
      });
      expect(count(program, 'enumeration').executions).toBe(totalInterleavings);
    });
  }
});
