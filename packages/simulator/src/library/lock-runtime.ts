/**
 * The runtime that `@lockdep/locks` finds in force while a program is explored: makes lock operations steps of the simulation.
 *
 * In generator code a lock's method returns its operation, `yield*` parks on it. Locks are told apart as all objects are: by who
 * makes them and in which order.
 */
import type { Validator } from '@lockdep/core';
import { type Agent, type BaseLock, Operation, type Runtime } from '@lockdep/locks';
import type { AsyncTasks } from '../async/async-tasks.ts';
import type { Op } from '../engine/op.ts';
import type { Adapter, World } from '../engine/world.ts';
import { LibraryLock, mostParts } from './library-lock.ts';

export class LockRuntime implements Runtime, Adapter {
  readonly validator: Validator | null;
  readonly #world: World;
  readonly #setup: Agent;
  /** Numbers, its own and those for its parts, and name of each lock made in this execution. */
  readonly #made = new Map<BaseLock, { readonly ids: readonly number[]; readonly name: string }>();
  readonly #labels = new Map<string, number>();
  /** Locks in use in this execution. */
  readonly #locks = new Map<BaseLock, LibraryLock>();
  /** Locks that were made outside of the program. */
  readonly #outside = new Map<BaseLock, LibraryLock>();
  /** Where async code parks, when the program has any. */
  asyncTasks: AsyncTasks | null = null;

  constructor(world: World, validator: Validator | null) {
    this.#world = world;
    this.validator = validator;
    this.#setup = { name: 'setup', taskOf: (asked) => asked.task('setup') };
  }

  restart(): void {
    // Clearing costs even when there is nothing.
    if (this.#made.size > 0) {
      this.#made.clear();
      this.#labels.clear();
    }
    if (this.#locks.size > 0) this.#locks.clear();
  }

  made(lock: BaseLock): void {
    const { registry } = this.#world;
    const ids = Array.from({ length: 1 + mostParts(lock) }, () => registry.reserve());
    this.#made.set(lock, { ids, name: this.#name(lock) });
  }

  start<T>(operation: Operation<T>): Operation<T> {
    const { asyncTasks } = this;
    if (asyncTasks === null) return operation;
    const plain = operation as Operation<unknown>;
    return (asyncTasks.start(plain, this.#objectOf(plain)) as Operation<T> | null) ?? operation;
  }

  iterate<T>(operation: Operation<T>): Iterator<Operation<unknown>, T, unknown> {
    return this.#opOf(operation as Operation<unknown>)[Symbol.iterator]() as unknown as Iterator<
      Operation<unknown>,
      T,
      unknown
    >;
  }

  awaits(): boolean {
    return this.asyncTasks !== null && this.asyncTasks.here() !== undefined;
  }

  branch<T>(name: string | null, fn: () => T): Promise<Awaited<T>> {
    return this.asyncTasks!.branch(name, fn);
  }

  agent(): Agent {
    return this.#world.tasks[this.#world.current] ?? this.#setup;
  }

  adopt(value: unknown): Op | null {
    return value instanceof Operation ? this.#opOf(value) : null;
  }

  #opOf(operation: Operation<unknown>): Op {
    return this.#objectOf(operation).opOf(operation);
  }

  #objectOf(operation: Operation<unknown>): LibraryLock {
    const lock = operation.lock as BaseLock;
    return this.#locks.get(lock) ?? this.#meet(lock);
  }

  /** First use of a lock in this execution. */
  #meet(lock: BaseLock): LibraryLock {
    const made = this.#made.get(lock);
    let object: LibraryLock | undefined;
    if (made === undefined) {
      object = this.#outside.get(lock);
      if (object === undefined) {
        object = new LibraryLock(lock, lock.label);
        this.#outside.set(lock, object);
      } else object.rejoin();
      this.#world.registry.meet(object);
    } else {
      object = new LibraryLock(lock, made.name);
      const [id, ...parts] = made.ids;
      this.#world.registry.place(object, id!);
      if (object.parts.length > 1) object.parts.forEach((part, i) => void this.#world.registry.place(part, parts[i]!));
    }
    this.#locks.set(lock, object);
    return object;
  }

  /** A second lock of one label gets a number. */
  #name({ label }: BaseLock): string {
    const count = (this.#labels.get(label) ?? 0) + 1;
    this.#labels.set(label, count);
    return count === 1 ? label : `${label}#${count}`;
  }
}
