/**
 * A machine of its own: runs tasks one step at a time, in turn, picked at random from a seed, or by virtual time, as on a machine with
 * a processor for each task. No exploration, no replay.
 *
 * Virtual time: every task has its own, each step takes as long as `cost` says, the task that is furthest behind moves next, and who
 * had to wait goes on when the step has been taken that let it.
 *
 * For long campaigns and for measuring: about the cost of the steps themselves. Deterministic for a given seed.
 */
import type { Task, Validator } from '@lockdep/core';
import { type Agent, blocks, Operation, type Runtime, setRuntime } from '@lockdep/locks';
import type { Act, Machine, Proc, Region } from './machine.ts';

/** A step of this machine that is no lock operation, and its own iterator: it is parked on once, then it answers. */
class PlainStep<T> implements Act<T>, Iterator<unknown, T, unknown> {
  readonly words: string;
  readonly perform: () => T;
  readonly #arrive: Arrive;
  #parked = false;

  constructor(words: string, perform: () => T, arrive: Arrive) {
    this.words = words;
    this.perform = perform;
    this.#arrive = arrive;
  }

  [Symbol.iterator](): this {
    this.#parked = false;
    return this;
  }

  next(value?: unknown): IteratorResult<unknown, T> {
    if (this.#parked) return { done: true, value: value as T };
    this.#parked = true;
    return (this.#arrive(this) as IteratorResult<unknown, T> | null) ?? { done: false, value: this };
  }
}

/** The running task has got to a step: what comes of it, when it is taken at once; null when somebody else moves first. */
type Arrive = (step: unknown) => IteratorResult<unknown, unknown> | null;

class PlainTask implements Agent {
  readonly name: string;
  #identity: Task | null = null;
  generator: Proc<unknown> | null = null;
  /** What it is parked on; null before the start and after the end. */
  pending: unknown = null;
  /** Of a queueing lock: it has joined the queue. */
  queued = false;
  blocked = false;
  /** Its virtual time. */
  time = 0;

  constructor(name: string) {
    this.name = name;
  }

  taskOf(validator: Validator): Task {
    this.#identity ??= validator.task(this.name);
    return this.#identity;
  }

  end(validator: Validator | null): void {
    if (this.#identity !== null) validator?.endTask(this.#identity);
  }
}

/** How a {@link PlainMachine} schedules, and who is told. */
export interface PlainOptions {
  /** Picks tasks at random from this seed; without it the running task goes on until it must wait. */
  readonly seed?: number;
  /** Told when tasks end, so that held locks are reported. */
  readonly validator?: Validator | null;
  /** Schedules by virtual time: how long a step takes, given its words (of a lock operation: its kind), in microseconds. */
  readonly cost?: (words: string) => number;
}

/** How a run ended: the names of the tasks that wait for each other, when not all could finish. */
export interface PlainOutcome {
  /** Steps taken in this run. */
  readonly steps: number;
  /** Empty when all tasks have ended. After `maxSteps`, also those that could have gone on. */
  readonly stuck: readonly string[];
}

/** Runs tasks to their end in one order: in turn, or drawn from a seed. The same seed gives the same run. */
export class PlainMachine implements Machine {
  readonly #tasks: PlainTask[] = [];
  readonly #validator: Validator | null;
  readonly #runtime: Runtime;
  #random: number;
  readonly #preempts: boolean;
  readonly #cost: ((words: string) => number) | null;
  #now = 0;
  #current: PlainTask;
  /** Steps taken in this run, and how many there may be. */
  #steps = 0;
  #maxSteps = 0;
  /** Whether a generator is being resumed by this machine, so that it may take steps without coming back. */
  #isRunning = false;
  /** Who could move, of the last that was picked. */
  readonly #able: PlainTask[] = [];
  /** Who moves next. */
  #picked: PlainTask | null = null;
  /** What a step threw that was taken without coming back: an error of the machine, which tasks do not catch. */
  #error: { readonly thrown: unknown } | null = null;
  readonly #arrive: Arrive = (step) => this.#goOn(step);

  constructor(options: PlainOptions = {}) {
    this.#validator = options.validator ?? null;
    this.#cost = options.cost ?? null;
    this.#preempts = options.seed !== undefined && this.#cost === null;
    this.#random = (options.seed ?? 1) * 2654435761;
    this.#current = new PlainTask('setup');
    this.#runtime = {
      start: (operation) => operation,
      iterate: (operation) => iterate(operation, this.#arrive),
      agent: () => this.#current,
    };
  }

  /** Virtual time, in microseconds: that of the step being taken. 0 when nothing costs anything. */
  get now(): number {
    return this.#now;
  }

  region(name: string): Region {
    return { name };
  }

  access<T>(_reads: readonly Region[], _writes: readonly Region[], words: string, perform: () => T): Act<T> {
    return new PlainStep(words, perform, this.#arrive);
  }

  choose(count: number, label: string): Act<number> {
    return new PlainStep(label, () => this.#below(count), this.#arrive);
  }

  start(name: string, code: () => Proc<unknown>): Act<unknown> {
    return new PlainStep('start', () => this.#start(new PlainTask(name), code), this.#arrive);
  }

  current(): Agent {
    return this.#current;
  }

  /** A task of the program, before the run. */
  spawn(name: string, code: () => Proc<unknown>): void {
    this.#start(new PlainTask(name), code);
  }

  /** Runs until nobody can move. Errors thrown by tasks come through. */
  run(maxSteps: number = Number.POSITIVE_INFINITY): PlainOutcome {
    const before = setRuntime(this.#runtime);
    this.#steps = 0;
    this.#maxSteps = maxSteps;
    this.#isRunning = true;
    try {
      this.#picked = this.#pick();
      while (this.#picked !== null && this.#steps < maxSteps) this.#step(this.#picked);
    } finally {
      this.#isRunning = false;
      setRuntime(before);
    }
    return { steps: this.#steps, stuck: this.#tasks.map((task) => task.name) };
  }

  #start(task: PlainTask, code: () => Proc<unknown>): void {
    task.generator = code();
    // Parked before its first step, which is then nothing but getting there.
    task.pending = new PlainStep('begin', () => undefined, this.#arrive);
    task.time = this.#now;
    this.#tasks.push(task);
  }

  #pick(): PlainTask | null {
    if (this.#cost !== null) return this.#furthestBehind();
    if (!this.#preempts) {
      if (this.#canMove(this.#current)) return this.#current;
      return this.#tasks.find((task) => this.#canMove(task)) ?? null;
    }
    const able = this.#able;
    able.length = 0;
    for (const task of this.#tasks) if (this.#canMove(task)) able.push(task);
    return able.length === 0 ? null : able[this.#below(able.length)]!;
  }

  /** Who had to wait and need not any more has reached the moment of the step that let it. */
  #furthestBehind(): PlainTask | null {
    let first: PlainTask | null = null;
    for (const task of this.#tasks) {
      const waited = task.blocked;
      if (!this.#canMove(task)) continue;
      if (waited) {
        task.time = Math.max(task.time, this.#now);
        task.blocked = false;
      }
      if (first === null || task.time < first.time) first = task;
    }
    return first;
  }

  #canMove(task: PlainTask): boolean {
    const { pending } = task;
    if (pending === null) return false;
    if (!(pending instanceof Operation) || !blocks(pending)) return true;
    if (pending.lock.queues && !task.queued) return true;
    if (pending.enabled(task)) return true;
    if (!task.blocked) {
      task.blocked = true;
      pending.block(task);
    }
    return false;
  }

  /** Takes a step of a task, and what follows it until somebody else moves. */
  #step(task: PlainTask): void {
    this.#current = task;
    const done = this.#take(task);
    if (done === null) this.#picked = this.#pick();
    else this.#resume(task, done.value);
  }

  /** Takes the step that a task is parked on; null when it has only joined a queue by that. */
  #take(task: PlainTask): { done: true; value: unknown } | null {
    const { pending } = task;
    this.#steps += 1;
    if (this.#cost !== null) {
      task.time += this.#cost(pending instanceof Operation ? pending.kind : (pending as PlainStep<unknown>).words);
      this.#now = task.time;
    }
    if (pending instanceof PlainStep) return { done: true, value: pending.perform() };
    if (!(pending instanceof Operation))
      throw new TypeError(`task '${task.name}' waits for something that this machine does not own: ${String(pending)}`);
    if (!blocks(pending) || !pending.lock.queues || task.queued) return { done: true, value: pending.perform(task) };
    pending.enqueue(task);
    task.queued = true;
    return null;
  }

  #resume(task: PlainTask, value: unknown): void {
    task.pending = null;
    const next = task.generator!.next(value);
    const error = this.#error;
    this.#error = null;
    if (error !== null) throw error.thrown;
    if (next.done === true) {
      task.pending = null;
      this.#tasks.splice(this.#tasks.indexOf(task), 1);
      task.end(this.#validator);
      this.#picked = this.#pick();
    } else if (task.pending !== next.value) {
      this.#park(task, next.value);
      this.#picked = this.#pick();
    }
  }

  #park(task: PlainTask, pending: unknown): void {
    task.pending = pending;
    task.queued = false;
    task.blocked = false;
    if (pending instanceof Operation) pending.announce(task);
  }

  /**
   * Steps are taken from within the generator as long as its task is the one to move: coming back to the machine costs as much as there
   * are callers on the way, and who moves next can be asked from here.
   */
  #goOn(step: unknown): IteratorResult<unknown, unknown> | null {
    if (!this.#isRunning) return null;
    const task = this.#current;
    try {
      this.#park(task, step);
      for (;;) {
        this.#picked = this.#pick();
        if (this.#picked !== task || this.#steps >= this.#maxSteps) return null;
        const done = this.#take(task);
        if (done !== null) return done;
      }
    } catch (thrown) {
      this.#error = { thrown };
      return null;
    }
  }

  #below(count: number): number {
    let x = this.#random | 0;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return (x >>> 0) % count;
  }
}

function iterate<T>(operation: Operation<T>, arrive: Arrive): Iterator<Operation<unknown>, T, unknown> {
  let parked = false;
  return {
    next(value?: unknown): IteratorResult<Operation<unknown>, T> {
      if (parked) return { done: true, value: value as T };
      parked = true;
      const taken = arrive(operation) as IteratorResult<Operation<unknown>, T> | null;
      return taken ?? { done: false, value: operation as Operation<unknown> };
    },
    throw(error?: unknown): never {
      throw error;
    },
  };
}
