/**
 * Virtual time. A sleeper wakes at any moment after all sleepers with earlier deadlines have: other tasks may be as slow as the
 * scheduler likes, so a timeout can always fire first. Waking moves the clock to the deadline.
 *
 * Going to sleep is a step (it reads the clock) and waking is another (it sets the clock). Timers are set by one task and wake another, the
 * line of code that runs their callback.
 */
import { EXCLUSIVE, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import { SimObject } from '../engine/sim-object.ts';

const START = 0;
const WAKE = 1;
const SET = 2;

/** A timer as the clock knows it: the task it wakes, and when. */
export interface ClockTimer {
  /** Number of the task. */
  readonly task: number;
  /** After how many milliseconds. */
  readonly ms: number;
}

interface TimersRequest {
  readonly timers: readonly ClockTimer[];
  readonly prepare: () => void;
}

/** Virtual time, in milliseconds: waking a sleeper moves it to the sleeper's deadline. */
export class Clock extends SimObject {
  readonly kind = 'clock';
  override readonly registerLike = false;
  now = 0;
  /** Deadline by task number; absent: awake. */
  readonly #deadlines = new Map<number, number>();
  /** What the clock showed each task when it last looked: a task's own time depends on its own steps alone. */
  readonly #seen = new Map<number, number>();
  readonly #sleeps = new Map<number, Op<void>>();
  readonly #wake = new Op<void>(this, WAKE, { blocks: true, queuedIn: this });

  constructor() {
    super('clock');
  }

  sleep(ms: number): Op<void> {
    let op = this.#sleeps.get(ms);
    if (op === undefined) {
      op = new Op<void>(this, START, { arg: ms, follow: this.#wake });
      this.#sleeps.set(ms, op);
    }
    return op;
  }

  /** Sets timers, all at one moment; `prepare` is called right before. */
  set(timers: readonly ClockTimer[], prepare: () => void): Op<void> {
    return new Op<void>(this, SET, { arg: { timers, prepare } });
  }

  /** What the task of a timer is parked on. */
  get wake(): Op<void> {
    return this.#wake;
  }

  /** The time as `task` knows it. */
  seenBy(task: number): number {
    return this.#seen.get(task) ?? 0;
  }

  /** Whether the op is a sleeper's waking. */
  isWake(op: Op): boolean {
    return op === this.#wake;
  }

  reset(): void {
    this.now = 0;
    if (this.#deadlines.size > 0) this.#deadlines.clear();
    if (this.#seen.size > 0) this.#seen.clear();
  }

  override enabled(_op: Op, task: number): boolean {
    const own = this.#deadlines.get(task);
    if (own === undefined) return false;
    for (const deadline of this.#deadlines.values()) if (deadline < own) return false;
    return true;
  }

  override mode(op: Op, _task: number): number {
    return op.code === WAKE ? EXCLUSIVE : SHARED;
  }

  run(op: Op, task: number): unknown {
    if (op.code === START) this.#deadlines.set(task, this.now + (op.arg as number));
    else if (op.code === WAKE) {
      this.now = Math.max(this.now, this.#deadlines.get(task)!);
      this.#deadlines.delete(task);
    } else {
      const { timers, prepare } = op.arg as TimersRequest;
      // A twin repeats what has been prepared.
      if (this.world !== null) prepare();
      for (const timer of timers) this.#deadlines.set(timer.task, this.now + timer.ms);
    }
    this.#seen.set(task, this.now);
    return undefined;
  }

  override cancel(_op: Op, task: number): void {
    this.#deadlines.delete(task);
  }

  override twin(): Clock {
    return new Clock();
  }

  override holders(): readonly number[] {
    return [];
  }

  override key(): unknown {
    return [this.now, [...this.#deadlines].sort((a, b) => a[0] - b[0]), [...this.#seen].sort((a, b) => a[0] - b[0])];
  }

  describe(op: Op): string {
    if (op.code === START) return `sleep ${op.arg as number} ms`;
    if (op.code === WAKE) return 'wake';
    const { timers } = op.arg as TimersRequest;
    return `set timer ${timers.map(({ ms }) => `${ms} ms`).join(', ')}`;
  }
}
