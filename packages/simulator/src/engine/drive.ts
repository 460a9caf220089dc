/**
 * Work that consists of running executions, written once for programs of generators and for programs with async code.
 *
 * Such work is a generator that yields each execution it wants run and gets how it ended; who drives it decides how to run one.
 */
import { runExecution } from './run-execution.ts';
import type { Ending, Selector } from './selector.ts';
import type { World } from './world.ts';

export interface ExecutionRequest {
  readonly world: World;
  readonly selector: Selector;
  /** Steps kept from the world's path. */
  readonly prefix: number;
  readonly maxSteps: number;
}

export type Work<T> = Generator<ExecutionRequest, T, Ending>;

/** Runs the work to its end, for programs whose tasks are generators. */
export function driveSync<T>(work: Work<T>): T {
  let next = work.next();
  while (next.done !== true) {
    const { world, selector, prefix, maxSteps } = next.value;
    next = work.next(runExecution(world, selector, prefix, maxSteps));
  }
  return next.value;
}
