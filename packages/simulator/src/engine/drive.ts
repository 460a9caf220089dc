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
  /**
   * Many executions in one request: asked after each for the steps that the following one keeps; -1 to go on with the work. Resuming the work
   * costs as much as a short execution.
   */
  readonly next?: (ending: Ending) => number;
}

export type Work<T> = Generator<ExecutionRequest, T, Ending>;

/** Runs the work to its end, for programs whose tasks are generators. */
export function driveSync<T>(work: Work<T>): T {
  let next = work.next();
  while (next.done !== true) {
    next = work.next(runAll(next.value));
  }
  return next.value;
}

function runAll({ world, selector, prefix, maxSteps, next }: ExecutionRequest): Ending {
  let ending = runExecution(world, selector, prefix, maxSteps);
  if (next === undefined) return ending;
  for (let kept = next(ending); kept >= 0; kept = next(ending)) ending = runExecution(world, selector, kept, maxSteps);
  return ending;
}
