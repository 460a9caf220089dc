/**
 * Bounded search: all schedules of cost 0, then of cost 1, 2, … (iterative context bounding, delay bounding).
 *
 * - *context*: switching away from a task that could go on costs 1 (a preemption);
 * - *delay*: a deterministic scheduler (round robin in order of creation, without preemption) proposes; passing over k tasks costs k.
 *
 * Of two schedules that reach the same trace with the same task on the processor, only the cheaper is continued: what follows is
 * the same for both. So each level adds exactly the traces that need that many preemptions (delays). Work not yet done is kept as
 * schedule prefixes; memory grows with the number of prefixes of traces.
 */
import { Hash } from '../engine/hash.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import { TraceHash } from '../engine/trace-hash.ts';
import type { World } from '../engine/world.ts';

export type BoundKind = 'context' | 'delay';

interface Job {
  readonly tasks: Int32Array;
  readonly choices: Int32Array;
}

const EMPTY: Job = { tasks: new Int32Array(0), choices: new Int32Array(0) };

export class BoundedSearch implements Selector {
  readonly kind: BoundKind;
  /** Costs beyond this are not explored. */
  readonly limit: number;
  /** Cost of the execution at hand. */
  level = 0;
  /** Whether something was left out because it costs more than `limit`. */
  cut = false;
  readonly #levels: Job[][] = [[EMPTY]];
  readonly #seen = new Set<number>();
  readonly #trace = new TraceHash();
  readonly #key = new Hash();
  readonly #candidates: number[] = [];
  #job: Job = EMPTY;

  constructor(kind: BoundKind, limit: number = Number.POSITIVE_INFINITY) {
    this.kind = kind;
    this.limit = limit;
  }

  plan(): number {
    while (this.level < this.#levels.length && (this.#levels[this.level]?.length ?? 0) === 0) this.level++;
    const jobs = this.#levels[this.level];
    if (jobs === undefined) return -1;
    this.#job = jobs.pop()!;
    return 0;
  }

  /** Hash of the trace at hand. */
  get trace(): number {
    return this.#trace.value;
  }

  /** Each execution is repeated from its first step, so the trace is kept up from there. */
  begin(world: World): void {
    this.#trace.restart();
    world.trace = this.#trace;
  }

  pick(world: World, count: number): number {
    const at = world.count;
    const task = at < this.#job.tasks.length ? this.#job.tasks[at]! : this.#open(world, count);
    if (task < 0) return -1;
    const { choices } = world.tasks[task]!.pending!;
    if (at >= this.#job.tasks.length) {
      for (let choice = choices - 1; choice > 0; choice--) this.#defer(world, task, choice, 0);
    }
    return task;
  }

  choose(world: World): number {
    const at = world.count;
    return at < this.#job.choices.length ? this.#job.choices[at]! : 0;
  }

  end(_world: World, _ending: Ending): void {}

  /** A choice point not met before: goes on at no cost, and leaves the rest for later. */
  #open(world: World, count: number): number {
    const last = world.count === 0 ? -1 : world.pathTask[world.count - 1]!;
    if (this.#isKnown(last)) return -1;
    const candidates = this.#order(world, count, last);
    const isFree = this.kind === 'context' && candidates[0] !== last;
    for (let i = candidates.length - 1; i > 0; i--) {
      this.#defer(world, candidates[i]!, 0, isFree ? 0 : this.kind === 'context' ? 1 : i);
    }
    return candidates[0]!;
  }

  /** The enabled tasks in round-robin order, beginning with the one on the processor. */
  #order(world: World, count: number, last: number): number[] {
    const candidates = this.#candidates;
    candidates.length = 0;
    for (let i = 0; i < count; i++) if (world.enabled[i]! >= last) candidates.push(world.enabled[i]!);
    for (let i = 0; i < count; i++) if (world.enabled[i]! < last) candidates.push(world.enabled[i]!);
    return candidates;
  }

  #isKnown(last: number): boolean {
    this.#key.restart();
    this.#key.fold(last);
    const { value } = this.#trace;
    this.#key.fold(value | 0);
    this.#key.fold(Math.floor(value / 0x1_0000_0000));
    const key = this.#key.value;
    if (this.#seen.has(key)) return true;
    this.#seen.add(key);
    return false;
  }

  /** Leaves for later what begins like this execution and then moves `task`. */
  #defer(world: World, task: number, choice: number, cost: number): void {
    const level = this.level + cost;
    if (level > this.limit) {
      this.cut = true;
      return;
    }
    const length = world.count + 1;
    const tasks = new Int32Array(length);
    const choices = new Int32Array(length);
    tasks.set(world.pathTask.subarray(0, world.count));
    choices.set(world.pathChoice.subarray(0, world.count));
    tasks[length - 1] = task;
    choices[length - 1] = choice;
    while (this.#levels.length <= level) this.#levels.push([]);
    this.#levels[level]!.push({ tasks, choices });
  }
}
