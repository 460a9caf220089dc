/**
 * A shared variable whose reads and writes are visible steps.
 *
 * Reads commute, so do a read and a compare-and-swap that fails. Values are compared with `Object.is`; functions given to `update` and
 * `until` must be pure, for the explorer calls them as often as it likes.
 */
import { EXCLUSIVE, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import { INITIAL, SimObject } from '../engine/sim-object.ts';
import { atomicMode } from './atomic.ts';

const READ = 0;
const WRITE = 1;
const UPDATE = 2;
const CAS = 3;
const UNTIL = 4;
/** Writes of the numbers below are made once. */
const MAX_KEPT = 16;

interface Swap<T> {
  readonly expected: T;
  readonly desired: T;
}

interface Condition<T> {
  readonly holds: (value: T) => boolean;
  readonly words: string;
}

interface Update<T> {
  readonly change: (value: T) => T;
  readonly words: string;
}

/** A shared variable: each read and each write is a step. */
export class Variable<T = number> extends SimObject {
  readonly kind = 'var';
  #initial: T;
  /** The present value, for assertions and final conditions; reading it here is not a visible step. */
  value: T;
  readonly #read = new Op<T>(this, READ, { access: SHARED });
  /** Writes of the small numbers that flags and counters take. */
  readonly #writes: Op<void>[] = [];

  constructor(name: string, initial: T) {
    super(name);
    this.#initial = initial;
    this.value = initial;
  }

  read(): Op<T> {
    return this.#read;
  }

  write(value: T): Op<void> {
    const index: unknown = value;
    if (
      typeof index !== 'number' ||
      !(index >= 0 && index < MAX_KEPT) ||
      (index | 0) !== index ||
      Object.is(index, -0)
    ) {
      return new Op<void>(this, WRITE, { arg: value, access: EXCLUSIVE });
    }
    return this.#writes[index] ?? this.#keep(index);
  }

  /** Reads, changes and writes in one step; gives the value before. */
  update(change: (value: T) => T, words = 'update'): Op<T> {
    const update: Update<T> = { change, words };
    return new Op<T>(this, UPDATE, { arg: update, access: EXCLUSIVE });
  }

  /** Writes `desired` if the value is `expected`; gives whether it was. */
  compareAndSwap(expected: T, desired: T): Op<boolean> {
    const swap: Swap<T> = { expected, desired };
    return new Op<boolean>(this, CAS, { arg: swap });
  }

  /** Waits until the value satisfies the condition; gives it. */
  until(holds: (value: T) => boolean, words = 'a condition'): Op<T> {
    const condition: Condition<T> = { holds, words };
    return new Op<T>(this, UNTIL, { arg: condition, blocks: true, access: SHARED });
  }

  /** @internal Another initial value, for the executions to come. */
  initialise(value: T): void {
    this.#initial = value;
    this.value = value;
  }

  reset(): void {
    this.value = this.#initial;
  }

  override enabled(op: Op, _task: number): boolean {
    return (op.arg as Condition<T>).holds(this.value);
  }

  override mode(op: Op, _task: number): number {
    return this.#modeAt(op, this.value);
  }

  run(op: Op, _task: number): unknown {
    const before = this.value;
    switch (op.code) {
      case WRITE:
        this.value = op.arg as T;
        return undefined;
      case UPDATE:
        this.value = (op.arg as Update<T>).change(before);
        return before;
      case CAS: {
        const { expected, desired } = op.arg as Swap<T>;
        if (!Object.is(before, expected)) return false;
        this.value = desired;
        return true;
      }
      default:
        return before;
    }
  }

  override snapshot(): T {
    return this.value;
  }

  override enabledIn(op: Op, _task: number, snapshot: unknown): boolean {
    return op.object !== this || op.code !== UNTIL || (op.arg as Condition<T>).holds(this.#valueOf(snapshot));
  }

  override modeIn(op: Op, _task: number, snapshot: unknown): number {
    return this.#modeAt(op, this.#valueOf(snapshot));
  }

  override blockers(): readonly number[] {
    return [];
  }

  override key(): unknown {
    return this.value;
  }

  describe(op: Op, result?: unknown): string {
    switch (op.code) {
      case READ:
        return result === undefined ? `read ${this.name}` : `read ${this.name} -> ${show(result)}`;
      case WRITE:
        return `${this.name} = ${show(op.arg)}`;
      case UPDATE:
        return `${(op.arg as Update<T>).words} ${this.name}`;
      case CAS: {
        const { expected, desired } = op.arg as Swap<T>;
        const outcome = result === undefined ? '' : result === true ? ' -> done' : ' -> failed';
        return `cas ${this.name} ${show(expected)} to ${show(desired)}${outcome}`;
      }
      default:
        return `await ${this.name}: ${(op.arg as Condition<T>).words}`;
    }
  }

  #keep(value: number): Op<void> {
    for (let i = this.#writes.length; i <= value; i++)
      this.#writes.push(new Op<void>(this, WRITE, { arg: i, access: EXCLUSIVE }));
    return this.#writes[value]!;
  }

  #valueOf(snapshot: unknown): T {
    return snapshot === INITIAL ? this.#initial : (snapshot as T);
  }

  #modeAt(op: Op, value: T): number {
    if (op.object !== this) return atomicMode(op, this);
    if (op.code === READ || op.code === UNTIL) return SHARED;
    if (op.code === CAS) return Object.is(value, (op.arg as Swap<T>).expected) ? EXCLUSIVE : SHARED;
    return EXCLUSIVE;
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
