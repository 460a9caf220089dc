/**
 * Holds what `confirm` answers about random programs of locks (fair ones and tries among them) against trying every interleaving one by one,
 * without any reduction.
 */
import { Validator } from '@lockdep/core';
import { circleOf, isOrderReport } from '../src/confirm/circle.ts';
import { deadlockOn } from '../src/confirm/deadlock-on-circle.ts';
import { isDeadlocked, runExecution } from '../src/engine/run-execution.ts';
import { World } from '../src/engine/world.ts';
import { compileProgram, confirmAll, replay } from '../src/index.ts';
import type { NotationProgram } from '../src/notation/program-file.ts';
import { TreeSearch } from '../src/search/tree-search.ts';

export interface Checked {
  readonly reports: number;
  readonly undecided: number;
  /** Refuted reports of programs with too many interleavings to try them one by one. */
  readonly unchecked: number;
  readonly answers: ReadonlyMap<string, number>;
  readonly wrong: readonly string[];
}

export function checkConfirmations(programs: readonly NotationProgram[], cap: number): Checked {
  const answers = new Map<string, number>();
  const wrong: string[] = [];
  let [reports, undecided, unchecked] = [0, 0, 0];
  for (const program of programs) {
    const compiled = compileProgram(program);
    for (const { report, verdict, by, failure } of confirmAll(compiled, { budget: { ms: 60_000 } })) {
      reports += 1;
      const answer = `${report.kind} ${verdict} ${by}`;
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      if (verdict === 'unconfirmed') undecided += 1;
      else if (verdict === 'confirmed') {
        const again = replay(compiled, failure!.schedule, { leaks: false });
        if (again.divergence !== null || again.verdict !== 'deadlock')
          wrong.push(`${program.id}: ${answer}: no replay`);
      } else if (isOrderReport(report)) {
        const reached = isReached(program, report, cap);
        if (reached === null) unchecked += 1;
        else if (reached) wrong.push(`${program.id}: ${answer}, though reachable: ${report.message}`);
      }
    }
  }
  return { reports, undecided, unchecked, answers, wrong };
}

/** null: more than `cap` interleavings. */
function isReached(program: NotationProgram, report: Parameters<typeof circleOf>[0], cap: number): boolean | null {
  const world = new World(compileProgram(program).setup);
  const search = new TreeSearch(world, 'enumeration');
  const validator = new Validator();
  const circle = circleOf(report);
  let executions = 0;
  for (let prefix = search.plan(); prefix >= 0; prefix = search.plan()) {
    if (executions++ === cap) return null;
    runExecution(world, search, prefix, 1_000);
    if (isDeadlocked(world) && deadlockOn(world, validator, circle, true) !== null) return true;
  }
  return false;
}
