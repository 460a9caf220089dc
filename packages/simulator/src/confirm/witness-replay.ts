/**
 * Plays the witness of a prediction: its steps in the order of the run, then each task of the ring as far as it waits (a lock with a queue
 * is arrived at). Gives up at the first step that is not possible.
 */
import type { Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { asksForLock } from './lock-step.ts';

export class WitnessReplay implements Selector {
  readonly #steps: readonly { readonly task: number; readonly choice: number }[];
  readonly #members: readonly number[];
  readonly #isThere: () => boolean;

  constructor(
    steps: readonly { readonly task: number; readonly choice: number }[],
    members: readonly number[],
    isThere: () => boolean,
  ) {
    this.#steps = steps;
    this.#members = members;
    this.#isThere = isThere;
  }

  plan(): number {
    return 0;
  }

  begin(): void {}

  pick(world: World): number {
    const step = this.#steps[world.count];
    if (step !== undefined) {
      const task = world.tasks[step.task];
      return task?.pending != null && world.isEnabled(step.task) ? step.task : -1;
    }
    if (this.#isThere()) return -1;
    const member = this.#members.find((task) => world.isEnabled(task) && asksForLock(world.tasks[task]!.pending!));
    return member ?? -1;
  }

  choose(world: World, _task: number, choices: number): number {
    return Math.min(Math.max(0, this.#steps[world.count]?.choice ?? 0), choices - 1);
  }

  end(): void {}
}
