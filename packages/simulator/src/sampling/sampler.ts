/** What the random selectors share: every execution starts afresh, there is no end to them, and choices are even. */
import { Random } from '../engine/random.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';

export abstract class Sampler implements Selector {
  protected readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  plan(): number {
    return 0;
  }

  begin(_world: World): void {}

  abstract pick(world: World, count: number): number;

  choose(_world: World, _task: number, choices: number): number {
    return this.random.below(choices);
  }

  end(_world: World, _ending: Ending): void {}
}
