/**
 * The smallest scheduler: generators, one step at a time, who moves next given by a list. It shows what a runtime has to do,
 * and drives the scheduler's side of the locks in tests.
 */
import type { Report, Task, Validator } from '@lockdep/core';
import { type Agent, blocks, type Operation, type Runtime, setRuntime } from '../src/index.ts';

export type Code = () => Generator<Operation<unknown>, unknown, unknown>;

export class Runner implements Agent {
  readonly name: string;
  readonly #generator: Generator<Operation<unknown>, unknown, unknown>;
  #task: Task | null = null;
  /** What it is parked at; null when it has ended. */
  at: Operation<unknown> | null = null;
  arrived = false;
  queued = false;
  blocked = false;
  result: unknown;
  failure: unknown;

  constructor(name: string, code: Code) {
    this.name = name;
    this.#generator = code();
  }

  taskOf(validator: Validator): Task {
    this.#task ??= validator.task(this.name);
    return this.#task;
  }

  /** Runs to the next operation. */
  resume(value: unknown): void {
    this.#park(() => this.#generator.next({ value }));
  }

  throw(error: unknown): void {
    this.#park(() => this.#generator.throw(error));
  }

  /** Ends it where it stands; its `finally` blocks run, their steps too. */
  kill(): void {
    if (this.at !== null && this.arrived) this.at.abandon(this);
    this.#park(() => this.#generator.return(undefined));
  }

  #park(step: () => IteratorResult<Operation<unknown>, unknown>): void {
    this.arrived = this.queued = this.blocked = false;
    try {
      const { done, value } = step();
      this.at = done === true ? null : (value as Operation<unknown>);
      if (done === true) this.result = value;
    } catch (error) {
      this.at = null;
      this.failure = error;
    }
  }
}

export class Driver implements Runtime {
  readonly runners: Runner[];
  readonly reports: Report[] = [];
  readonly log: string[] = [];
  #current: Runner;

  constructor(codes: Record<string, Code>) {
    this.runners = Object.entries(codes).map(([name, code]) => new Runner(name, code));
    this.#current = this.runners[0]!;
  }

  start<T>(operation: Operation<T>): Operation<T> {
    return operation;
  }

  /** The first `next` parks; the driver answers the second with `{ value }`. */
  iterate<T>(operation: Operation<T>): Iterator<Operation<unknown>, T, unknown> {
    return {
      next: (answer?: unknown) =>
        answer === undefined
          ? { done: false, value: operation }
          : { done: true, value: (answer as { value: T }).value },
      throw: (error: unknown) => {
        throw error;
      },
    };
  }

  agent(): Agent {
    return this.#current;
  }

  /** Lets the runners move in this order; one that cannot move says so in the log. */
  run(order: string): void {
    const previous = setRuntime(this);
    try {
      for (const name of order.split(' ')) this.#move(this.runners.find((runner) => runner.name === name)!);
    } finally {
      setRuntime(previous);
    }
  }

  kill(name: string): void {
    const previous = setRuntime(this);
    this.#current = this.runners.find((runner) => runner.name === name)!;
    this.#current.kill();
    setRuntime(previous);
  }

  #move(runner: Runner): void {
    this.#current = runner;
    const { at } = runner;
    if (at === null) {
      runner.resume(undefined);
      return;
    }
    if (!this.#enter(runner, at)) return;
    this.log.push(`${runner.name}: ${at.kind} ${at.lock.label}`);
    let result: unknown;
    try {
      result = at.perform(runner);
    } catch (error) {
      runner.throw(error);
      return;
    }
    runner.resume(result);
  }

  #enter(runner: Runner, at: Operation<unknown>): boolean {
    if (!blocks(at)) return true;
    if (!runner.arrived) {
      at.announce(runner);
      runner.arrived = true;
    }
    if (at.lock.queues && !runner.queued) {
      at.enqueue(runner);
      runner.queued = true;
      this.log.push(`${runner.name}: queue at ${at.lock.label}`);
      return false;
    }
    if (at.enabled(runner)) return true;
    if (!runner.blocked) {
      const report = at.block(runner);
      if (report !== null) this.reports.push(report);
      runner.blocked = true;
    }
    this.log.push(`${runner.name}: waits for ${at.lock.label}`);
    return false;
  }
}
