/**
 * What every lock is made of: waiting rules (a state machine), a class known to a validator, and two fronts over them.
 *
 * Here is the front for schedulers ({@link Operable}), which acts when it is told; async-lock.ts has that for asynchronous code, which
 * acts when a method is called. Both announce to the validator before they wait, so a real deadlock is reported before
 * anybody blocks. Invariant: what the validator believes held is what the state machine says is held.
 */
import { type Lock, type LockKindName, MODE_MASK, type Report, TRYLOCK, type Validator } from '@lockdep/core';
import { classKey } from './class-key.ts';
import { currentStrand } from './current-strand.ts';
import { LockMisuseError } from './lock-misuse-error.ts';
import type { AcquireLockOptions, LockOptions } from './lock-options.ts';
import { blocks, type Operable, Operation, type OperationKind, operationIndex } from './operation.ts';
import { processValidator } from './process-validator.ts';
import { type Agent, currentRuntime } from './runtime.ts';
import type { LockState } from './state/lock-state.ts';

/** In place of a mode: a release in whatever mode the lock is held. */
export const EITHER_MODE: number = MODE_MASK;

/** `EITHER_MODE` leaves the mode open. */
export function stateMode(mode: number): number | undefined {
  return mode === EITHER_MODE ? undefined : mode;
}

export abstract class BaseLock implements Operable {
  /** How errors, reports and diagrams call this lock. */
  readonly label: string;
  /** Null when the lock is not validated. */
  readonly validator: Validator | null;
  /** The validator, where taking this lock means to hold it (waiting for a signal does not). */
  protected readonly tracker: Validator | null;
  /** The validator's record of this lock; null without one. */
  readonly instance: Lock | null;
  /** The waiting rules. For schedulers and diagnostics; change it only through the lock. */
  abstract readonly state: LockState<Agent>;
  readonly queues: boolean = false;
  readonly #scope: string | number | null;
  #operations: Map<number, Operation<unknown>> | null = null;

  protected constructor(kind: LockKindName, options: LockOptions, holds: boolean) {
    const runtime = currentRuntime();
    const standard = runtime?.validator;
    const { validator = standard === undefined ? processValidator() : standard } = options;
    const { label, subclass, orderKeys, scope, unpublished } = options;
    this.validator = validator;
    this.tracker = holds ? validator : null;
    this.#scope = scope ?? null;
    if (validator === null) {
      this.instance = null;
      this.label = label ?? options.key?.name ?? options.name ?? kind;
      runtime?.made?.(this);
      return;
    }
    const key = options.key ?? classKey(kind, options.name, new.target);
    this.instance = validator.lock(key, {
      ...(label === undefined ? {} : { label }),
      ...(subclass === undefined ? {} : { subclass }),
      ...(orderKeys === undefined ? {} : { orderKeys }),
      ...(scope === undefined ? {} : { scope }),
      ...(unpublished === undefined ? {} : { unpublished }),
    });
    this.label = label ?? key.name;
    runtime?.made?.(this);
  }

  /** Whether somebody holds it. */
  get locked(): boolean {
    return this.state.holders().length > 0;
  }

  /** How many wait for it. */
  get waiting(): number {
    return this.state.waiters().length;
  }

  /** The current task must hold it here, in this mode if one is named; reported where it does not (`lockdep_assert_held`). */
  assertHeld(mode?: 'write' | 'read'): void {
    const { tracker } = this;
    if (tracker === null) return;
    const task = this.agentHere().taskOf(tracker);
    if (mode === 'write') tracker.assertHeldWrite(task, this.instance!);
    else if (mode === 'read') tracker.assertHeldRead(task, this.instance!);
    else tracker.assertHeld(task, this.instance!);
  }

  /** The current task must not hold it here. */
  assertNotHeld(): void {
    this.tracker?.assertNotHeld(this.agentHere().taskOf(this.tracker), this.instance!);
  }

  /** Other tasks can reach the lock's object from now on: for a lock made `unpublished`. */
  publish(): void {
    this.validator?.publish(this.instance!, this.#scope);
  }

  /** The lock will not be used again; reported when somebody holds it. */
  dispose(): void {
    const { tracker } = this;
    if (tracker === null) return;
    const [agent = this.agentHere()] = this.state.holders();
    tracker.disposeLock(agent.taskOf(tracker), this.instance!);
  }

  announce(operation: Operation<unknown>, agent: Agent): void {
    if (this.validator === null || !blocks(operation)) return;
    this.validator.acquire(agent.taskOf(this.validator), this.instance!, operation.how, operation.nest);
  }

  enqueue(operation: Operation<unknown>, agent: Agent): void {
    this.state.enqueue(agent, operation.mode);
  }

  block(operation: Operation<unknown>, agent: Agent): Report | null {
    const { tracker, state } = this;
    if (tracker === null) return null;
    const blockers = () => state.blockers(agent, operation.mode).map((blocker) => blocker.taskOf(tracker));
    return tracker.contended(agent.taskOf(tracker), this.instance!, blockers);
  }

  enabled(operation: Operation<unknown>, agent: Agent): boolean {
    if (!blocks(operation)) return true;
    return this.queues ? this.state.canGrant(agent) : this.state.canAcquire(agent, operation.mode);
  }

  perform(operation: Operation<unknown>, agent: Agent): unknown {
    switch (operation.kind) {
      case 'acquire':
      case 'wait':
        return this.#enter(operation, agent);
      case 'try-acquire':
        return this.#try(operation, agent);
      case 'release':
        return this.#leave(operation, agent);
      default:
        throw new TypeError(`'${this.label}' has no operation ${operation.kind}`);
    }
  }

  abandon(operation: Operation<unknown>, agent: Agent): void {
    if (!blocks(operation)) return;
    this.state.cancel(agent);
    this.tracker?.cancel(agent.taskOf(this.tracker), this.instance!);
  }

  /**
   * The operation of this kind, made once; one with options is made each time. `value` is what it gives in asynchronous code,
   * so a question (a try) has two operations.
   */
  protected operation<T>(kind: OperationKind, how: number, value: T, options?: AcquireLockOptions): Operation<T> {
    if (options !== undefined) {
      return Operation.settled(this, kind, { how, nest: options.nest?.instance ?? null, options }, value);
    }
    this.#operations ??= new Map();
    const index = (operationIndex(kind, how) << 1) | (value === false ? 1 : 0);
    let operation = this.#operations.get(index);
    if (operation === undefined) {
      operation = Operation.settled<unknown>(this, kind, { how, nest: null }, value);
      this.#operations.set(index, operation);
    }
    return operation as Operation<T>;
  }

  /** Who runs now. */
  protected agentHere(): Agent {
    return currentRuntime()?.agent() ?? currentStrand();
  }

  #enter(operation: Operation<unknown>, agent: Agent): void {
    const { state, tracker } = this;
    const entered = this.queues ? state.grant(agent) : state.tryAcquire(agent, operation.mode);
    if (!entered)
      throw new LockMisuseError(this.label, 'acquire', 'the scheduler performed it while it was not enabled');
    if (tracker === null) return;
    const task = agent.taskOf(tracker);
    if (task.waiting !== null) tracker.acquired(task, this.instance!);
  }

  #try(operation: Operation<unknown>, agent: Agent): boolean {
    const { tracker } = this;
    if (!this.state.tryAcquire(agent, operation.mode)) return false;
    tracker?.acquire(agent.taskOf(tracker), this.instance!, operation.how | TRYLOCK, operation.nest);
    return true;
  }

  #leave(operation: Operation<unknown>, agent: Agent): void {
    this.tracker?.release(agent.taskOf(this.tracker), this.instance!);
    if (this.state.release(agent, stateMode(operation.mode)) !== null) return;
    throw new LockMisuseError(this.label, 'release', 'only a task that holds it, in this mode, can release it');
  }
}
