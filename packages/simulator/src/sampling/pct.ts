/**
 * PCT (probabilistic concurrency testing): random task priorities, and d - 1 random moments at which the running task drops
 * below all others. Finds a bug of depth d in one run of n tasks and k steps with probability at least 1/(n·k^(d-1)).
 *
 * k is the longest run seen so far, counting only steps at which there was a choice. A task that gives way (yield, failed
 * trylock) drops too, else a spinning task of high priority would never let go.
 */
import type { Ending } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { Sampler } from './sampler.ts';

export class Pct extends Sampler {
  readonly depth: number;
  #priority: number[] = [];
  #changes: number[] = [];
  #longest = 1;
  #contested = 0;
  #lowest = 0;

  constructor(seed: number, depth: number) {
    super(seed);
    this.depth = depth;
  }

  override begin(): void {
    this.#priority.length = 0;
    this.#contested = 0;
    this.#lowest = 0;
    this.#changes.length = 0;
    for (let i = 1; i < this.depth; i++) this.#changes.push(1 + this.random.below(this.#longest));
  }

  pick(world: World, count: number): number {
    this.#demote(world);
    let best = world.enabled[0]!;
    for (let i = 0; i < count; i++) if (this.#of(world.enabled[i]!) > this.#of(best)) best = world.enabled[i]!;
    if (count > 1) this.#contested++;
    return best;
  }

  override end(_world: World, _ending: Ending): void {
    if (this.#contested > this.#longest) this.#longest = this.#contested;
  }

  /** The task that has just run drops at a change point, to a priority below all initial ones, and when it gives way. */
  #demote(world: World): void {
    if (world.count === 0) return;
    const last = world.pathTask[world.count - 1]!;
    const change = this.#changes.indexOf(this.#contested);
    if (change >= 0) {
      this.#priority[last] = this.depth - 1 - change;
      this.#changes[change] = -1;
    } else if (world.tasks[last]!.yielded) this.#priority[last] = --this.#lowest;
  }

  /** Initial priorities lie above `depth`, in random order; a new task falls anywhere among them. */
  #of(task: number): number {
    let priority = this.#priority[task];
    if (priority === undefined) {
      priority = this.depth + this.random.fraction();
      this.#priority[task] = priority;
    }
    return priority;
  }
}
