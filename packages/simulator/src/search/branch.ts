/**
 * A part of the tree of executions as data: what one search leaves undone and another can do, in whatever thread, any number of times.
 *
 * Steps are named by the key of their task, which is the same in all executions of all worlds that make the same tasks (numbers are of one world).
 */

/** See `World.taskKey`. */
export type TaskKey = string;

/** All executions that begin with these steps, but for those that are explored elsewhere. */
export interface Branch {
  /** Task of each step, and its outcome where it has several; the last step is the branch's own, explored from that outcome on. */
  readonly tasks: readonly TaskKey[];
  readonly choices: readonly number[];
  /** By step: the tasks that are explored there by somebody, or need not be. */
  readonly known: readonly (readonly TaskKey[])[];
  /** Tasks that sleep where the branch leaves the others: what they would do there is explored elsewhere. */
  readonly sleep: readonly TaskKey[];
}

/** The whole tree. */
export const WHOLE: Branch = { tasks: [], choices: [], known: [], sleep: [] };

/** A choice point above the branch at which one of these tasks has to be tried, unless one of them is known there. */
export interface MissingBranch {
  readonly depth: number;
  readonly tasks: readonly TaskKey[];
}

/** What is left of a branch when its exploration stops between two executions: branches off one path. */
export interface Remainder {
  /** The path, as far down as branches leave it. */
  readonly tasks: readonly TaskKey[];
  readonly choices: readonly number[];
  /** What is known at its choice points, from the first one inside the branch to the last that a branch leaves. */
  readonly known: readonly (readonly TaskKey[])[];
  /** Upper ones first, in the order in which they are to be taken for explored. */
  readonly branches: readonly {
    readonly depth: number;
    readonly task: TaskKey;
    readonly choice: number;
    readonly sleep: readonly TaskKey[];
  }[];
}
