/**
 * State caching: a state that has been explored is not explored again, with sleep sets and the stored-sleep-set rule.
 *
 * With each state is kept the sleep set it was explored with; met again with sleep set Z, only what slept then and is awake now is
 * explored, and the intersection is kept. Finds every reachable deadlock and failing end, visits each state once, and beats DPOR where
 * many orders lead to few states. A state is its hash: objects, what each task waits for, its locals (program files) or all that
 * its code has received so far (generators).
 *
 * A state met again while it is still on the stack closes a cycle: candidates for livelock, told through `cycle`.
 */
import { AccessSet } from '../engine/access-set.ts';
import { foldState } from '../engine/fold-state.ts';
import { Hash } from '../engine/hash.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';

interface Point {
  readonly key: number;
  /** Tasks that could move here. */
  readonly enabled: readonly number[];
  readonly asleep: number[];
  /** Tasks still to be explored, the first being explored. */
  readonly todo: number[];
  choice: number;
  choices: number;
}

export class CacheSearch implements Selector {
  /** Executions that ended in a state met before. */
  sleepBlocked = 0;
  /** Steps into states, first visits and others. */
  transitions = 0;
  /** The execution has come back to a state on the stack: its depth; -1 otherwise. */
  cycle = -1;
  readonly maxStates: number;
  readonly #seen = new Map<number, readonly number[]>();
  readonly #stack: Point[] = [];
  readonly #depthOf = new Map<number, number>();
  readonly #hash = new Hash();
  readonly #accesses = new AccessSet();
  #asleep: number[] = [];
  #started = false;
  #resume = false;
  #end = 0;

  /** States beyond `maxStates` are explored without being remembered. */
  constructor(world: World, maxStates = 2_000_000) {
    world.hashing = true;
    this.maxStates = maxStates;
  }

  get states(): number {
    return this.#seen.size;
  }

  /** Key of the state in which the last execution ended. */
  get trace(): number {
    return this.#end;
  }

  plan(): number {
    if (!this.#started) {
      this.#started = true;
      return 0;
    }
    for (;;) {
      const point = this.#stack.at(-1);
      if (point === undefined) return -1;
      if (point.choice + 1 < point.choices) {
        point.choice++;
      } else {
        point.choice = 0;
        point.asleep.push(point.todo.shift()!);
      }
      if (point.todo.length > 0) {
        this.#resume = true;
        return this.#stack.length - 1;
      }
      this.#stack.pop();
      if (this.#depthOf.get(point.key) === this.#stack.length) this.#depthOf.delete(point.key);
    }
  }

  begin(_world: World): void {
    this.cycle = -1;
    if (this.#stack.length === 0) this.#asleep = [];
  }

  pick(world: World, count: number): number {
    let point: Point | null;
    if (this.#resume) {
      this.#resume = false;
      point = this.#stack.at(-1)!;
    } else {
      point = this.#open(world, count);
      if (point === null) return -1;
    }
    const task = point.todo[0]!;
    this.#accesses.collect(world.tasks[task]!);
    point.choices = world.tasks[task]!.pending!.choices;
    this.#asleep = point.asleep.filter((t) => t !== task && !this.#accesses.dependsOn(world.tasks[t]!));
    this.transitions++;
    return task;
  }

  choose(): number {
    return this.#stack.at(-1)!.choice;
  }

  end(world: World, ending: Ending): void {
    if (ending === 'pruned') this.sleepBlocked++;
    this.#end = this.#stateOf(world);
    if (ending === 'complete' && this.#seen.size < this.maxStates) this.#seen.set(this.#end, []);
  }

  /** Steps on the stack from the state that a cycle returned to. */
  cycleTasks(): readonly number[] {
    return this.cycle < 0 ? [] : this.#stack.slice(this.cycle).map((point) => point.todo[0]!);
  }

  /** Tasks that could have moved at every state of the cycle. */
  cycleEnabled(): readonly number[] {
    const [first, ...rest] = this.#stack.slice(Math.max(0, this.cycle));
    return (first?.enabled ?? []).filter((task) => rest.every(({ enabled }) => enabled.includes(task)));
  }

  #open(world: World, count: number): Point | null {
    const key = this.#stateOf(world);
    const enabled = world.enabled.slice(0, count);
    const stored = this.#seen.get(key);
    const asleep = this.#asleep;
    let todo: number[];
    if (stored === undefined) {
      todo = enabled.filter((task) => !asleep.includes(task));
      if (this.#seen.size < this.maxStates) this.#seen.set(key, asleep.slice());
    } else {
      todo = stored.filter((task) => !asleep.includes(task));
      if (todo.length > 0) {
        this.#seen.set(
          key,
          stored.filter((task) => asleep.includes(task)),
        );
      }
    }
    if (todo.length === 0) {
      this.cycle = this.#depthOf.get(key) ?? -1;
      return null;
    }
    // What slept at the first visit has been explored from here, or from elsewhere, once this is done.
    const sleeping = stored === undefined ? asleep : enabled.filter((task) => !todo.includes(task));
    const point: Point = { key, enabled, asleep: sleeping.slice(), todo, choice: 0, choices: 1 };
    if (!this.#depthOf.has(key)) this.#depthOf.set(key, this.#stack.length);
    this.#stack.push(point);
    return point;
  }

  #stateOf(world: World): number {
    this.#hash.restart();
    foldState(this.#hash, world);
    return this.#hash.value;
  }
}
