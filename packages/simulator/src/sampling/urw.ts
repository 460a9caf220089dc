/**
 * URW (uniform random walk): a task's weight is the number of steps it and the tasks it will still spawn have to go, as the longest
 * earlier run showed them. Uniform over interleavings where nothing blocks; the first run is a plain walk.
 */
import type { Ending } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { Sampler } from './sampler.ts';

export class Urw extends Sampler {
  /** By task: most steps seen, and the task that starts it. */
  readonly #steps: number[] = [];
  readonly #parent: number[] = [];

  pick(world: World, count: number): number {
    if (count === 1) return world.enabled[0]!;
    let total = 0;
    for (let i = 0; i < count; i++) total += this.#weight(world, world.enabled[i]!);
    let left = this.random.fraction() * total;
    for (let i = 0; i < count; i++) {
      left -= this.#weight(world, world.enabled[i]!);
      if (left < 0) return world.enabled[i]!;
    }
    return world.enabled[count - 1]!;
  }

  override end(world: World, _ending: Ending): void {
    for (const task of world.tasks) {
      this.#steps[task.index] = Math.max(this.#steps[task.index] ?? 0, task.steps);
      if (task.started) this.#parent[task.index] = task.parent;
    }
  }

  #weight(world: World, task: number): number {
    const own = Math.max(1, (this.#steps[task] ?? 1) - world.tasks[task]!.steps);
    return own + this.#unborn(world, task);
  }

  /** Steps of the tasks that `task` is expected to start yet, and of theirs. */
  #unborn(world: World, task: number): number {
    let sum = 0;
    for (let child = 0; child < this.#parent.length; child++) {
      if (this.#parent[child] !== task || world.tasks[child]!.started) continue;
      sum += (this.#steps[child] ?? 0) + this.#unborn(world, child);
    }
    return sum;
  }
}
