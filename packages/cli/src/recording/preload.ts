/**
 * Loaded into every Node process and worker thread of a program that `lockdep run` runs (`NODE_OPTIONS=--import`), before it.
 *
 * It waits, at no cost, for the process's validator to be made (the slot in which all copies of `@lockdep/locks` share it) and
 * then only listens to its reports: no event is intercepted, no signal handled, nothing kept alive. What was learned is written
 * when the process exits, and while it runs whenever something new was learned, so a killed process loses the last moment of
 * its order and none of its reports. An error in here is told on standard error and never reaches the program.
 */
import { appendFileSync, closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import type { EventListener, Validator } from '@lockdep/core';
import type * as Graph from '@lockdep/graph';
import type * as Trace from '@lockdep/trace';
import {
  RECORDING_VARIABLE,
  REPORTS,
  type RecordedProcess,
  type RecordingHeader,
  type RecordingRequest,
  WHOLE,
} from './recorded-process.ts';

// The program may put other timers in their place.
const { setTimeout, performance } = globalThis;
const load = createRequire(import.meta.url);

/** Between two looks at what is new; writing takes at most a twentieth of the time. */
const INTERVAL_MS = 100;
const SHARE = 20;

class Recording {
  static #count = 0;
  readonly #validator: Validator;
  readonly #request: RecordingRequest;
  readonly #file: string;
  readonly #events: EventFile | null;
  #written = '';

  constructor(validator: Validator, request: RecordingRequest) {
    this.#validator = validator;
    this.#request = request;
    const name = `${process.pid}-${threadId}-${++Recording.#count}`;
    this.#file = join(request.folder, name);
    const program = programName();
    const header: RecordingHeader = { program, began: performance.timeOrigin + performance.now() };
    appendFileSync(this.#file + REPORTS, `${JSON.stringify(header)}\n`);
    validator.subscribe((report) => safely(() => appendFileSync(this.#file + REPORTS, `${JSON.stringify(report)}\n`)));
    const { record } = request;
    this.#events =
      record === null ? null : new EventFile(validator, program, join(record, `${program}-${name}.ndjson`));
    process.on('exit', () => safely(() => this.#write(true)));
    this.#look(INTERVAL_MS);
  }

  #look(ms: number): void {
    const timer = setTimeout(() => {
      const began = performance.now();
      const done = safely(() => this.#write(false));
      if (done) this.#look(Math.max(INTERVAL_MS, (performance.now() - began) * SHARE));
    }, ms);
    timer.unref();
  }

  /** Writes what there is; `atEnd` or if it looks different from what was written last. */
  #write(atEnd: boolean): void {
    this.#events?.flush();
    const { engine, reports } = this.#validator;
    const heldLocks = this.#validator.heldLocks();
    const signs = [
      ...[engine.classes.size, engine.order.edgeCount],
      ...reports.map(({ level, count }) => level + count),
      ...heldLocks.map(({ task }) => task),
    ].join();
    if (!atEnd && signs === this.#written) return;
    const { saveGraph } = load('@lockdep/graph') as typeof Graph;
    const recorded: RecordedProcess = {
      events: engine.events,
      reports,
      graph: saveGraph(this.#validator, { run: '', root: this.#request.root }),
      heldLocks,
    };
    writeFileSync(`${this.#file}.part`, JSON.stringify(recorded));
    renameSync(`${this.#file}.part`, this.#file + WHOLE);
    this.#written = signs;
  }
}

function programName(): string {
  const name = basename(process.argv[1] ?? 'node');
  return isMainThread ? name : `${name} (worker)`;
}

/** All events, as a trace for `lockdep replay` and `stat`; lines are collected and written together. */
class EventFile {
  static readonly #LIMIT = 64 * 1024;
  readonly #descriptor: number;
  #lines = '';

  constructor(validator: Validator, program: string, file: string) {
    const { TraceRecorder } = load('@lockdep/trace') as typeof Trace;
    mkdirSync(join(file, '..'), { recursive: true });
    this.#descriptor = openSync(file, 'w');
    shareEvents(validator);
    new TraceRecorder(validator, { write: (line) => this.#add(line) }, { program, clock: () => performance.now() });
    process.on('exit', () => {
      this.flush();
      safely(() => closeSync(this.#descriptor));
    });
  }

  #add(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= EventFile.#LIMIT) this.flush();
  }

  flush(): void {
    const lines = this.#lines;
    this.#lines = '';
    if (lines !== '') safely(() => writeSync(this.#descriptor, lines));
  }
}

/** A validator has one listener; the program may want to be that too (a logger at level debug, `diagnostics_channel`). */
function shareEvents(validator: Validator): void {
  const listeners = new Set<EventListener>();
  validator.attach((...event) => {
    for (const listener of listeners) listener(...event);
  });
  validator.attach = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}

let complained = false;

/** False when it failed, which is said once. */
function safely(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!complained)
      process.stderr.write(
        `lockdep: cannot record ${process.argv[1] ?? 'node'}: ${error instanceof Error ? error.message : error}\n`,
      );
    complained = true;
    return false;
  }
}

/** Calls back with each validator that becomes the process's. */
function onValidator(found: (validator: Validator) => void): void {
  const slot = Symbol.for('@lockdep/validator');
  const seen = new WeakSet<Validator>();
  const slots = globalThis as unknown as Record<symbol, Validator | undefined>;
  let current = slots[slot];
  const take = (validator: Validator | undefined): void => {
    current = validator;
    if (validator === undefined || seen.has(validator)) return;
    seen.add(validator);
    safely(() => found(validator));
  };
  take(current);
  Object.defineProperty(globalThis, slot, { configurable: true, enumerable: false, get: () => current, set: take });
}

safely(() => {
  const request = process.env[RECORDING_VARIABLE];
  if (request !== undefined)
    onValidator((validator) => new Recording(validator, JSON.parse(request) as RecordingRequest));
});
