/**
 * The branches that nobody has explored, and the choice points above them.
 *
 * Invariant: every execution not yet counted belongs to exactly one branch, open or given out. A branch that is left in the middle is replaced by what
 * is left of it; a race found in one may open another at a choice point above, unless it is known there. So branches may be explored in any
 * order and any number of times, as long as each is counted once. A choice point is kept for as long as a branch lies below it.
 */
import { type Branch, type MissingBranch, type Remainder, type TaskKey, WHOLE } from '../search/branch.ts';

/** A choice point, by the step that leads to it. */
interface ChoicePoint {
  readonly above: ChoicePoint | null;
  readonly depth: number;
  readonly task: TaskKey;
  readonly choice: number;
  /** Tasks explored there, being explored, to be explored, or asleep. */
  readonly known: Set<TaskKey>;
}

/** A branch and where it leaves the others; null: the whole tree. */
export interface OpenBranch {
  readonly at: ChoicePoint | null;
  readonly task: TaskKey;
  readonly choice: number;
  readonly sleep: readonly TaskKey[];
}

/** Branches as plain data: choice points by number, the upper before the lower. */
export interface SavedBranches {
  /** The number of the point above (-1: none), the step that leads here, the tasks known. */
  readonly points: readonly (readonly [above: number, task: TaskKey, choice: number, known: readonly TaskKey[]])[];
  /** The number of the point (-1: the whole tree), the step taken there, who sleeps. */
  readonly branches: readonly (readonly [at: number, task: TaskKey, choice: number, sleep: readonly TaskKey[]])[];
}

const ALL: OpenBranch = { at: null, task: '', choice: 0, sleep: [] };

export class BranchTree {
  readonly #open: OpenBranch[];

  constructor(open: readonly OpenBranch[] = [ALL]) {
    this.#open = [...open];
  }

  get size(): number {
    return this.#open.length;
  }

  /** The lowest branches, as a search in depth would take them. */
  take(count: number): OpenBranch[] {
    return this.#open.splice(Math.max(0, this.#open.length - count)).reverse();
  }

  /** Branches that were given out and have not been counted. */
  giveBack(branches: readonly OpenBranch[]): void {
    this.#open.push(...branches.toReversed());
  }

  /** What exploring a branch has left to do. */
  leave(branch: OpenBranch, remainder: Remainder | null, missing: readonly MissingBranch[]): void {
    for (const { depth, tasks } of missing) this.#add(pointAt(branch, depth), tasks);
    if (remainder === null) return;
    const { tasks, choices, known, branches } = remainder;
    const first = branch.at === null ? 0 : branch.at.depth + 1;
    const points = new Map<number, ChoicePoint>();
    let above = branch.at;
    if (above !== null) points.set(above.depth, above);
    for (const [i, tasksKnown] of known.entries()) {
      const depth = first + i;
      const [task, choice] = depth === 0 ? (['', 0] as const) : ([tasks[depth - 1]!, choices[depth - 1]!] as const);
      above = { above, depth, task, choice, known: new Set(tasksKnown) };
      points.set(depth, above);
    }
    for (const { depth, task, choice, sleep } of branches) {
      this.#open.push({ at: points.get(depth)!, task, choice, sleep });
    }
  }

  /** A race has shown that one of these tasks has to be tried at a choice point. */
  #add(at: ChoicePoint, tasks: readonly TaskKey[]): void {
    if (tasks.some((task) => at.known.has(task))) return;
    const task = tasks[0]!;
    this.#open.push({ at, task, choice: 0, sleep: [...at.known] });
    at.known.add(task);
  }

  /** These branches, and those that are open. */
  save(given: readonly OpenBranch[]): SavedBranches {
    const numbers = new Map<ChoicePoint, number>();
    const points: SavedBranches['points'][number][] = [];
    const numberOf = (point: ChoicePoint | null): number => {
      if (point === null) return -1;
      const known = numbers.get(point);
      if (known !== undefined) return known;
      const above = numberOf(point.above);
      points.push([above, point.task, point.choice, [...point.known]]);
      numbers.set(point, points.length - 1);
      return points.length - 1;
    };
    const branches = [...this.#open, ...given].map(
      ({ at, task, choice, sleep }) => [numberOf(at), task, choice, sleep] as const,
    );
    return { points, branches };
  }

  static load({ points, branches }: SavedBranches): BranchTree {
    const made: ChoicePoint[] = [];
    const pointOf = (number: number): ChoicePoint | null => made[number] ?? null;
    for (const [above, task, choice, known] of points) {
      const upper = pointOf(above);
      made.push({ above: upper, depth: upper === null ? 0 : upper.depth + 1, task, choice, known: new Set(known) });
    }
    return new BranchTree(branches.map(([at, task, choice, sleep]) => ({ at: pointOf(at), task, choice, sleep })));
  }
}

/** What a search is told of a branch. */
export function branchOf({ at, task, choice, sleep }: OpenBranch): Branch {
  if (at === null) return WHOLE;
  const tasks = [task];
  const choices = [choice];
  const known: TaskKey[][] = [];
  for (let point: ChoicePoint | null = at; point !== null; point = point.above) {
    known.unshift([...point.known]);
    if (point.depth === 0) break;
    tasks.unshift(point.task);
    choices.unshift(point.choice);
  }
  return { tasks, choices, known, sleep };
}

function pointAt({ at }: OpenBranch, depth: number): ChoicePoint {
  let point = at;
  while (point !== null && point.depth > depth) point = point.above;
  return point!;
}
