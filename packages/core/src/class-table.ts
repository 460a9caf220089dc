/**
 * The lock classes of one validator: (key, subclass) → a small integer, and the columns the checks read by that integer.
 *
 * Invariant: `classes[id]` is defined exactly for live ids; a removed class's id is reused by a later one, so nothing may
 * keep an id across a removal. Look-up on the hot path is one array load: `lock.entry.labels[subclass]`.
 */
import { LABEL_BITS } from './chain-trie.ts';
import { growUint8, growUint32 } from './grow.ts';
import type { LockKey } from './lock-key.ts';
import type { LockType } from './lock-kind.ts';
import { MAX_SUBCLASSES, UNCHECKED } from './mode.ts';
import type { Site } from './report.ts';

export const NORMAL = 0;
export const PERCPU = 1;
export const WAIT_OVERRIDE = 2;
export const EVENT = 3;

const TYPES: Readonly<Record<LockType, number>> = {
  normal: NORMAL,
  percpu: PERCPU,
  'wait-override': WAIT_OVERRIDE,
  event: EVENT,
};

/** A key as one validator knows it: the class of each subclass, −1 where none was used yet. */
export interface KeyEntry {
  readonly key: LockKey;
  /** Distinguishes keys of one name, from 1: the `#2` of reports. 0 until the first class is registered. */
  version: number;
  readonly ids: Int32Array;
  /** The same as chain labels, forced flags included and bit 0 where all readers are recursive; −1 where there is none, and for keys that are not tracked. */
  readonly labels: Int32Array;
  /** How many locks of the key have been made; 1 means that the class is that lock. */
  instances: number;
  /** Flags forced on every acquisition: UNCHECKED for keys that are not validated. */
  readonly forced: number;
}

/** A lock class. */
export interface LockClass {
  readonly id: number;
  readonly key: LockKey;
  readonly subclass: number;
  /** `name`, `name#2`, `name#2/1`. */
  readonly name: string;
  /** Site of the first event that set each usage bit, by bit number. */
  readonly usageSites: (Site | null)[];
}

export class ClassTable {
  readonly classes: (LockClass | undefined)[] = [];
  waitInner: Uint8Array = new Uint8Array(64);
  waitOuter: Uint8Array = new Uint8Array(64);
  type: Uint8Array = new Uint8Array(64);
  /** Usage bits by class, see usage.ts. */
  usage: Uint32Array = new Uint32Array(64);
  /** Has there ever been a class of events? */
  hasEvents = false;
  /** How many are alive, and how many have been removed. */
  size = 0;
  zapped = 0;
  readonly #entries = new Map<LockKey, KeyEntry>();
  /** Per name: the highest version given out, and how many classes bear it now. */
  readonly #names = new Map<string, { highest: number; live: number }>();
  readonly #free: number[] = [];

  /** The entry of a key, made on first sight. */
  entry(key: LockKey): KeyEntry {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { key, version: 0, instances: 0, ids: none(), labels: none(), forced: key.validate ? 0 : UNCHECKED };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  /** The class of a key and subclass, registered on first use. Wait types come from the key. */
  register(entry: KeyEntry, subclass: number, version?: number): number {
    const known = entry.ids[subclass]!;
    if (known >= 0) return known;
    const { key } = entry;
    this.#entries.set(key, entry); // a lock may outlive the removal of its key, and bring it back
    const id = this.#free.pop() ?? this.classes.length;
    this.#ensure(id);
    this.#name(entry, version);
    this.classes[id] = { id, key, subclass, name: displayName(key.name, entry.version, subclass), usageSites: [] };
    this.waitInner[id] = key.waitInner;
    this.waitOuter[id] = key.waitOuter;
    this.type[id] = TYPES[key.type];
    if (key.type === 'event') this.hasEvents = true;
    this.usage[id] = 0;
    entry.ids[subclass] = id;
    if (key.track) entry.labels[subclass] = (id << LABEL_BITS) | entry.forced | (key.readers === 'recursive' ? 1 : 0);
    this.size += 1;
    return id;
  }

  /** The class with this id. @throws RangeError when there is none. */
  get(id: number): LockClass {
    const found = this.classes[id];
    if (found === undefined) throw new RangeError(`no lock class with id ${id}`);
    return found;
  }

  /** Forgets a class; its id may be reused. */
  remove(id: number): void {
    const { key, subclass } = this.get(id);
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      entry.ids[subclass] = -1;
      entry.labels[subclass] = -1;
    }
    const name = this.#names.get(key.name)!;
    name.live -= 1;
    if (name.live === 0) this.#names.delete(key.name);
    this.classes[id] = undefined;
    this.usage[id] = 0;
    this.#free.push(id);
    this.size -= 1;
    this.zapped += 1;
  }

  /** Forgets a key whose classes have all been removed. */
  forget(key: LockKey): void {
    this.#entries.delete(key);
  }

  /** Subclasses of one key share its version, as in Linux (`count_matching_names`). */
  #name(entry: KeyEntry, version: number | undefined): void {
    const name = this.#names.get(entry.key.name) ?? { highest: 0, live: 0 };
    this.#names.set(entry.key.name, name);
    if (entry.version === 0) entry.version = version ?? name.highest + 1;
    name.highest = Math.max(name.highest, entry.version);
    name.live += 1;
  }

  #ensure(id: number): void {
    if (id < this.usage.length) return;
    this.waitInner = growUint8(this.waitInner, id);
    this.waitOuter = growUint8(this.waitOuter, id);
    this.type = growUint8(this.type, id);
    this.usage = growUint32(this.usage, id);
  }
}

const none = (): Int32Array => new Int32Array(MAX_SUBCLASSES).fill(-1);

function displayName(name: string, version: number, subclass: number): string {
  return `${name}${version > 1 ? `#${version}` : ''}${subclass > 0 ? `/${subclass}` : ''}`;
}
