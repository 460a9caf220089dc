/**
 * Replays a recording in the lockdep trace format into a validator: the same events in the same order, so the same
 * order is learned and the same reports are made as in the recorded run.
 *
 * Each header in the log begins a recording of its own: what tasks of the one before still held is taken off without a
 * report, since a program that was killed releases nothing. Cost: parsing, 1–2 µs a line.
 */
import { how, type Lock, LockKey, type LockKeyOptions, type Site, type Task, Validator } from '@lockdep/core';
import type {
  AcquireLine,
  ClassLine,
  ContextLine,
  HeaderLine,
  LockLine,
  RecordLine,
  TaskLine,
  TraceLine,
} from '../ndjson-lines.ts';
import { NdjsonParser } from '../ndjson-parser.ts';
import { TraceError } from '../trace-error.ts';
import { type ReadTraceOptions, readTrace, sourceName, type TraceSource } from '../trace-source.ts';
import { LineSite } from './line-site.ts';

/** What was in the trace and what became of it. */
export interface NdjsonCounts {
  /** Events given to the validator. */
  readonly events: number;
  readonly tasks: number;
  readonly locks: number;
  /** Recordings in the log: headers. */
  readonly recordings: number;
  /** Lines that are not of the format. */
  readonly skippedLines: number;
  /** Lines that were cut. */
  readonly tornLines: number;
  readonly warnings: readonly string[];
}

/** A validator, or how to make one for what the first header says (its context kinds). */
export type ValidatorFor = Validator | ((header: HeaderLine) => Validator);

/**
 * @example
 * const validator = new Validator();
 * const counts = await replayNdjson(validator, 'trace.ndjson');
 */
export async function replayNdjson(
  validator: ValidatorFor,
  source: TraceSource,
  options: ReadTraceOptions = {},
): Promise<NdjsonCounts> {
  const replay = new NdjsonReplay(validator, { name: sourceName(source, options) });
  for await (const chunk of readTrace(source, options)) replay.push(chunk);
  return replay.end();
}

export interface NdjsonReplayOptions extends ReadTraceOptions {
  /** Told the time of each event that has one, in microseconds, before it is replayed. */
  readonly onTime?: (us: number) => void;
  /** Told of reads and writes of variables, which concern no validator. */
  readonly onAccess?: (access: 'read' | 'write', task: Task, variable: string) => void;
}

/** The same, chunk by chunk. */
export class NdjsonReplay {
  readonly #onTime: ((us: number) => void) | undefined;
  readonly #onAccess: NdjsonReplayOptions['onAccess'];
  #validator: Validator | null;
  readonly #make: (header: HeaderLine) => Validator;
  readonly #parser: NdjsonParser;
  readonly #file: string;
  readonly #keys = new Map<number, LockKey>();
  readonly #locks = new Map<number, Lock>();
  readonly #tasks = new Map<number, Task>();
  readonly #sites = new Map<number, Site>();
  /** What the comparison answered in the recorded run, for the line being replayed. */
  readonly #compared = new Map<Lock, number>();
  #line = 0;
  #events = 0;
  #taskCount = 0;
  #lockCount = 0;
  #recordings = 0;

  constructor(validator: ValidatorFor, options: NdjsonReplayOptions = {}) {
    this.#onTime = options.onTime;
    this.#onAccess = options.onAccess;
    this.#validator = validator instanceof Validator ? validator : null;
    this.#make = validator instanceof Validator ? () => validator : validator;
    this.#file = options.name ?? '(ndjson)';
    this.#parser = new NdjsonParser((line, number) => this.#replay(line, number), { file: this.#file });
  }

  /** @throws TraceError for a bad line, with its number. */
  push(chunk: Uint8Array): void {
    this.#parser.push(chunk);
  }

  end(): NdjsonCounts {
    this.#parser.end();
    const { skippedLines, tornLines, warning } = this.#parser;
    return {
      events: this.#events,
      tasks: this.#taskCount,
      locks: this.#lockCount,
      recordings: this.#recordings,
      skippedLines,
      tornLines,
      warnings: this.#warnings(warning),
    };
  }

  #warnings(torn: string | null): string[] {
    const warnings = torn === null ? [] : [torn];
    if (this.#recordings === 0) warnings.push('no recording in it: no line is {"type":"lockdep-trace","version":1}');
    return warnings;
  }

  #replay(line: TraceLine, number: number): void {
    this.#line = number;
    if (!('lockdep' in line)) {
      this.#begin(line);
      return;
    }
    const validator = this.#validator!;
    switch (line.lockdep) {
      case 'class':
        this.#keys.set(line.id, this.#key(line));
        return;
      case 'lock':
        this.#defineLock(validator, line);
        return;
      case 'task':
        this.#defineTask(validator, line);
        return;
      case 'site':
        this.#sites.set(line.id, { frames: line.frames });
        return;
      default:
        this.#events++;
        if (line.time !== undefined) this.#onTime?.(line.time * 1000);
        this.#event(validator, line);
    }
  }

  #event(validator: Validator, line: Exclude<RecordLine, { readonly id: number }>): void {
    const task = this.#get(this.#tasks, line.task, 'task');
    switch (line.lockdep) {
      case 'join-task':
        validator.joinTask(task, this.#get(this.#tasks, line.ended, 'task'));
        return;
      case 'end-task':
        validator.endTask(task);
        this.#tasks.delete(line.task);
        return;
      case 'read':
      case 'write':
        this.#onAccess?.(line.lockdep, task, line.variable);
        return;
      case 'enter-context':
      case 'exit-context':
      case 'enable-context':
      case 'disable-context':
        this.#contextEvent(validator, task, line);
        return;
      default:
        break;
    }
    const lock = this.#get(this.#locks, line.lock, 'lock');
    switch (line.lockdep) {
      case 'acquire':
        this.#acquire(validator, task, lock, line);
        break;
      case 'contended':
        validator.contended(task, lock, null, this.#site(line.site));
        break;
      case 'acquired':
        validator.acquired(task, lock);
        break;
      case 'cancel':
        validator.cancel(task, lock);
        break;
      case 'release':
        validator.release(task, lock);
        break;
      case 'downgrade':
        validator.downgrade(task, lock);
        break;
      case 'init':
        validator.initLock(task, lock);
        break;
      case 'dispose':
        validator.disposeLock(task, lock);
        this.#locks.delete(line.lock);
        break;
      case 'set-class':
        validator.setClass(task, lock, this.#get(this.#keys, line.class, 'class'), line.subclass ?? 0);
        break;
      case 'transfer':
        validator.transfer(task, this.#get(this.#tasks, line.to, 'task'), lock);
        break;
    }
  }

  #begin(header: HeaderLine): void {
    this.#recordings++;
    this.#validator ??= this.#make(header);
    const { contexts } = this.#validator.engine;
    for (const { name } of header.contexts ?? []) {
      if (contexts.kinds.some((kind) => kind.name === name)) continue;
      this.#fail(
        `the recorded program has contexts '${name}', which this validator does not know`,
        'declare them in its options',
      );
    }
    for (const task of this.#tasks.values()) {
      for (let index = task.depth - 1; index >= 0; index--) this.#validator.cancel(task, task.locks[index]!);
    }
    for (const ids of [this.#keys, this.#locks, this.#tasks, this.#sites]) ids.clear();
  }

  #acquire(validator: Validator, task: Task, lock: Lock, line: AcquireLine): void {
    const { mode = 'write', trylock = false, subclass = 0, check = true, sync = false } = line;
    const nest = line.nest === undefined ? null : this.#get(this.#locks, line.nest, 'lock');
    for (const [held, answer] of line.compared ?? []) this.#compared.set(this.#get(this.#locks, held, 'lock'), answer);
    validator.acquire(task, lock, how({ mode, trylock, subclass, check, sync }), nest, this.#site(line.site));
    this.#compared.clear();
  }

  #contextEvent(validator: Validator, task: Task, line: ContextLine): void {
    if (!validator.engine.contexts.kinds.some(({ name }) => name === line.context)) {
      this.#fail(`unknown context '${line.context}'`, 'declare it in the options of the validator');
    }
    if (line.lockdep === 'enter-context')
      validator.enterContext(task, line.context, { threaded: line.threaded === true });
    else if (line.lockdep === 'exit-context') validator.exitContext(task, line.context);
    else if (line.lockdep === 'enable-context') validator.enableContext(task, line.context, this.#site(line.site));
    else validator.disableContext(task, line.context);
  }

  #key(line: ClassLine): LockKey {
    const options: LockKeyOptions = {
      name: line.name,
      ...(line.kind === undefined ? {} : { kind: line.kind }),
      ...(line.wait === undefined ? {} : { waitInner: line.wait[0], waitOuter: line.wait[1] }),
      ...(line.lockType === undefined ? {} : { type: line.lockType }),
      validate: line.validate ?? true,
      track: line.track ?? true,
      ...(line.order === undefined ? {} : { order: line.order }),
      ...(line.compares === true ? { compare: (held) => this.#compared.get(held) ?? 0 } : {}),
    };
    try {
      return new LockKey(options);
    } catch (error) {
      this.#fail(
        error instanceof Error ? error.message : String(error),
        'the trace was written by a newer version, or edited',
      );
    }
  }

  #defineLock(validator: Validator, line: LockLine): void {
    const key = this.#get(this.#keys, line.class, 'class');
    const known = this.#locks.get(line.id);
    if (known !== undefined) {
      validator.reinit(known, key, line.subclass ?? 0);
      validator.publish(known, line.scope ?? null);
      return;
    }
    this.#lockCount++;
    const { label, subclass = 0, scope, keys } = line;
    const placed = {
      ...(scope === undefined ? {} : { scope }),
      ...(keys === undefined ? {} : { orderKeys: keys }),
    };
    this.#locks.set(line.id, validator.lock(key, { label, subclass, ...placed }));
  }

  #defineTask(validator: Validator, { id, name, parent, inherits, ...line }: TaskLine): void {
    this.#taskCount++;
    const awaited = line.awaited !== false;
    const fork = parent === undefined ? {} : { parent: this.#get(this.#tasks, parent, 'task'), awaited };
    const depth = inherits === undefined ? {} : { depth: inherits };
    this.#tasks.set(id, validator.task(name, { ...fork, ...depth }));
  }

  /** The recorded site, or else the line of the log. */
  #site(id: number | undefined): Site {
    return id === undefined ? new LineSite(this.#file, this.#line) : this.#get(this.#sites, id, 'site');
  }

  #get<T>(ids: ReadonlyMap<number, T>, id: number, what: string): T {
    const found = ids.get(id);
    if (found === undefined) {
      this.#fail(
        `${what} ${id} is used before it is defined`,
        'the log has lost lines, or begins in the middle of a recording',
      );
    }
    return found;
  }

  #fail(problem: string, hint: string): never {
    throw new TraceError({ code: 'malformed', file: this.#file, line: this.#line, problem, hint });
  }
}
