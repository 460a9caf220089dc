/**
 * A lock that only the validator sees: nobody ever waits for it in the simulation.
 *
 * For what is held over code in which no other task can run (spin locks around one step), and for what readers never wait for
 * in these programs (freeze levels, journal handles). Costs no step.
 */
import {
  type Lock,
  type LockKey,
  READ,
  RECURSIVE_READ,
  SUBCLASS_SHIFT,
  TRYLOCK,
  type Validator,
  WRITE,
} from '@lockdep/core';
import type { Machine } from './machine.ts';

/**
 * A lock that is only reported to the validator: taking it never waits and costs no step. Without a validator it does nothing.
 */
export class AnnotatedLock {
  /** How reports call it. */
  readonly label: string;
  readonly #machine: Machine;
  readonly #validator: Validator | null;
  readonly #lock: Lock | null;

  /** `lock`: what the validator knows it by, where a real lock has told it already. */
  constructor(machine: Machine, validator: Validator | null, key: LockKey, label: string, lock: Lock | null = null) {
    this.label = label;
    this.#machine = machine;
    this.#validator = validator;
    this.#lock = lock ?? validator?.lock(key, { label }) ?? null;
  }

  /** Takes it exclusively. */
  acquire(): void {
    this.#take(WRITE);
  }

  /** Takes it exclusively, as one that would not have waited. */
  acquireTry(): void {
    this.#take(WRITE | TRYLOCK);
  }

  /** Takes it shared, as a reader that would wait behind a writer. */
  acquireRead(): void {
    this.#take(READ);
  }

  /** Takes it shared, as one that would not have waited. */
  acquireTryRead(): void {
    this.#take(READ | TRYLOCK);
  }

  /** Takes it shared, as a reader that may already hold it. */
  acquireRecursiveRead(): void {
    this.#take(RECURSIVE_READ);
  }

  /** Releases it, in whichever mode the current task holds it. */
  release(): void {
    const validator = this.#validator;
    if (validator !== null) validator.release(this.#machine.current().taskOf(validator), this.#lock!);
  }

  /** Holds it over `perform`, which must not wait. */
  around<T>(perform: () => T): T {
    this.#take(WRITE);
    try {
      return perform();
    } finally {
      this.release();
    }
  }

  /** The same within another lock of its class, as the one below it (`SINGLE_DEPTH_NESTING`). */
  aroundNested<T>(perform: () => T): T {
    this.#take(WRITE | (1 << SUBCLASS_SHIFT));
    try {
      return perform();
    } finally {
      this.release();
    }
  }

  /** The same with interrupts off, for a lock that completion handlers take too. */
  aroundIrq<T>(perform: () => T): T {
    const validator = this.#validator;
    if (validator === null) return perform();
    const task = this.#machine.current().taskOf(validator);
    validator.disableContext(task, 'hardirq');
    try {
      return this.around(perform);
    } finally {
      validator.enableContext(task, 'hardirq');
    }
  }

  #take(how: number): void {
    const validator = this.#validator;
    if (validator !== null) validator.acquire(this.#machine.current().taskOf(validator), this.#lock!, how);
  }
}
