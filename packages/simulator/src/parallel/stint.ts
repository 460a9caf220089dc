/** What a worker does at a time: some branches, one after the other, until it is called back; and what it answers. All of it plain data. */
import type { Work } from '../engine/drive.ts';
import { isDeadlocked } from '../engine/run-execution.ts';
import type { Ending } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { type FoundFailure, FoundFailures } from '../explore/found-failures.ts';
import type { Branch, MissingBranch, Remainder, TaskKey } from '../search/branch.ts';
import type { TreeSearch } from '../search/tree-search.ts';

/** Counts of executions, as an exploration has them. */
export interface Counts {
  /** Begun, whatever their end. */
  begun: number;
  executions: number;
  deadlocks: number;
  failing: number;
  sleepBlocked: number;
  stepBounded: number;
  steps: number;
}

export const noCounts = (): Counts => ({
  begun: 0,
  executions: 0,
  deadlocks: 0,
  failing: 0,
  sleepBlocked: 0,
  stepBounded: 0,
  steps: 0,
});

/** A branch after a stint; without a remainder it is done. */
export interface Explored {
  readonly remainder: Remainder | null;
  readonly missing: readonly MissingBranch[];
}

/** A failure as plain data, its path by keys of tasks. */
export interface ToldFailure extends Omit<FoundFailure, 'tasks' | 'choices'> {
  readonly tasks: readonly TaskKey[];
  readonly choices: readonly number[];
}

export interface StintResult {
  /** Of the first branches, in their order; the others have not been begun. */
  readonly explored: readonly Explored[];
  readonly counts: Counts;
  readonly failures: readonly ToldFailure[];
  /** Some task has given way. */
  readonly gaveWay: boolean;
}

export interface StintOptions {
  readonly maxSteps: number;
  readonly stopOnFailure: boolean;
  /** Asked after each execution. */
  readonly isCalledBack: () => boolean;
}

export function* stint(
  world: World,
  search: TreeSearch,
  branches: readonly Branch[],
  { maxSteps, stopOnFailure, isCalledBack }: StintOptions,
): Work<StintResult> {
  const counts = noCounts();
  const found = new FoundFailures();
  const explored: Explored[] = [];
  const blockedBefore = search.sleepBlocked;
  let gaveWay = false;
  const account = (ending: Ending): void => {
    counts.begun++;
    counts.steps += world.count;
    if (world.gaveWay) gaveWay = true;
    if (ending === 'pruned') return;
    if (ending === 'step-bound') counts.stepBounded++;
    else counts.executions++;
    if (ending === 'complete' && isDeadlocked(world)) counts.deadlocks++;
    if (found.note(world, ending, counts.begun)) counts.failing++;
  };
  const hasStopped = (): boolean => stopOnFailure && counts.deadlocks + counts.failing > 0;
  for (const branch of branches) {
    search.start(branch);
    let isLeft = false;
    const next = (ending: Ending): number => {
      account(ending);
      isLeft = isCalledBack() || hasStopped();
      return isLeft ? -1 : search.plan();
    };
    // The request ends with the branch, or with the call back: there is nothing to do between its executions.
    yield { world, selector: search, prefix: search.plan(), maxSteps, next };
    const remainder = isLeft ? search.remainder() : null;
    explored.push({
      remainder: remainder === null || remainder.branches.length === 0 ? null : remainder,
      missing: [...search.missing.values()],
    });
    if (isLeft) break;
  }
  counts.sleepBlocked = search.sleepBlocked - blockedBefore;
  const failures = [...found.all].map((failure) => ({
    ...failure,
    tasks: Array.from(failure.tasks, (task) => world.taskKey(task)),
    choices: [...failure.choices],
  }));
  return { explored, counts, failures, gaveWay };
}
