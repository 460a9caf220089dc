/** Random walk: each step uniform over the tasks that can move. */
import type { World } from '../engine/world.ts';
import { Sampler } from './sampler.ts';

/** Tasks drawn blindly before all that can move are listed. */
const BLIND_DRAWS = 4;

export class RandomWalk extends Sampler {
  pick(world: World, count: number): number {
    return world.enabled[count === 1 ? 0 : this.random.below(count)]!;
  }

  /** Any task that has not ended, drawn again if it cannot move: uniform over those that can, without asking all of them. */
  draw(world: World): number {
    const { live } = world;
    const count = live.length;
    if (count === 0) return -1;
    if (count === 1) return world.isEnabled(live[0]!) ? live[0]! : -1;
    for (let i = 0; i < BLIND_DRAWS; i++) {
      const task = live[this.random.below(count)]!;
      if (world.isEnabled(task)) return task;
    }
    const able = world.collectEnabled();
    return able === 0 ? -1 : this.pick(world, able);
  }
}
