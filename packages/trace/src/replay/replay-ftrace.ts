/**
 * Replays ftrace text (tracefs, trace-cmd, perf) into a validator: what a stock kernel lets anyone record, with what it
 * leaves out.
 *
 * A lock's class is its name: no key, subclass, nest lock or version is recorded. A lock taken while others of its name
 * are held gets the subclass of that depth, since the kernel's annotation, which is lost, must have told them apart.
 * Checked-ness and kind of reader are restored by name (`lock-names.ts`), contexts from the irq flags column; without
 * that column (perf) no context is known, and an interrupt's locks look nested in the interrupted task's.
 *
 * A trace is a window with holes, and the rule is: rather learn nothing than something false. Replay starts at the
 * first release. A release of a lock that was not seen taken is counted, not reported. An entry of the held stack is
 * dropped when an event proves that its release is missing: the task takes the same lock again; it went on after taking
 * it, and still another task took it exclusively and let it go; its address has another name now; the kernel says that
 * it lost events. Waiting (`lock_contended`, `lock_acquired`) is not given to the validator: the tracepoint of an
 * acquisition fires before it waits, which is when order is learned.
 *
 * Known limit: that tracepoint fires before lockdep disables interrupts, so a task preempted just there appears to hold
 * a lock inside the scheduler (`lock -> &rq->__lock`). Cost: about 0.3 µs an event beside parser and validator.
 */
import { type Lock, READ, RECURSIVE_READ, SUBCLASS_SHIFT, TRYLOCK, type Validator, WRITE } from '@lockdep/core';
import { FtraceParser } from '../ftrace-parser.ts';
import type { FtraceRecord } from '../ftrace-record.ts';
import { type ReadTraceOptions, readTrace, sourceName, type TraceSource } from '../trace-source.ts';
import { AcquireRun, type HeldBackAcquire } from './acquire-run.ts';
import type { FtraceCounts } from './ftrace-counts.ts';
import { LineSite } from './line-site.ts';
import { type LockNameOptions, TracedLocks } from './traced-locks.ts';
import { TracedTask } from './traced-task.ts';

/** Options of {@link replayFtrace}. */
export interface FtraceReplayOptions extends ReadTraceOptions, LockNameOptions {
  /**
   * Check what classes are used for in interrupts. Default true. Classes of different locks share a name in a real
   * kernel (every xarray's `xa_lock` does, irq-safe or not), which this trace cannot tell apart: expect reports that
   * are not true.
   */
  readonly usage?: boolean;
  /** Told the time of each event, in microseconds, before it is replayed (acquisitions wait for the next release). */
  readonly onTime?: (us: number) => void;
}

const HARDIRQ = 1;
const SOFTIRQ = 2;

/**
 * @example
 * const validator = new Validator();
 * const counts = await replayFtrace(validator, '/sys/kernel/tracing/trace');
 * console.log(counts.events, validator.reports.length);
 */
export async function replayFtrace(
  validator: Validator,
  source: TraceSource,
  options: FtraceReplayOptions = {},
): Promise<FtraceCounts> {
  const replay = new FtraceReplay(validator, { ...options, name: sourceName(source, options) });
  for await (const chunk of readTrace(source, options)) replay.push(chunk);
  return replay.end();
}

/** The same, chunk by chunk. */
export class FtraceReplay {
  readonly #validator: Validator;
  readonly #parser: FtraceParser;
  readonly #file: string;
  readonly #locks: TracedLocks;
  readonly #onTime: ((us: number) => void) | undefined;
  readonly #usage: boolean;
  /** By pid; idle tasks by -1 - cpu. */
  readonly #tasks = new Map<number, TracedTask>();
  readonly #run = new AcquireRun();
  /**
   * Tasks whose entry of an address was dropped because another task released it; their own release makes it a lock
   * map.
   */
  readonly #doubted = new Map<number, Set<TracedTask>>();
  #isRecording = false;
  #event = 0;
  #ignored = 0;
  #unmatched = 0;
  #dropped = 0;
  #lost = 0;
  #contentions = 0;
  #hasContexts = false;

  constructor(validator: Validator, options: FtraceReplayOptions = {}) {
    this.#validator = validator;
    this.#file = options.name ?? '(ftrace)';
    this.#parser = new FtraceParser((record) => this.#record(record), { file: this.#file });
    this.#onTime = options.onTime;
    this.#usage = options.usage ?? true;
    this.#locks = new TracedLocks(validator, this.#parser.addresses, this.#parser.strings, options);
  }

  /** @throws TraceError for a stream that is not text. */
  push(chunk: Uint8Array): void {
    this.#parser.push(chunk);
  }

  end(): FtraceCounts {
    this.#parser.end();
    if (this.#isRecording) this.#flush();
    else this.#ignore();
    const { skippedLines, malformedLines, warning } = this.#parser;
    return {
      events: this.#event,
      tasks: this.#tasks.size,
      locks: this.#locks.count,
      skippedLines,
      malformedLines,
      ignoredEvents: this.#ignored,
      unmatchedReleases: this.#unmatched,
      droppedHolds: this.#dropped,
      lostEvents: this.#lost,
      contentions: this.#contentions,
      hasContexts: this.#hasContexts,
      warnings: this.#warnings(warning),
    };
  }

  #warnings(torn: string | null): string[] {
    const warnings = torn === null ? [] : [torn];
    if (this.#event === 0)
      warnings.push('no lock event was replayed: enable lock:lock_acquire and lock:lock_release both');
    else if (!this.#hasContexts)
      warnings.push('no line has irq flags: interrupt contexts are unknown, and their locks look nested');
    return warnings;
  }

  #record(record: FtraceRecord): void {
    this.#onTime?.(record.time * 1e6);
    switch (record.event) {
      // Lockdep ignores what happens in a non-maskable interrupt, the tracepoint does not.
      case 'acquire':
        if (!record.nmi) this.#holdBack(record);
        break;
      case 'release':
        if (record.nmi) break;
        // Releases are being recorded from here on, and were since the acquisitions held back.
        if (this.#isRecording) this.#flush();
        else this.#ignore();
        this.#isRecording = true;
        this.#release(record);
        break;
      case 'contended':
        this.#contentions++;
        this.#wait(record, true);
        break;
      case 'acquired':
        this.#wait(record, false);
        break;
      case 'lost':
        this.#lost += record.lost;
        this.#ignore();
        for (const task of this.#tasks.values()) while (task.depth > 0) this.#drop(task, task.depth - 1);
        break;
    }
  }

  #holdBack(record: FtraceRecord): void {
    const entry = this.#run.add();
    entry.task = taskId(record);
    entry.comm = record.comm;
    entry.address = record.lock;
    entry.name = record.name;
    entry.entered = enteredOf(record);
    entry.enabled = this.#enabledOf(record);
    entry.trylock = record.trylock;
    entry.read = record.read;
    entry.waiting = false;
    entry.line = this.#parser.line;
    if (!this.#isRecording) {
      this.#ignore();
    } else if (this.#run.provesGap()) {
      this.#ignore();
      this.#isRecording = false;
    } else if (this.#run.isFull) {
      this.#flush();
    }
  }

  #wait(record: FtraceRecord, waiting: boolean): void {
    const heldBack = this.#run.find(taskId(record), record.lock);
    if (heldBack !== undefined) {
      heldBack.waiting = waiting;
      return;
    }
    const task = this.#tasks.get(taskId(record));
    const index = task?.find(record.lock) ?? -1;
    if (task !== undefined && index >= 0) task.waiting[index] = waiting ? 1 : 0;
  }

  /** Forgets the acquisitions held back. */
  #ignore(): void {
    this.#ignored += this.#run.length;
    this.#run.length = 0;
  }

  /** Replays the acquisitions held back. */
  #flush(): void {
    const { entries, length } = this.#run;
    for (let i = 0; i < length; i++) this.#acquire(entries[i]!);
    this.#run.length = 0;
  }

  #acquire(entry: HeldBackAcquire): void {
    const { task: id, comm, address, name, entered, enabled, trylock, read, waiting, line } = entry;
    const task = this.#task(id, comm);
    this.#setContexts(task, entered, enabled);
    const { holds } = this.#locks;
    const lock = this.#lock(address, name);
    if (holds[address]! > 0) this.#dropStale(task, address, entered, read);
    const subclass = Math.min(task.sameName(name, address, entered), 7);
    const mode = !read ? WRITE : entered !== 0 || this.#locks.isRecursive(name) ? RECURSIVE_READ : READ;
    const how = mode | (trylock ? TRYLOCK : 0) | (subclass << SUBCLASS_SHIFT);
    this.#event++;
    task.push(lock, address, name, entered, read, this.#event);
    if (waiting) task.waiting[task.depth - 1] = 1;
    holds[address]!++;
    this.#validator.acquire(task.task, lock, how, null, new LineSite(this.#file, line));
  }

  #release(record: FtraceRecord): void {
    const { lock: address } = record;
    const task = this.#task(taskId(record), record.comm);
    const entered = enteredOf(record);
    this.#setContexts(task, entered, this.#enabledOf(record));
    const index = task.find(address);
    if (index < 0) {
      this.#unmatched++;
      if (this.#doubted.get(address)?.delete(task) === true) this.#locks.foundLockMap(address);
      return;
    }
    if (!task.isReleasable(index)) {
      this.#drop(task, index);
      return;
    }
    const isReader = task.read[index] === 1;
    const since = task.event[index]!;
    const lock = task.locks[index]!;
    this.#event++;
    task.remove(index);
    task.went(entered, this.#event);
    this.#locks.holds[address]!--;
    this.#validator.release(task.task, lock);
    if (!isReader && this.#locks.holds[address]! > 0) this.#dropOlder(task, address, since);
  }

  /** The task takes a lock it already holds in these contexts: unless both are readers, it must have let go of it. */
  #dropStale(task: TracedTask, address: number, entered: number, read: boolean): void {
    const index = task.find(address);
    if (index < 0 || task.entered(index) !== entered) return;
    if (!(read && task.read[index] === 1)) this.#drop(task, index);
  }

  /** A task has held a lock exclusively since an event: who had got it before must have let go of it. */
  #dropOlder(holder: TracedTask, address: number, since: number): void {
    if (!this.#locks.excludes(address)) return;
    for (const task of this.#tasks.values()) {
      const index = task === holder ? -1 : task.find(address);
      if (index < 0 || task.event[index]! > since || !task.hasPassed(index)) continue;
      const doubted = this.#doubted.get(address) ?? new Set();
      this.#doubted.set(address, doubted.add(task));
      this.#drop(task, index);
    }
  }

  /** Takes an entry off without calling it released: its release is missing from the trace. */
  #drop(task: TracedTask, index: number): void {
    const lock = task.locks[index]!;
    this.#locks.holds[task.address[index]!]!--;
    this.#dropped++;
    task.remove(index);
    this.#validator.cancel(task.task, lock);
  }

  #task(id: number, comm: number): TracedTask {
    let task = this.#tasks.get(id);
    if (task === undefined) {
      const name = this.#parser.strings.text(comm);
      task = new TracedTask(this.#validator.task(id < 0 ? `${name}/${-1 - id}` : `${name}-${id}`));
      this.#tasks.set(id, task);
    }
    return task;
  }

  /** The lock at an address. When another one was there before, those who seem to hold that do not. */
  #lock(address: number, name: number): Lock {
    const known = this.#locks.known(address, name);
    if (known !== undefined) return known;
    if (this.#locks.holds[address]! > 0) {
      for (const task of this.#tasks.values()) {
        for (let index = task.find(address); index >= 0; index = task.find(address)) this.#drop(task, index);
      }
    }
    return this.#locks.replace(address, name);
  }

  /**
   * Contexts as the flags of the line tell them; what has become enabled meanwhile was enabled with the held locks
   * held.
   */
  #setContexts(task: TracedTask, entered: number, enabled: number): void {
    const opened = enabled & ~task.enabled;
    task.enabled = enabled;
    this.#validator.setContexts(task.task, entered, enabled, 0);
    if (opened !== 0 && task.depth > 0) this.#validator.markEnabled(task.task, opened);
  }

  /**
   * Which kinds can interrupt: softirqs do not run with hardirqs off. Unknown is taken as off: then nothing is learned.
   */
  #enabledOf(record: FtraceRecord): number {
    if (!record.hasFlags) return 0;
    this.#hasContexts = true;
    if (record.irqsOff || !this.#usage) return 0;
    return record.tellsSoftirqs && !record.softirqsOff && !record.softirq ? HARDIRQ | SOFTIRQ : HARDIRQ;
  }
}

function enteredOf(record: FtraceRecord): number {
  return (record.hardirq ? HARDIRQ : 0) | (record.softirq ? SOFTIRQ : 0);
}

/** Idle tasks all have pid 0: there is one per cpu. */
function taskId(record: FtraceRecord): number {
  return record.pid === 0 ? -1 - record.cpu : record.pid;
}
