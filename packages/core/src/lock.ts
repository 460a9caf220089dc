/**
 * A lock: one instance, which belongs to a class (its key and subclass) of one validator.
 *
 * All knowledge sits on the class; an instance is three words, so a program may create and drop them by the million.
 */
import type { KeyEntry } from './class-table.ts';
import type { OrderKeys } from './instance-order.ts';
import type { LockKey } from './lock-key.ts';

let nextLockNumber = 1;

/** The scope of a lock whose object nobody but its maker can reach yet: it meets no other, not even of this scope. */
export const UNPUBLISHED = '(unpublished)';

/** One lock of a class. Made by {@link Validator.lock}; a program may have millions. */
export class Lock {
  /** @internal The key as registered with the validator; swapped when the lock is re-classed. */
  entry: KeyEntry;
  /** The subclass used when an acquisition names none (`lockdep_set_subclass`). */
  subclass: number;
  /** Where the instance belongs: locks of different scopes never meet. Null: it may meet any. */
  scope: string | number | null;
  /** What the instance is ordered by among its class; null for most locks. */
  orderKeys: OrderKeys | null;
  /** The label given, or a running number. */
  readonly name: string | number;

  /** @internal Use `validator.lock(key, …)`. */
  constructor(
    entry: KeyEntry,
    subclass: number,
    label: string | undefined,
    orderKeys: OrderKeys | null,
    scope: string | number | null = null,
  ) {
    entry.instances += 1;
    this.scope = scope;
    this.entry = entry;
    this.subclass = subclass;
    this.orderKeys = orderKeys;
    this.name = label ?? nextLockNumber++;
  }

  get key(): LockKey {
    return this.entry.key;
  }

  /** How reports call this instance. */
  get label(): string {
    return labelOf(this.name);
  }
}

/** @internal A label is made of a lock's number only when somebody reads it. */
export function labelOf(name: string | number): string {
  return typeof name === 'string' ? name : `#${name}`;
}
