/**
 * Replays a lock event log into a validator, bit for bit: after the last record the validator's classes, dependencies with
 * strengths and distances, chains and usage equal the recording kernel's (in kernel mode).
 *
 * What a class *is* (name, wait types) is recorded only after the acquisition that registered it, so records are held back
 * from the first one that names an unknown key until its class record arrives; everything else passes straight through.
 * Cost: one table look-up for the task and one for the lock a record, beside the validator's own.
 */
import {
  type Lock,
  type LockKey,
  type Site,
  SUBCLASS_SHIFT,
  SYNC,
  siteOf,
  type Task,
  TRYLOCK,
  UNCHECKED,
  type Validator,
} from '@lockdep/core';
import type { EventLogParser } from '../event-log-parser.ts';
import { ContextFlag, EventLogRecord } from '../event-log-record.ts';
import type { Snapshot } from '../snapshot.ts';
import { baseAddress, type KernelClass, kernelKey, NOVALIDATE_NAME, usageFromKernel } from './kernel-keys.ts';

/** Records held back at most while waiting for a class record. */
const HOLD_BACK = 10_000;

interface ReplayedTask {
  readonly task: Task;
  /** False for a task that held locks before the recording began, until it is seen to hold none. */
  synced: boolean;
}

/** What was in an event log. */
export interface EventLogCounts {
  /** Lock events fed to the validator. */
  readonly events: number;
  /** Events of tasks that held unknown locks when the recording began. */
  readonly skipped: number;
  readonly tasks: number;
}

/** Replays an exact event log, record by record. */
export class EventLogReplay {
  readonly #validator: Validator;
  readonly #parser: EventLogParser;
  /** By address id. */
  readonly #keys: (LockKey | undefined)[] = [];
  readonly #addresses = new Map<LockKey, number>();
  readonly #locks: (Lock | undefined)[] = [];
  /** Classes described and not yet used, with the record that said so. */
  readonly #described = new Map<number, KernelClass & { readonly sequence: number }>();
  /** The key of the lock with which a class was registered. */
  readonly #keyOfLock = new Map<number, number>();
  /** By string id of the caller. */
  readonly #sites: (Site | undefined)[] = [];
  readonly #tasks = new Map<number, ReplayedTask>();
  readonly #held: EventLogRecord[] = [];
  #events = 0;
  #skipped = 0;
  /** Sequence number of the record being processed; for listeners of the validator. */
  sequence = 0;

  readonly #sharedKeys: Map<string, LockKey>;

  /** `keys` holds classes by address and name, shared with the replays of other logs of the same kernel image. */
  constructor(validator: Validator, parser: EventLogParser, keys: Map<string, LockKey> = new Map()) {
    this.#validator = validator;
    this.#parser = parser;
    this.#sharedKeys = keys;
  }

  get counts(): EventLogCounts {
    return { events: this.#events, skipped: this.#skipped, tasks: this.#tasks.size };
  }

  /** Starts from a kernel's graph instead of from an empty one. */
  from(snapshot: Snapshot): void {
    const { addresses } = this.#parser;
    const index = new Map<number, number>();
    const classes = snapshot.classes.map((described, position) => {
      index.set(described.index, position);
      const id = addresses.internText(baseAddress(described.key, described.subclass))!;
      const key = this.#keys[id] ?? this.#setKey(id, { ...described, validate: described.name !== NOVALIDATE_NAME });
      const { subclass, version } = described;
      return { key, subclass, version, usage: usageFromKernel(described.usageMask) };
    });
    this.#validator.learn({
      classes,
      dependencies: snapshot.dependencies.map(({ from, to, dep, distance }) => ({
        from: index.get(from)!,
        to: index.get(to)!,
        bits: dep,
        distance,
      })),
      chains: snapshot.chains.map(({ irqContext, locks }) => ({
        context: contextsOf(irqContext),
        locks: locks.map(({ classIndex, read }) => ({ classIndex: index.get(classIndex)!, how: read })),
      })),
    });
  }

  /** The address by which the kernel knows a class of ours: that of its key plus the subclass; null for another's class. */
  classAddress(key: LockKey, subclass: number): string | null {
    const base = this.#addresses.get(key);
    if (base === undefined) return null;
    return (BigInt(`0x${this.#parser.addresses.text(base)}`) + BigInt(subclass)).toString(16);
  }

  /** Feeds one record; it is copied when it has to wait. */
  record(record: EventLogRecord): void {
    if (record.type === 'N') this.#describe(record);
    if (this.#held.length === 0 && !this.#mustWait(record)) {
      this.#process(record);
      return;
    }
    this.#held.push(Object.assign(new EventLogRecord(), record));
    if (record.type === 'N' || this.#held.length > HOLD_BACK) this.#drain(this.#held.length > HOLD_BACK);
  }

  /** Processes what still waits, with nameless classes where no record described them. */
  end(): void {
    this.#drain(true);
  }

  #drain(force: boolean): void {
    let done = 0;
    while (done < this.#held.length && (force || !this.#mustWait(this.#held[done]!)))
      this.#process(this.#held[done++]!);
    this.#held.splice(0, done);
  }

  #mustWait(record: EventLogRecord): boolean {
    const { type, key, lock } = record;
    if (type !== 'A' && type !== 'S') return false;
    // A wait for all holders is recorded without a key: the lock's own class, or the one about to be described.
    if (key === 0) return this.#locks[lock] === undefined && !this.#keyOfLock.has(lock);
    return this.#keys[key] === undefined && !this.#described.has(key);
  }

  #process(record: EventLogRecord): void {
    this.sequence = record.sequence;
    switch (record.type) {
      case 'A':
      case 'S':
        return this.#acquire(record);
      case 'R':
        return this.#released(record);
      case 'D':
        return this.#downgraded(record);
      case 'H':
      case 's':
        return this.#enabled(record);
      case 'I':
        return this.#initialised(record);
      case 'C':
        return this.#reclassed(record);
      case 'Z':
        return this.#zapped(record);
      case 'W':
        return this.#reported(record);
      case '0':
        return this.#reset(record);
    }
  }

  #acquire(record: EventLogRecord): void {
    const task = this.#task(record);
    if (task === null) return;
    const lock = record.key === 0 ? this.#knownLock(record.lock) : this.#lock(record.lock, record.key);
    const how =
      record.read |
      (record.trylock === 1 ? TRYLOCK : 0) |
      (record.check === 0 ? UNCHECKED : 0) |
      (record.type === 'S' ? SYNC : 0) |
      (record.subclass << SUBCLASS_SHIFT);
    const nest = record.nest === 0 ? null : this.#knownLock(record.nest);
    this.#validator.acquire(task, lock, how, nest, this.#site(record.ip));
  }

  #released(record: EventLogRecord): void {
    const task = this.#task(record);
    if (task === null) return;
    this.#validator.release(task, this.#knownLock(record.lock));
  }

  #downgraded(record: EventLogRecord): void {
    const task = this.#task(record);
    if (task !== null) this.#validator.downgrade(task, this.#knownLock(record.lock));
  }

  /** Hardirqs are about to be enabled over held locks, with softirqs if those are on; or softirqs alone. */
  #enabled(record: EventLogRecord): void {
    const task = this.#task(record);
    if (task === null) return;
    const softirqs = (record.context & ContextFlag.softirqsEnabled) !== 0 ? 2 : 0;
    this.#validator.markEnabled(task, record.type === 's' ? 2 : 1 | softirqs);
  }

  #initialised(record: EventLogRecord): void {
    const key = this.#key(record.key);
    const known = this.#locks[record.lock];
    if (known === undefined) this.#locks[record.lock] = this.#newLock(record.lock, key, record.subclass);
    else this.#validator.reinit(known, key, record.subclass);
  }

  #reclassed(record: EventLogRecord): void {
    const task = this.#task(record);
    if (task !== null)
      this.#validator.setClass(task, this.#knownLock(record.lock), this.#key(record.key), record.subclass);
  }

  #zapped(record: EventLogRecord): void {
    const base = baseAddress(this.#parser.addresses.text(record.key), record.subclass);
    const id = this.#parser.addresses.internText(base)!;
    const key = this.#keys[id];
    const described = this.#described.get(id);
    if (described !== undefined && described.sequence < record.sequence) this.#described.delete(id);
    if (key === undefined) return;
    this.#validator.zapClass(key, record.subclass);
    this.#keys[id] = undefined;
    this.#addresses.delete(key);
    for (const [identity, shared] of this.#sharedKeys) if (shared === key) this.#sharedKeys.delete(identity);
  }

  /** Memory of a held lock was freed or initialised: the check that saw it is recorded only by its report. */
  #reported(record: EventLogRecord): void {
    if (record.func !== 'print_freed_lock_bug') return;
    const { task } = this.#taskOf(record);
    const innermost = task.locks[task.depth - 1];
    if (task.depth > 0 && innermost !== undefined) this.#validator.initLock(task, innermost);
  }

  #reset(record: EventLogRecord): void {
    const { task } = this.#taskOf(record);
    task.depth = 0;
  }

  /** The task of an event in its recorded contexts; null for one whose held locks are not known yet. */
  #task(record: EventLogRecord): Task | null {
    const replayed = this.#taskOf(record);
    if (!replayed.synced) {
      if (record.depth > 0) {
        this.#skipped += 1;
        return null;
      }
      replayed.synced = true;
    }
    this.#events += 1;
    const flags = record.context;
    const entered = flags & (ContextFlag.hardirq | ContextFlag.softirq);
    const takes = record.type === 'A' || record.type === 'S';
    const hardirqs = takes ? record.hardirqsOff === 0 : (flags & ContextFlag.hardirqsEnabled) !== 0;
    const enabled = (hardirqs ? 1 : 0) | ((flags & ContextFlag.softirqsEnabled) !== 0 ? 2 : 0);
    this.#validator.setContexts(replayed.task, entered, enabled, (flags & ContextFlag.threaded) !== 0 ? 1 : 0);
    return replayed.task;
  }

  /** Idle tasks all have pid 0, one a CPU. */
  #taskOf(record: EventLogRecord): ReplayedTask {
    const identity = record.pid === 0 ? -1 - record.cpu : record.pid;
    let replayed = this.#tasks.get(identity);
    if (replayed === undefined) {
      const name = `${this.#parser.strings.text(record.comm)}/${record.pid}`;
      replayed = { task: this.#validator.task(name), synced: record.depth === 0 };
      this.#tasks.set(identity, replayed);
    }
    return replayed;
  }

  /** The lock at an address, of this key now: memory is reused for locks of other classes. */
  #lock(address: number, keyAddress: number): Lock {
    const key = this.#keys[keyAddress] ?? this.#key(keyAddress);
    const known = this.#locks[address];
    if (known !== undefined) {
      if (known.key !== key) this.#validator.reinit(known, key);
      return known;
    }
    const lock = this.#newLock(address, key, 0);
    this.#locks[address] = lock;
    return lock;
  }

  /** A lock named by a release or as a nest lock; its class is unknown if it was never acquired. */
  #knownLock(address: number): Lock {
    let lock = this.#locks[address];
    if (lock === undefined) {
      lock = this.#newLock(address, this.#key(this.#keyOfLock.get(address) ?? address), 0);
      this.#locks[address] = lock;
    }
    return lock;
  }

  #newLock(address: number, key: LockKey, subclass: number): Lock {
    return this.#validator.lock(key, { label: this.#parser.addresses.text(address), subclass });
  }

  #key(address: number): LockKey {
    const known = this.#keys[address];
    if (known !== undefined) return known;
    const name = this.#parser.addresses.text(address);
    const unknown = { name, version: 1, waitInner: 0, waitOuter: 0, lockType: 0, validate: true };
    return this.#setKey(address, this.#described.get(address) ?? unknown);
  }

  #setKey(address: number, described: KernelClass): LockKey {
    const identity = `${this.#parser.addresses.text(address)} ${described.name}`;
    const key = this.#sharedKeys.get(identity) ?? kernelKey(described);
    this.#sharedKeys.set(identity, key);
    this.#keys[address] = key;
    this.#addresses.set(key, address);
    return key;
  }

  #describe(record: EventLogRecord): void {
    const base = baseAddress(this.#parser.addresses.text(record.key), record.subclass);
    const id = this.#parser.addresses.internText(base)!;
    this.#keyOfLock.set(record.lock, id);
    this.#described.set(id, {
      name: record.lockName,
      version: record.version,
      waitInner: record.waitInner,
      waitOuter: record.waitOuter,
      lockType: record.lockType,
      validate: !record.keySymbol.startsWith('__lockdep_no_validate__'),
      sequence: record.sequence,
    });
  }

  #site(ip: number): Site | null {
    if (ip === 0) return null;
    let site = this.#sites[ip];
    if (site === undefined) {
      site = siteOf(this.#parser.strings.text(ip));
      this.#sites[ip] = site;
    }
    return site;
  }
}

/** The kernel's 2 × hardirq + softirq as a mask of our kinds. */
function contextsOf(irqContext: number): number {
  return (irqContext >> 1) | ((irqContext & 1) << 1);
}
