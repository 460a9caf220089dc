/**
 * A task of a simulated program: where it is parked, and how its code is resumed.
 *
 * A task is also an object of the simulation (`kind: task`): others join it and kill it. Its number is stable: the n-th child of
 * a parent has the same number in every execution, whatever the order in which parents spawn.
 * Its code is a generator, a {@link TaskBody} (an interpreter, an async function), or has not been started.
 */
import type { Task, Validator } from '@lockdep/core';
import type { Agent, Operation } from '@lockdep/locks';
import { EXCLUSIVE } from './access.ts';
import { Hash } from './hash.ts';
import { Op } from './op.ts';
import { NO_OBJECTS, NOBODY, SimObject } from './sim-object.ts';
import { killTask } from './task-code.ts';

/** Code of a task that is no generator. */
export interface TaskBody {
  /** Goes on with the result of the op it was parked on (`undefined` at first); answers the next op, null at the end. */
  resume(value: unknown): unknown;
  /** Runs what must run when the task is killed; answers as `resume`. */
  kill(): unknown;
  /** What the code returned. */
  readonly result?: unknown;
  /** Program counter and locals as a key, when the code can tell. */
  localKey?(): unknown;
}

/** What a task waits for: an operation of the simulation, or one on a lock of `@lockdep/locks`. */
export type Visible = Op<unknown> | Operation<unknown>;

/** Code that runs as a task, or as part of one: `function* (): Sim<number> { … }`. */
export type Sim<T = void> = Generator<Visible, T, unknown>;

/** How a task begins. */
export interface TaskOptions {
  /** Expected never to end: parked for ever it is no deadlock. Default false. */
  readonly daemon?: boolean;
  /** May be killed by others; makes each of its steps depend on the kill. Default false. */
  readonly killable?: boolean;
}

export const JOIN = 0;
export const KILL = 1;

/** A task of the simulation, as the program sees it. */
export class SimTask extends SimObject implements Agent {
  readonly kind = 'task';
  override readonly owned: boolean = true;
  readonly index: number;
  /** Unique in its world: a second `reader` is `reader#2`. */
  override name: string;
  /** The name as given. */
  given = '';
  parent = -1;
  daemon = false;
  killable = false;
  /** Stands for the variables of async code, which every step of any of its lines may touch; null for other code. */
  shares: SimObject | null = null;
  /** Async code: what may end its wait; the wait reads it. */
  heeds: SimObject | null = null;
  /** Async code: what a kill depends on, since it runs code, and since others may end the wait. */
  exposes: readonly SimObject[] = NO_OBJECTS;
  /** Its steps access nothing but what their operations say. */
  isPlain = true;
  /** Of a line of async code: the one it branched off, under whose locks it runs. */
  origin: SimTask | null = null;
  /** Started in this execution. */
  started = false;
  finished = false;
  /** Somebody has killed it; it unwinds where it next waits, if it has not yet. */
  killed = false;
  doomed = false;
  /** The op it is parked on; null before the start and after the end. */
  pending: Op | null = null;
  /** Visible steps done. */
  steps = 0;
  /** The event without which the pending op could not run: its spawn, the signal that woke it. -1: none. */
  gate = -1;
  /** The event in which it ended; -1 when it ended before the first event, or has not. */
  finishedAt = -1;
  generator: Iterator<unknown, unknown, unknown> | null = null;
  body: TaskBody | null = null;
  result: unknown = undefined;
  /** Rolling hash of everything its code has received, kept while the world hashes states. */
  readonly history: Hash = new Hash();
  /** Set by steps that give up the processor on purpose (a backoff): others should go first. */
  yielded = false;
  readonly #identities = new Map<Validator, Task>();
  readonly #join: Op;
  readonly #kill: Op;

  constructor(index: number, name: string) {
    super(name);
    this.index = index;
    this.name = name;
    this.#join = new Op(this, JOIN, { blocks: true, targets: [] });
    this.#kill = new Op(this, KILL, { victim: this });
  }

  /** Waits until the task has ended; gives what it returned. */
  join(): Op<unknown> {
    return this.#join;
  }

  /**
   * Ends the task: where it waits, or as soon as it does (what cannot wait, such as a release, it still does), a {@link TaskKilledError} is
   * thrown. So its `finally` blocks run, as further steps; a wait in a condition gets its mutex back first, and async code that waits for a promise
   * goes on to its next operation. It is killed once: what the blocks wait for, they get, and code that catches the error goes on.
   */
  kill(): Op<void> {
    return this.#kill as Op<void>;
  }

  reset(): void {
    if (!this.started) return;
    this.started = false;
    this.finished = false;
    this.killed = false;
    this.doomed = false;
    this.pending = null;
    this.steps = 0;
    this.gate = -1;
    this.finishedAt = -1;
    this.generator = null;
    this.body = null;
    this.result = undefined;
    this.history.restart();
    this.yielded = false;
    if (this.#identities.size > 0) this.#letGo();
    this.origin = null;
  }

  /** What a validator knows it as: one task over all executions, so that it does not count as another one in each. */
  taskOf(validator: Validator): Task {
    let identity = this.#identities.get(validator);
    if (identity === undefined) {
      identity = validator.task(this.name);
      this.#identities.set(validator, identity);
    }
    return identity;
  }

  /** A line that branches off runs under what its origin holds, but for the lock that one is only about to take. */
  #forked(validator: Validator, origin: SimTask): Task {
    const parent = origin.taskOf(validator);
    const { pending } = origin;
    const asks = pending !== null && (pending.blocks || pending.follow !== null) && pending.isPlain;
    return validator.task(this.name, { parent, depth: Math.max(0, parent.depth - (asks ? 1 : 0)) });
  }

  /** It is a line that branches off another, under the locks that one holds now. */
  branchOff(origin: SimTask): void {
    this.origin = origin;
    for (const validator of origin.#identities.keys()) this.#identities.set(validator, this.#forked(validator, origin));
  }

  /** It has ended: what it still holds is reported. */
  leave(): void {
    if (this.#identities.size === 0) return;
    for (const [validator, identity] of this.#identities) {
      if (identity.depth === 0) continue;
      validator.endTask(identity);
      this.#identities.delete(validator);
    }
  }

  /** An execution is over, perhaps in the middle: what is held or waited for is forgotten without a report. */
  #letGo(): void {
    for (const [validator, identity] of this.#identities) {
      // What is inherited stays; it goes with the task.
      for (let i = identity.depth - 1; i >= 0; i--) validator.cancel(identity, identity.locks[i]!);
      if (identity.entered === 0 && identity.off === 0 && this.origin === null) continue;
      validator.endTask(identity);
      this.#identities.delete(validator);
    }
  }

  override enabled(op: Op, _task: number): boolean {
    return op.code !== JOIN || this.finished;
  }

  override mode(_op: Op, _task: number): number {
    return EXCLUSIVE;
  }

  run(op: Op, task: number): unknown {
    if (op.code === JOIN) return this.result;
    killTask(this.world!, this, task);
    return undefined;
  }

  override holders(): readonly number[] {
    return this.finished ? NOBODY : [this.index];
  }

  override key(): unknown {
    return this.finished ? 1 : this.started ? 2 : 0;
  }

  /** As a value that other tasks have received. */
  stateKey(): unknown {
    return this.index;
  }

  describe(op: Op): string {
    return `${op.code === JOIN ? 'join' : 'kill'} ${this.name}`;
  }
}
