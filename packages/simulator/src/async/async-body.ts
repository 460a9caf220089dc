/**
 * One async function as the code of a task: a queue of operations it has started, the first being the one it is parked on.
 */
import { type Op, takeSite } from '../engine/op.ts';
import type { SimTask, TaskBody } from '../engine/sim-task.ts';
import { RUNNING } from '../engine/task-code.ts';

export interface Waiting {
  readonly op: Op;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** What a body tells of its task while it was running. */
export interface Arrivals {
  parked(task: SimTask, op: Op): void;
  ended(task: SimTask): void;
  crashed(task: SimTask, reason: unknown): void;
}

/** Thrown into async code that is killed while it waits. */
export class TaskKilledError extends Error {
  constructor(task: string) {
    super(`task '${task}' has been killed`);
    this.name = 'TaskKilledError';
  }
}

export class AsyncBody implements TaskBody {
  readonly task: SimTask;
  readonly #arrivals: Arrivals;
  readonly #queue: Waiting[] = [];
  result: unknown = undefined;
  /** Its code runs, or waits for something else than the scheduler. */
  isRunning = false;
  #isStarted = false;
  #hasEnded = false;
  #error: { readonly reason: unknown } | null = null;
  #isAbandoned = false;
  /** Stack of the latest wait, while sites are captured. */
  lastSite: string | null = null;
  /** The latest step, in words. */
  lastLabel: string | null = null;
  /** The latest foreign resource it has made, while those are looked for. */
  resource: { readonly type: string; readonly stack: string } | null = null;

  constructor(task: SimTask, arrivals: Arrivals) {
    this.task = task;
    this.#arrivals = arrivals;
  }

  /** The promise of the code, once it has been called. */
  follow(promise: PromiseLike<unknown>): void {
    promise.then(
      (value) => this.#end(value, null),
      (reason) => this.#end(undefined, { reason }),
    );
  }

  /** The code has started an operation. */
  park(waiting: Waiting): void {
    if (this.#isAbandoned) return;
    this.#queue.push(waiting);
    this.lastSite = takeSite();
    if (!this.isRunning) return;
    this.isRunning = false;
    this.#arrivals.parked(this.task, waiting.op);
  }

  resume(value: unknown): unknown {
    if (this.#isStarted) this.#settle(value);
    this.#isStarted = true;
    return this.#next();
  }

  /** Async code cannot be unwound from outside: its waits fail, and what it does then is followed step by step. */
  kill(): unknown {
    for (const { reject } of this.#queue.splice(0)) reject(new TaskKilledError(this.task.name));
    return this.#next();
  }

  /** The execution is over: what the code still does is of no interest. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#queue.length = 0;
  }

  #next(): unknown {
    if (this.#queue.length > 0) return this.#queue[0]!.op;
    if (this.#error !== null) throw this.#error.reason;
    if (this.#hasEnded) return null;
    this.isRunning = true;
    return RUNNING;
  }

  #settle(value: unknown): void {
    const waiting = this.#queue.shift()!;
    this.lastLabel = waiting.op.label(value);
    waiting.resolve(value as never);
  }

  #end(value: unknown, error: { readonly reason: unknown } | null): void {
    if (this.#isAbandoned) return;
    this.#hasEnded = true;
    this.result = value;
    this.#error = error?.reason instanceof TaskKilledError ? null : error;
    if (!this.isRunning) return;
    this.isRunning = false;
    if (this.#error === null) this.#arrivals.ended(this.task);
    else this.#arrivals.crashed(this.task, this.#error.reason);
  }
}
