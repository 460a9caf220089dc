/**
 * One execution steered towards a deadlock: each task of a ring is held back right before its request, until all of them are.
 *
 * Two ways alternate. *Hold*: whoever is not one of the ring keeps off the locks that its tasks have still to take. *In sequence*: the tasks
 * of the ring go to their requests one after the other, in an order drawn at random, all others frozen; some deadlocks come about in one
 * order alone. When all are there, the others run until they wait (a writer may have to queue), then everybody is let go. When nobody
 * else can move before, one is let go at random and may be held back again later. (Joshi, Park, Sen, Naik: "A Randomized Dynamic Program
 * Analysis Technique for Detecting Real Deadlocks", PLDI 2009; Cai, Wu, Chan: "ConLock", ICSE 2014.)
 */
import type { Random } from '../engine/random.ts';
import type { Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import { describeWait } from '../failure/record.ts';
import type { Closest } from './confirmation.ts';
import type { HeldByTask } from './held-by-task.ts';
import { asksForLock, lockClassOf } from './lock-step.ts';

/** A task of the ring, and where it is held back. */
export interface Member {
  readonly task: number;
  readonly holds: string;
  readonly wants: string;
}

/** One time in so many, somebody else than a task of the ring moves though one of those could. */
const OTHERS_TURN = 5;
/** Steps that others get when all of the ring are held back. */
const MOST_OTHERS = 200;

export class Steering implements Selector {
  readonly #held: HeldByTask;
  readonly #members: readonly Member[];
  /** In sequence: the members in their order; null: hold. */
  readonly #sequence: readonly Member[] | null;
  readonly #random: Random;
  readonly #isThere: () => boolean;
  readonly #paused = new Set<number>();
  #others = 0;
  #letGo = false;
  closest: Closest | null = null;

  constructor(
    held: HeldByTask,
    members: readonly Member[],
    sequence: readonly Member[] | null,
    random: Random,
    isThere: () => boolean,
  ) {
    this.#held = held;
    this.#members = members;
    this.#sequence = sequence;
    this.#random = random;
    this.#isThere = isThere;
  }

  plan(): number {
    return 0;
  }

  begin(): void {}

  pick(world: World, count: number): number {
    const able = world.enabled.slice(0, count);
    if (this.#letGo) return this.#isThere() ? -1 : this.#random.pick(able);
    this.#holdBack(world);
    const free = able.filter((task) => !this.#paused.has(task));
    if (this.#paused.size === this.#members.length) return this.#spring(able, free);
    if (free.length > 0) return this.#sequence === null ? this.#hold(world, free) : this.#next(free, this.#sequence);
    return this.#giveUp(world, able);
  }

  choose(_world: World, _task: number, choices: number): number {
    return this.#random.below(choices);
  }

  end(): void {}

  #holdBack(world: World): void {
    const before = this.#paused.size;
    for (const { task, holds, wants } of this.#members) {
      const op = world.tasks[task]?.pending ?? null;
      if (op === null || this.#paused.has(task) || !asksForLock(op) || lockClassOf(op) !== wants) continue;
      if (this.#held.of(task).some(({ lockClass }) => lockClass === holds)) this.#paused.add(task);
    }
    if (this.#paused.size > before && this.#paused.size > (this.closest?.paused.length ?? 0)) {
      this.closest = { paused: this.#describe(world), released: null };
    }
  }

  #describe(world: World): string[] {
    return this.#members
      .filter(({ task }) => this.#paused.has(task))
      .map(({ task, holds }) => {
        const { name, pending } = world.tasks[task]!;
        return `${name} at '${pending!.label()}' holding ${holds}`;
      });
  }

  /** All are there: the others first, then everybody. */
  #spring(able: readonly number[], free: readonly number[]): number {
    if (this.#isThere()) return -1;
    if (free.length > 0 && this.#others++ < MOST_OTHERS) return this.#random.pick(free);
    this.#letGo = true;
    return this.#random.pick(able);
  }

  #hold(world: World, free: readonly number[]): number {
    const polite = free.filter((task) => !this.#wouldTake(world, task));
    const own = polite.filter((task) => this.#isMember(task));
    if (own.length > 0 && (own.length === polite.length || this.#random.below(OTHERS_TURN) > 0)) {
      return this.#random.pick(own);
    }
    return this.#random.pick(polite.length > 0 ? polite : free);
  }

  /** A lock that another member has still to take. */
  #wouldTake(world: World, task: number): boolean {
    const op = world.tasks[task]!.pending!;
    if (!asksForLock(op)) return false;
    const wanted = lockClassOf(op);
    return this.#members.some(
      (member) => member.task !== task && !this.#paused.has(member.task) && member.holds === wanted,
    );
  }

  #next(free: readonly number[], sequence: readonly Member[]): number {
    const current = sequence.find(({ task }) => !this.#paused.has(task))!.task;
    if (free.includes(current)) return current;
    const helpers = free.filter((task) => !this.#isMember(task));
    return this.#random.pick(helpers.length > 0 ? helpers : free);
  }

  /** Only those held back could move: one of them has to. */
  #giveUp(world: World, able: readonly number[]): number {
    if (this.closest !== null && this.#paused.size === this.closest.paused.length && this.closest.released === null) {
      const missing = this.#members.filter(({ task }) => !this.#paused.has(task));
      const why = missing
        .map(({ task }) => world.tasks[task])
        .map((task) => {
          if (task === undefined || !task.started) return 'a task had not been started';
          return task.pending === null ? `${task.name} had ended` : `${task.name} ${describeWait(world, task)}`;
        });
      this.closest = { ...this.closest, released: why.join('; ') };
    }
    const task = this.#random.pick(able);
    this.#paused.delete(task);
    return task;
  }

  #isMember(task: number): boolean {
    return this.#members.some((member) => member.task === task);
  }
}
