/**
 * POS (partial-order sampling): every pending operation has an independent random priority and the highest runs; then those of the task's
 * next operation and of every pending one that depends on the executed step are drawn anew. Samples partial orders far
 * more evenly than a walk.
 */
import { AccessSet } from '../engine/access-set.ts';
import type { World } from '../engine/world.ts';
import { Sampler } from './sampler.ts';

export class Pos extends Sampler {
  readonly #priority: number[] = [];
  readonly #accesses = new AccessSet();

  override begin(): void {
    this.#priority.length = 0;
  }

  pick(world: World, count: number): number {
    let best = world.enabled[0]!;
    for (let i = 1; i < count; i++) if (this.#of(world.enabled[i]!) > this.#of(best)) best = world.enabled[i]!;
    this.#redraw(world, best);
    return best;
  }

  #redraw(world: World, best: number): void {
    this.#accesses.collect(world.tasks[best]!);
    this.#priority[best] = -1;
    for (const task of world.tasks) {
      if (task.pending !== null && task.index !== best && this.#accesses.dependsOn(task))
        this.#priority[task.index] = -1;
    }
  }

  #of(task: number): number {
    const known = this.#priority[task];
    if (known !== undefined && known >= 0) return known;
    const drawn = this.random.fraction();
    for (let i = this.#priority.length; i < task; i++) this.#priority[i] = -1;
    this.#priority[task] = drawn;
    return drawn;
  }
}
