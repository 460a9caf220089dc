/**
 * Replay that makes the best of a schedule: takes what steps of it are possible, skips the rest, finishes without preemption.
 *
 * The minimiser proposes schedules by cutting pieces out of one; this runs them. It stops as soon as the failure looked for is
 * certain, and counts the preemptions of what it did. A task that is left out never moves.
 */
import type { Ending, Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { nextInTurn } from './in-turn.ts';
import type { Segment } from './path.ts';

export class TolerantReplay implements Selector {
  readonly #segments: readonly Segment[];
  readonly #choices: ReadonlyMap<number, readonly number[]>;
  readonly #without: ReadonlySet<number>;
  readonly #isCertain: (world: World) => boolean;
  preemptions = 0;
  /** Outcomes of the choices made. */
  readonly made: Map<number, number[]> = new Map();
  #segment = 0;
  #left = 0;

  constructor(
    segments: readonly Segment[],
    choices: ReadonlyMap<number, readonly number[]>,
    without: ReadonlySet<number>,
    isCertain: (world: World) => boolean,
  ) {
    this.#segments = segments;
    this.#choices = choices;
    this.#without = without;
    this.#isCertain = isCertain;
  }

  plan(): number {
    return 0;
  }

  begin(): void {
    this.#segment = 0;
    this.#left = this.#segments[0]?.steps ?? 0;
  }

  pick(world: World, count: number): number {
    if (this.#isCertain(world)) return -1;
    const last = world.count === 0 ? -1 : world.pathTask[world.count - 1]!;
    const task = this.#next(world, count, last);
    if (task >= 0 && task !== last && last >= 0 && world.isEnabled(last)) this.preemptions++;
    return task;
  }

  choose(_world: World, task: number, choices: number): number {
    let made = this.made.get(task);
    if (made === undefined) {
      made = [];
      this.made.set(task, made);
    }
    const choice = Math.min(this.#choices.get(task)?.[made.length] ?? 0, choices - 1);
    made.push(choice);
    return choice;
  }

  end(_world: World, _ending: Ending): void {}

  #next(world: World, count: number, last: number): number {
    for (; this.#segment < this.#segments.length; this.#advance()) {
      const { task } = this.#segments[this.#segment]!;
      if (this.#left === 0 || this.#without.has(task) || world.tasks[task] === undefined || !world.isEnabled(task))
        continue;
      this.#left--;
      return task;
    }
    if (last >= 0 && !this.#without.has(last) && world.isEnabled(last) && !world.tasks[last]!.yielded) return last;
    return nextInTurn(world, count, last, this.#without);
  }

  #advance(): void {
    this.#segment++;
    this.#left = this.#segments[this.#segment]?.steps ?? 0;
  }
}
