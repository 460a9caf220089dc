/** Random walk: each step uniform over the tasks that can move. */
import type { World } from '../engine/world.ts';
import { Sampler } from './sampler.ts';

export class RandomWalk extends Sampler {
  pick(world: World, count: number): number {
    return world.enabled[count === 1 ? 0 : this.random.below(count)]!;
  }
}
