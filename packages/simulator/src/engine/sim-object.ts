/**
 * An object that visible operations act on, as a state machine over task numbers.
 *
 * What the explorer needs of it: may this op run now, what class of access would it be, run it, and (for the analysis of races)
 * the same questions about a state other than the present one. Two ways lead to such a state. An object whose state changes
 * only by `EXCLUSIVE` accesses is *register-like*: `snapshot()` after each of them is the whole state, and the explorer keeps it with
 * the event. Any other object gives a fresh `twin()`, on which the explorer replays the object's own events.
 */
import { EXCLUSIVE } from './access.ts';
import type { Op } from './op.ts';
import type { World } from './world.ts';

/** Stands for the state before the first exclusive access, where a snapshot is expected. */
export const INITIAL: unique symbol = Symbol('initial');

/** Something operations act on: operations on different objects, and reads of one, commute. */
export abstract class SimObject {
  /** What it is, as the notation and the messages call it: `mutex`, `var`, … */
  abstract readonly kind: string;
  readonly name: string;
  /** Number within its world: equal in equivalent executions. -1 before the world has met it. */
  id = -1;
  /** @internal The world that owns it, and what that world calls this execution. */
  world: World | null = null;
  /** What an op on it accesses, unless the op says which: `[this]`, or what it is made of where ops on different parts commute. */
  readonly parts: readonly SimObject[] = [this];
  /** The object it is a part of: its state says what an access to the part is. */
  readonly whole: SimObject = this;
  /** See the module comment. */
  readonly registerLike: boolean = true;

  /** Whoever is inside has to leave: waiting for it is waiting for each of its holders. */
  readonly owned: boolean = false;

  constructor(name: string) {
    this.name = name;
  }

  /** Back to the state in which every execution finds it. */
  abstract reset(): void;

  /** May `task` run `op` now? Asked only of ops that block. */
  enabled(_op: Op, _task: number): boolean {
    return true;
  }

  /** The class of the access that `op` would be now. */
  mode(_op: Op, _task: number): number {
    return EXCLUSIVE;
  }

  /** Runs `op` and answers its result. */
  abstract run(op: Op, task: number): unknown;

  /** The whole state as a value that never changes afterwards (register-like objects). */
  snapshot(): unknown {
    return undefined;
  }

  /** As {@link enabled}, in the state `snapshot`. */
  enabledIn(_op: Op, _task: number, _snapshot: unknown): boolean {
    return true;
  }

  /** As {@link mode}, in the state `snapshot`. */
  modeIn(op: Op, task: number, _snapshot: unknown): number {
    return this.mode(op, task);
  }

  /** A new object of the same kind in the initial state (objects that are not register-like). */
  twin(): SimObject {
    throw new Error(`${this.kind} has no twin`);
  }

  /** Tasks that are inside now: who must leave before somebody else may enter. */
  holders(): readonly number[] {
    return NOBODY;
  }

  /** Tasks that keep `task` from running `op` now; empty when nobody in particular does. */
  blockers(_op: Op, _task: number): readonly number[] {
    return this.holders();
  }

  /** Forgets that `task`, parked on `op`, is waiting: it is being killed. */
  cancel(_op: Op, _task: number): void {}

  /** Wants to be told when a task parks. */
  readonly announces: boolean = false;

  /** `task` has parked on `op`: the moment before blocking. */
  parked(_op: Op, _task: number): void {}

  /** The present state in a form that state caching can hash: equal keys, equal behaviour. */
  key(): unknown {
    return this.snapshot();
  }

  /** Words for a diagram: `lock A`, `read x -> 1`. */
  abstract describe(op: Op, result?: unknown): string;
}

export const NOBODY: readonly number[] = Object.freeze([]);
export const NO_OBJECTS: readonly SimObject[] = Object.freeze([]);
