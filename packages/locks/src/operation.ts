/**
 * What a lock method returns: one operation on one lock, for `await` and for `yield*`.
 *
 * An operation is a promise with a plain promise's `constructor`, which is what lets V8 await it directly: 1 microtask, as
 * fast as awaiting a native promise and a quarter of the cost of another thenable. A lock keeps one settled operation per kind, so
 * an acquisition that does not wait allocates nothing. To a scheduler the same object says what is to be done on which lock
 * ({@link Operation.announce}, {@link Operation.enabled}, {@link Operation.perform}), and it does it.
 */
import { type Lock, MODE_MASK, type Report } from '@lockdep/core';
import type { AcquireLockOptions } from './lock-options.ts';
import { type Agent, currentRuntime } from './runtime.ts';

/** Every visible step a lock can take part in, with a number for tables. */
const KINDS = {
  acquire: 0,
  'try-acquire': 1,
  release: 2,
  downgrade: 3,
  transfer: 4,
  wait: 5,
  'try-wait': 6,
  complete: 7,
  'complete-all': 8,
  reinit: 9,
  claim: 10,
} as const;

/** What can be done with a lock, by name. */
export type OperationKind = keyof typeof KINDS;

/**
 * The side of a lock that a scheduler works with. Order of calls for a blocking operation: `announce` once, when the task
 * arrives; then either `perform` as soon as `enabled`, or `block` (once, it has to wait) before that, or `abandon` when the
 * task is killed while waiting. Where {@link Operable.queues} is true, `enqueue` is a visible step of its own between
 * `announce` and `perform`. Operations that cannot block are always enabled and need `perform` alone.
 */
export interface Operable {
  /** How reports and diagrams call it. */
  readonly label: string;
  /** Waiting is in order of arrival, so that arriving is a step others can see (fair reader/writer semaphores). */
  readonly queues: boolean;
  announce(operation: Operation<unknown>, agent: Agent): void;
  enqueue(operation: Operation<unknown>, agent: Agent): void;
  /** Answers the deadlock that this waiting would complete, if it would. */
  block(operation: Operation<unknown>, agent: Agent): Report | null;
  enabled(operation: Operation<unknown>, agent: Agent): boolean;
  perform(operation: Operation<unknown>, agent: Agent): unknown;
  abandon(operation: Operation<unknown>, agent: Agent): void;
}

/** A step that has taken effect when the method returns (asynchronous code), or when it is yielded (under a scheduler). */
export interface Step<T = void> {
  [Symbol.iterator](): Iterator<Operation<unknown>, T, unknown>;
}

/** Whether a task may have to wait at this operation. */
export function blocks(operation: Operation<unknown>): boolean {
  return operation.kind === 'acquire' || operation.kind === 'wait';
}

/** One small integer for a kind and a packed acquisition (11 bits). */
export function operationIndex(kind: OperationKind, how: number): number {
  return (KINDS[kind] << 11) | how;
}

/** How to do it: see the fields of {@link Operation}. */
export interface OperationDetail {
  readonly how: number;
  readonly nest: Lock | null;
  /** How to wait, where the caller said so. */
  readonly options?: AcquireLockOptions;
  /** The receiver of a transfer. */
  readonly to?: Agent;
  /** Makes the result of the operation once it has been performed (a guard). */
  readonly result?: () => unknown;
}

type Executor<T> = (resolve: (value: T) => void, reject: (reason: unknown) => void) => void;

export class Operation<T = void> extends Promise<T> implements Step<T> {
  readonly lock!: Operable;
  readonly kind!: OperationKind;
  /** Mode, subclass and flags, packed as the core wants them. */
  readonly how!: number;
  /** The lock that makes nesting in its class legal. */
  readonly nest!: Lock | null;
  readonly detail!: OperationDetail;

  constructor(lock: Operable, kind: OperationKind, detail: OperationDetail, executor: Executor<T>) {
    super(executor);
    this.lock = lock;
    this.kind = kind;
    this.detail = detail;
    this.how = detail.how;
    this.nest = detail.nest;
  }

  /** One that has succeeded with `value` as far as asynchronous code is concerned. */
  static settled<T>(lock: Operable, kind: OperationKind, detail: OperationDetail, value: T): Operation<T> {
    return new Operation<T>(lock, kind, detail, (resolve) => resolve(value));
  }

  /** `WRITE` or `READ`. */
  get mode(): number {
    return this.how & MODE_MASK;
  }

  announce(agent: Agent): void {
    this.lock.announce(this, agent);
  }

  enqueue(agent: Agent): void {
    this.lock.enqueue(this, agent);
  }

  block(agent: Agent): Report | null {
    return this.lock.block(this, agent);
  }

  enabled(agent: Agent): boolean {
    return this.lock.enabled(this, agent);
  }

  perform(agent: Agent): T {
    const result = this.lock.perform(this, agent);
    const { result: wrap } = this.detail;
    return (wrap === undefined ? result : wrap()) as T;
  }

  abandon(agent: Agent): void {
    this.lock.abandon(this, agent);
  }

  /** For generators: `yield* operation`. Needs a scheduler. */
  [Symbol.iterator](): Iterator<Operation<unknown>, T, unknown> {
    const runtime = currentRuntime();
    if (runtime === null) {
      throw new TypeError(
        `yield* on ${this.kind} of '${this.lock.label}' outside a scheduler: run the generator under @lockdep/simulator, or await the operation`,
      );
    }
    return runtime.iterate(this);
  }
}

// `await` takes a promise as it is only when its constructor is Promise; and what `.then` derives from an operation is none.
Object.defineProperty(Operation.prototype, 'constructor', { value: Promise, writable: true, configurable: true });
