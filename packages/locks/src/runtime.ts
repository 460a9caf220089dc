/**
 * Who drives the locks: a slot for the runtime in force.
 *
 * Empty (the default), locks work for asynchronous code: an operation takes effect when the method is called and what it returns is
 * a promise. A deterministic scheduler sets itself here for the length of a run and then decides when, and for whom, each
 * operation takes effect. The slot is read once per operation.
 */
import type { Task, Validator } from '@lockdep/core';
import type { BaseLock } from './base-lock.ts';
import type { Operation } from './operation.ts';

/**
 * Whoever performs operations: a strand of asynchronous code, a simulated task. It is also what a lock's state machine
 * knows as waiter and holder, so it must be the same object for the same performer.
 */
export interface Agent {
  /** How errors call it. */
  readonly name: string;
  /** What a validator knows it as. */
  taskOf(validator: Validator): Task;
}

/** A scheduler that takes the locks over. */
export interface Runtime {
  /**
   * A lock method was called; its operation is handed over and nothing has happened yet. What this returns is what the
   * method returns: the (interned) operation itself for generators, which will `yield*` it; for asynchronous code
   * under a scheduler an operation that settles when the scheduler has performed it.
   */
  start<T>(operation: Operation<T>): Operation<T>;
  /**
   * `yield* operation`: the iterator through which a generator gives the operation to its driver and gets the result
   * back. It must not keep state on the operation, which several tasks may be waiting at, and needs a `throw` for errors
   * to reach the task.
   */
  iterate<T>(operation: Operation<T>): Iterator<Operation<unknown>, T, unknown>;
  /** Who runs now, for what is no step: assertions, disposal. */
  agent(): Agent;
  /** Whether the code that runs now awaits what it waits for, rather than yielding it. */
  awaits?(): boolean;
  /**
   * Runs `fn` at once as a line of code of its own: a branch of the one that runs here (`name` null), or a task that starts with nothing
   * held. Asked only where {@link Runtime.awaits} says yes.
   */
  branch?<T>(name: string | null, fn: () => T): Promise<Awaited<T>>;
  /** Validates the locks that are made while it is in force and name no validator; null: nobody does. */
  readonly validator?: Validator | null;
  /** A lock has been made, but for its waiting rules: a scheduler tells locks apart by who makes them, and in which order. */
  made?(lock: BaseLock): void;
}

let current: Runtime | null = null;

/** The runtime in force; null when the locks work for plain asynchronous code. */
export function currentRuntime(): Runtime | null {
  return current;
}

/** Puts a runtime in force and returns the one before it, which must be put back in a `finally`. */
export function setRuntime(runtime: Runtime | null): Runtime | null {
  const previous = current;
  current = runtime;
  return previous;
}
