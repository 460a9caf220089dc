/** What a validator, or a recorder, is told about every execution, in order. A listener must not change the program's state. */
import type { Op } from './op.ts';
import type { SimTask } from './sim-task.ts';

export interface WorldListener {
  /** A new execution begins; whatever is held is forgotten. */
  executionStarts(): void;
  taskStarts(task: SimTask): void;
  taskEnds(task: SimTask): void;
  /** The task waits for `op`: the moment before blocking. */
  parked(task: SimTask, op: Op): void;
  /** The task will not run the op it is parked on: it is being killed. */
  abandoned(task: SimTask, op: Op): void;
  /** The op has run and given `result`. */
  stepped(task: SimTask, op: Op, result: unknown): void;
}
