/**
 * Records every event of a validator as lines of the lockdep trace format (`ndjson-lines.ts`).
 *
 * What is held when recording starts is written first, as acquisitions, so that the recording is complete in itself.
 * Replaying it gives the same order, except what was learned before. Cost: about a microsecond an event with the sink;
 * ids are kept in weak maps, so locks and tasks are not kept alive.
 */
import {
  type EventType,
  type Lock,
  type LockKey,
  lockKinds,
  MODE_MASK,
  modeName,
  READ,
  type Site,
  SUBCLASS_SHIFT,
  SYNC,
  type Task,
  TRYLOCK,
  UNCHECKED,
  type Validator,
  WRITE,
} from '@lockdep/core';
import { TRACE_VERSION } from './ndjson-lines.ts';

/** Where lines go: a stream, a pino destination, anything with `write`. Each line ends in a newline. */
export interface TraceSink {
  write(line: string): unknown;
}

/** Options of a {@link TraceRecorder}. */
export interface TraceRecorderOptions {
  /** What is recorded, for the header. */
  readonly program?: string;
  /** Adds `time` to every line: milliseconds, e.g. `() => performance.now()`. Default: none. */
  readonly clock?: () => number;
  /** Write the sites that events carry. Default true. */
  readonly sites?: boolean;
}

/** What a lock was defined as; it must be defined again when this has changed. */
interface DefinedLock {
  readonly id: number;
  key: LockKey;
  subclass: number;
  scope: string | number | null;
}

/**
 * @example
 * const recorder = new TraceRecorder(validator, createWriteStream('trace.ndjson'));
 * // … the program runs …
 * recorder.stop();
 */
export class TraceRecorder {
  readonly #sink: TraceSink;
  readonly #clock: (() => number) | null;
  readonly #withSites: boolean;
  readonly #detach: () => void;
  readonly #classes = new WeakMap<LockKey, number>();
  readonly #locks = new WeakMap<Lock, DefinedLock>();
  readonly #tasks = new WeakMap<Task, number>();
  readonly #sites = new WeakMap<Site, number>();
  readonly #siteIds = new Map<string, number>();
  #nextClass = 1;
  #nextLock = 1;
  #nextTask = 1;
  #lines = 0;

  /** Starts recording. @throws Error when the validator is being recorded already. */
  constructor(validator: Validator, sink: TraceSink, options: TraceRecorderOptions = {}) {
    this.#sink = sink;
    this.#clock = options.clock ?? null;
    this.#withSites = options.sites ?? true;
    this.#detach = validator.attach((type, task, lock, how, nest, site, extra) => {
      if (lock !== null) this.#lockEvent(type, task, lock, how, nest, site, extra?.other);
      else if (extra?.context !== undefined) this.#contextEvent(type, task, extra.context, how, site);
      else if (type === 'begin-task') this.#task(task, extra?.other, how);
      else if (type === 'end-task') this.#endTask(task);
      else if (type === 'join-task' && extra?.other !== undefined) this.#joinTask(task, extra.other);
    });
    const { kinds } = validator.engine.contexts;
    this.#write(
      `{"type":"lockdep-trace","version":${TRACE_VERSION}${options.program === undefined ? '' : `,"program":${JSON.stringify(options.program)}`}` +
        (kinds.length > KERNEL_KINDS ? `,"contexts":${JSON.stringify(kinds.slice(KERNEL_KINDS))}` : ''),
    );
    for (const task of validator.engine.tasks.values()) this.#alreadyThere(validator, task);
  }

  /** Lines written so far. */
  get lines(): number {
    return this.#lines;
  }

  /** A task reads a variable that others write: prediction keeps it after the write it saw. */
  read(task: Task, variable: string): void {
    this.#access('read', task, variable);
  }

  /** A task writes a variable that others read. */
  write(task: Task, variable: string): void {
    this.#access('write', task, variable);
  }

  /** Stops recording; the sink stays open. */
  stop(): void {
    this.#detach();
  }

  /** A task that was there before: what it holds itself, as if taken now, and the contexts it is in. */
  #alreadyThere(validator: Validator, task: Task): void {
    const own = Array.from({ length: task.depth }, (_, index) => index).filter((index) => {
      const lock = task.locks[index]!;
      return task.waiting?.lock === lock || validator.holders(lock).includes(task);
    });
    this.#task(task, task.parent ?? undefined, task.depth - own.length);
    const interrupted = own.findIndex((index) => task.chainOf(index) !== 0);
    const before = interrupted < 0 ? own.length : interrupted;
    for (const index of own.slice(0, before)) this.#alreadyHeld(task, index);
    this.#contextsNow(validator, task);
    for (const index of own.slice(before)) this.#alreadyHeld(task, index);
  }

  #alreadyHeld(task: Task, index: number): void {
    const how = task.how(index) | TRYLOCK;
    this.#lockEvent('acquire', task, task.locks[index]!, how, null, task.sites[index] ?? null, undefined);
  }

  #contextsNow(validator: Validator, task: Task): void {
    const { kinds, initiallyEnabled } = validator.engine.contexts;
    kinds.forEach(({ name }, number) => {
      const bit = 1 << number;
      if (((initiallyEnabled ^ task.enabled) & bit) !== 0) {
        this.#contextEvent((task.enabled & bit) === 0 ? 'disable-context' : 'enable-context', task, name, 0, null);
      }
      for (let i = task.enterDepth[number]!; i > 0; i--) {
        this.#contextEvent('enter-context', task, name, (task.threaded & bit) === 0 ? 0 : 1, null);
      }
    });
  }

  #lockEvent(
    type: EventType,
    task: Task,
    lock: Lock,
    how: number,
    nest: Lock | null,
    site: Site | null,
    other: Task | undefined,
  ): void {
    const event = `{"lockdep":"${type}","task":${this.#task(task)}`;
    if (type === 'set-class') {
      this.#setClass(event, lock, how);
      return;
    }
    const id = this.#lock(lock);
    if (type === 'acquire') {
      this.#write(
        `${event},"lock":${id}${this.#how(how)}${this.#nest(nest)}${this.#site(site)}${this.#compared(task, lock)}`,
      );
    } else if (type === 'transfer' && other !== undefined) {
      this.#write(`${event},"to":${this.#task(other)},"lock":${id}`);
    } else {
      this.#write(`${event},"lock":${id}${this.#site(site)}`);
      if (type === 'dispose') this.#locks.delete(lock);
    }
  }

  #setClass(event: string, lock: Lock, subclass: number): void {
    const key = this.#class(lock.key);
    const known = this.#locks.get(lock);
    const id = known?.id ?? this.#lock(lock);
    if (known !== undefined) {
      known.key = lock.key;
      known.subclass = lock.subclass;
    }
    this.#write(`${event},"lock":${id},"class":${key}${subclass === 0 ? '' : `,"subclass":${subclass}`}`);
  }

  #contextEvent(type: EventType, task: Task, context: string, threaded: number, site: Site | null): void {
    const event = `{"lockdep":"${type}","task":${this.#task(task)},"context":${JSON.stringify(context)}`;
    this.#write(`${event}${threaded === 1 ? ',"threaded":true' : ''}${this.#site(site)}`);
  }

  #access(access: 'read' | 'write', task: Task, variable: string): void {
    this.#write(`{"lockdep":"${access}","task":${this.#task(task)},"variable":${JSON.stringify(variable)}`);
  }

  #joinTask(task: Task, ended: Task): void {
    if (!this.#tasks.has(ended)) return; // told too late: its end has been recorded
    this.#write(`{"lockdep":"join-task","task":${this.#task(task)},"ended":${this.#task(ended)}`);
  }

  #endTask(task: Task): void {
    this.#write(`{"lockdep":"end-task","task":${this.#task(task)}`);
    this.#tasks.delete(task);
  }

  #how(how: number): string {
    if (how === WRITE) return '';
    const subclass = (how >> SUBCLASS_SHIFT) & 7;
    return (
      ((how & MODE_MASK) === WRITE
        ? ''
        : (how & MODE_MASK) === READ
          ? ',"mode":"read"'
          : `,"mode":"${modeName(how)}"`) +
      ((how & TRYLOCK) === 0 ? '' : ',"trylock":true') +
      (subclass === 0 ? '' : `,"subclass":${subclass}`) +
      ((how & UNCHECKED) === 0 ? '' : ',"check":false') +
      ((how & SYNC) === 0 ? '' : ',"sync":true')
    );
  }

  #nest(nest: Lock | null): string {
    return nest === null ? '' : `,"nest":${this.#lock(nest)}`;
  }

  /** The comparison's answers can only be had now, while the locks are there. */
  #compared(task: Task, wanted: Lock): string {
    const { compare } = wanted.key;
    if (compare === null) return '';
    const answers: string[] = [];
    for (let index = 0; index < task.depth; index++) {
      const held = task.locks[index]!;
      if (held !== wanted && held.key === wanted.key)
        answers.push(`[${this.#lock(held)},${Math.sign(compare(held, wanted))}]`);
    }
    return answers.length === 0 ? '' : `,"compared":[${answers.join()}]`;
  }

  #class(key: LockKey): number {
    let id = this.#classes.get(key);
    if (id === undefined) {
      id = this.#nextClass++;
      this.#classes.set(key, id);
      const implied = lockKinds[key.kind];
      const isUsual = key.waitInner === implied.waitInner && key.waitOuter === implied.waitOuter;
      this.#define({
        lockdep: 'class',
        id,
        name: key.name,
        kind: key.kind,
        wait: isUsual ? undefined : [key.waitInner, key.waitOuter],
        lockType: key.type === implied.type ? undefined : key.type,
        validate: key.validate ? undefined : false,
        track: key.track ? undefined : false,
        order: key.order ?? undefined,
        compares: key.compare === null ? undefined : true,
      });
    }
    return id;
  }

  #lock(lock: Lock): number {
    const known = this.#locks.get(lock);
    if (known !== undefined && isSame(known, lock)) return known.id;
    const key = this.#class(lock.key);
    const id = known?.id ?? this.#nextLock++;
    const { label, scope, orderKeys } = lock;
    this.#locks.set(lock, { id, key: lock.key, subclass: lock.subclass, scope });
    const subclass = lock.subclass === 0 ? undefined : lock.subclass;
    this.#define({
      lockdep: 'lock',
      id,
      class: key,
      label,
      subclass,
      scope: scope ?? undefined,
      keys: orderKeys ?? undefined,
    });
    return id;
  }

  /** Defines the task on first sight; a forked one starts under the `inherits` oldest locks its parent holds. */
  #task(task: Task, parent: Task | undefined = undefined, inherits = 0): number {
    const known = this.#tasks.get(task);
    if (known !== undefined) return known;
    const id = this.#nextTask++;
    this.#tasks.set(task, id);
    const fork = parent === undefined ? {} : { parent: this.#task(parent), inherits };
    this.#define({ lockdep: 'task', id, name: task.name, ...fork, awaited: task.awaited ? undefined : false });
    return id;
  }

  #site(site: Site | null): string {
    if (site === null || !this.#withSites) return '';
    const known = this.#sites.get(site);
    if (known !== undefined) return `,"site":${known}`;
    const { frames } = site;
    const text = JSON.stringify(frames);
    let id = this.#siteIds.get(text);
    if (id === undefined) {
      id = this.#siteIds.size + 1;
      this.#siteIds.set(text, id);
      this.#define({ lockdep: 'site', id, frames });
    }
    this.#sites.set(site, id);
    return `,"site":${id}`;
  }

  #define(line: object): void {
    this.#write(JSON.stringify(line).slice(0, -1));
  }

  /** Ends the object and the line. */
  #write(open: string): void {
    this.#lines++;
    this.#sink.write(this.#clock === null ? `${open}}\n` : `${open},"time":${this.#clock()}}\n`);
  }
}

/** Context kinds every validator has: they need no declaration. */
const KERNEL_KINDS = 2;

/** Is the lock still what it was defined as? */
function isSame({ key, subclass, scope }: DefinedLock, lock: Lock): boolean {
  return key === lock.key && subclass === lock.subclass && scope === lock.scope;
}
