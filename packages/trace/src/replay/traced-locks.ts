/**
 * The locks of a trace that knows them by address and name only: one class per name, one lock per address and name.
 *
 * An address that comes back with another name is another lock, since kernels reuse memory. Besides, this counts how
 * many entries of held stacks stand for each address, so that the common case (nobody else has it) is known at once.
 * Cost: a few array loads per event.
 */
import { type Lock, LockKey, type Validator } from '@lockdep/core';
import type { AddressTable } from '../address-table.ts';
import type { StringTable } from '../string-table.ts';
import { isLockMap, isRecursiveReader, UNCHECKED_NAMES } from './lock-names.ts';

/** What a user may know better than the rules by name. */
export interface LockNameOptions {
  /** Names whose order is neither learned nor checked, beside those known ({@link UNCHECKED_NAMES}). */
  readonly unchecked?: Iterable<string>;
  /** Classes by name, shared with the replays of other traces of the same kernel; new ones are added. */
  readonly keys?: Map<string, LockKey>;
  /** Decides for a reader's lock name whether it is a recursive one; default {@link isRecursiveReader}. */
  readonly recursive?: (name: string) => boolean;
}

export class TracedLocks {
  readonly #validator: Validator;
  readonly #addresses: AddressTable;
  readonly #names: StringTable;
  readonly #unchecked: Set<string>;
  readonly #isRecursive: (name: string) => boolean;
  readonly #sharedKeys: Map<string, LockKey>;
  /** By name id. */
  readonly #keys: (LockKey | undefined)[] = [];
  readonly #recursive: boolean[] = [];
  /** By address id. */
  readonly #locks: (Lock | undefined)[] = [];
  readonly #nameAt: number[] = [];
  /** By address id: entries of held stacks. */
  readonly holds: number[] = [];
  readonly #lockMaps = new Set<number>();
  #count = 0;

  constructor(validator: Validator, addresses: AddressTable, names: StringTable, options: LockNameOptions) {
    this.#validator = validator;
    this.#addresses = addresses;
    this.#names = names;
    this.#unchecked = new Set([...UNCHECKED_NAMES, ...(options.unchecked ?? [])]);
    this.#sharedKeys = options.keys ?? new Map();
    this.#isRecursive = options.recursive ?? isRecursiveReader;
  }

  /** Locks met so far. */
  get count(): number {
    return this.#count;
  }

  /** The lock at an address, or `undefined` when none of this name is known there. */
  known(address: number, name: number): Lock | undefined {
    return this.#nameAt[address] === name ? this.#locks[address] : undefined;
  }

  /** A new lock at an address, in place of what was there; nobody may hold that any more. */
  replace(address: number, name: number): Lock {
    const lock = this.#validator.lock(this.#key(name), { label: this.#addresses.text(address) });
    this.#locks[address] = lock;
    this.#nameAt[address] = name;
    this.holds[address] = 0;
    this.#count++;
    return lock;
  }

  /** Are readers of this name recursive ones? Known once a lock of the name is. */
  isRecursive(name: number): boolean {
    return this.#recursive[name] === true;
  }

  /**
   * Does an exclusive holder keep others from holding the lock at the address? Not with lock maps, nor with readers of
   * sequence counts.
   */
  excludes(address: number): boolean {
    const name = this.#nameAt[address]!;
    return !this.#lockMaps.has(name) && !this.isRecursive(name);
  }

  /** Several tasks have been seen to hold the lock at the address at once: its name is that of a lock map. */
  foundLockMap(address: number): void {
    this.#lockMaps.add(this.#nameAt[address]!);
  }

  #key(name: number): LockKey {
    let key = this.#keys[name];
    if (key === undefined) {
      const text = this.#names.text(name);
      key =
        this.#sharedKeys.get(text) ??
        new LockKey({ name: text, kind: 'lockmap', validate: !this.#unchecked.has(text) });
      this.#sharedKeys.set(text, key);
      this.#keys[name] = key;
      this.#recursive[name] = this.#isRecursive(text);
      if (isLockMap(text)) this.#lockMaps.add(name);
    }
    return key;
  }
}
