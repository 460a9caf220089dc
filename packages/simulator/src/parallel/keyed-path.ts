/** Takes the steps of an execution that is known by the keys of its tasks; what it has gone through are their numbers here. */
import type { Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import type { TaskKey } from '../search/branch.ts';

export class KeyedPath implements Selector {
  readonly #tasks: readonly TaskKey[];
  readonly #choices: Int32Array;

  constructor(tasks: readonly TaskKey[], choices: Int32Array) {
    this.#tasks = tasks;
    this.#choices = choices;
  }

  plan(): number {
    return 0;
  }

  begin(): void {}

  pick(world: World): number {
    const key = this.#tasks[world.count];
    return key === undefined ? -1 : world.taskNumber(key);
  }

  choose(world: World): number {
    return this.#choices[world.count]!;
  }

  end(): void {}
}
