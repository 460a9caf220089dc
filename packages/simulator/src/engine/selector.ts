/**
 * Who decides: at each point of an execution a selector names the task that moves next, and the outcome of each choice.
 *
 * Random walk, replay and exhaustive search are selectors over one scheduler. A selector that searches plans each execution: it keeps
 * the first `prefix` steps of the last one and decides again from there.
 */
import type { World } from './world.ts';

/** How an execution ended: nobody could move; the selector saw no use in going on; the step bound was reached. */
export type Ending = 'complete' | 'pruned' | 'step-bound';

export interface Selector {
  /** Plans the next execution: the number of steps kept from the last one, -1 when there is nothing more to run. */
  plan(): number;
  /** Called before each execution's first decision. */
  begin(world: World): void;
  /** The task to move, one of the first `count` of `world.enabled`; -1 to give up this execution. */
  pick(world: World, count: number): number;
  /**
   * In place of `pick`, where it does not take a list of all that can move to name one: the task, -1 when nobody can move. The same
   * answers as `pick` would give.
   */
  draw?(world: World): number;
  /** Which of `op.choices` outcomes the pending op of `task` has. */
  choose(world: World, task: number, choices: number): number;
  /** `task` has moved. */
  stepped?(world: World, task: number): void;
  /** The execution is over. */
  end(world: World, ending: Ending): void;
}
