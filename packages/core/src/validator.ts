/**
 * The validator: takes in lock events, learns the order in which classes of locks nest, and reports orders that can deadlock.
 *
 * It never changes the program it watches: nothing here throws or blocks (unless `onReport: 'throw'` asks for it), and
 * validation goes on after any number of reports. A known acquisition costs one probe of the chain trie and five
 * integer stores, at any depth; everything else is the miss path (acquire.ts, release.ts).
 */
import { acquire } from './acquire.ts';
import { assertLock, assertNone, holds } from './assertions.ts';
import { LABEL_BITS, ROOT } from './chain-trie.ts';
import { markUsage } from './checks/usage.ts';
import type { LockClass } from './class-table.ts';
import type { ContextKind } from './context-kinds.ts';
import { deadlockFinding } from './deadlock.ts';
import { Engine, EXACT_LABEL, KERNEL_LABEL, type ValidatorMode } from './engine.ts';
import type { EventListener, EventType } from './event.ts';
import { findAnywhere } from './find-held.ts';
import { graphView, type OrderView } from './graph-view.ts';
import { heldLocks, type TaskLocks } from './held-locks.ts';
import { type LearnedOrder, learn, learned } from './learned.ts';
import { Lock } from './lock.ts';
import type { LockKey } from './lock-key.ts';
import { type LockStat, LockStatistics } from './lock-statistics.ts';
import { type AcquireOptions, how as packed, SUBCLASS_SHIFT, SYNC, UNCHECKED, WRITE } from './mode.ts';
import { pin, unpin } from './pin.ts';
import { disinherit, downgrade, holdersOf, inherit, reclassHeld, release, removeEntry, transfer } from './release.ts';
import type { Report, Site } from './report.ts';
import { plainSite } from './site.ts';
import {
  CHAIN_SHIFT,
  COUNTED,
  ENABLED_SHIFT,
  HOW,
  INHERITED,
  NODE,
  PENDING,
  PINNED,
  ROW,
  SITED,
  type Task,
} from './task.ts';
import { usageBit } from './usage.ts';
import { type ValidatorStats, validatorStats } from './validator-stats.ts';
import { zapClass, zapKey } from './zap.ts';

export interface ValidatorOptions {
  /** Default `ideal`: the right answer; `kernel` gives Linux's, with its known misses. */
  readonly mode?: ValidatorMode;
  /** Capture call sites for new chains, dependencies and usage bits (about 2 µs each, once). Default true. */
  readonly sites?: boolean;
  /** Context kinds beside `hardirq` and `softirq`. */
  readonly contexts?: readonly ContextKind[];
  /** Keep statistics per class from the start (see {@link Validator.lockStat}). Default false. */
  readonly statistics?: boolean;
  /** The time in microseconds, for waits and statistics. Default: the process's own clock. */
  readonly clock?: () => number;
  /** What a failed assertion does beside being reported: nothing, or throw a {@link LockReportError}. Default `report`. */
  readonly assertions?: 'report' | 'throw';
  /** Called with each new report; `'throw'` makes the event that caused it throw a {@link LockReportError}. Default: collect only. */
  readonly onReport?: ((report: Report) => void) | 'throw';
}

/** Thrown out of the event that caused a report, when the validator was made with `onReport: 'throw'`. */
export class LockReportError extends Error {
  readonly report: Report;

  constructor(report: Report) {
    super(`${report.rule}: ${report.message}`);
    this.name = 'LockReportError';
    this.report = report;
  }
}

/** The bits of an entry that say which chain it belongs to, and of a label that give the class. */
const CHAIN_MASK = ((1 << ENABLED_SHIFT) - 1) & ~((1 << CHAIN_SHIFT) - 1);
const CLASS_MASK = -1 << LABEL_BITS;
/** Entry flags that make a release at the top of the stack more than a pop. */
const NOT_PLAIN = COUNTED | PINNED | INHERITED;

/**
 * @example
 * const validator = new Validator();
 * const a = validator.lock(new LockKey({ name: 'A' }));
 * const b = validator.lock(new LockKey({ name: 'B' }));
 * const [t1, t2] = [validator.task('t1'), validator.task('t2')];
 * validator.acquire(t1, a);
 * validator.acquire(t1, b);
 * validator.release(t1, b);
 * validator.release(t1, a);
 * validator.acquire(t2, b);
 * validator.acquire(t2, a); // the order is inverted: reported here, although nothing has deadlocked
 * console.log(validator.reports[0]?.kind); // 'circular'
 */
export class Validator {
  /** @internal Shared with the readers and writers of this package. */
  readonly engine: Engine;
  readonly #labelMask: number;
  readonly #clock: () => number;
  readonly #throwAssertions: boolean;
  /** Somebody records, or statistics are kept: one test on the hot path for both. */
  #watched = false;
  #listener: EventListener | null = null;

  constructor(options: ValidatorOptions = {}) {
    const mode = options.mode ?? 'ideal';
    this.engine = new Engine({ mode, sites: options.sites ?? true, contexts: options.contexts ?? [] });
    this.#labelMask = mode === 'ideal' ? EXACT_LABEL : KERNEL_LABEL;
    this.#clock = options.clock ?? (() => performance.now() * 1000);
    this.#throwAssertions = options.assertions === 'throw';
    if (options.statistics === true) this.keepStatistics(true);
    const { onReport } = options;
    if (onReport === 'throw') {
      this.subscribe((report) => {
        throw new LockReportError(report);
      });
    } else if (onReport !== undefined) this.subscribe(onReport);
  }

  /** Everything reported so far, in order; each once, with its count. */
  get reports(): readonly Report[] {
    return this.engine.reports;
  }

  /** Calls `listener` with every new report; returns a function that stops it. */
  subscribe(listener: (report: Report) => void): () => void {
    return this.engine.subscribe(listener);
  }

  /** A new task. With `parent`, it starts under the locks the parent holds now (which stay the parent's to release). */
  task(name: string, options: { readonly parent?: Task } = {}): Task {
    const { parent } = options;
    const task = this.engine.task(name, parent ?? null);
    if (parent !== undefined && parent.depth > 0) {
      parent.children ??= new Set();
      parent.children.add(task);
      inherit(this.engine, parent, task);
    }
    this.#listener?.('begin-task', task, null, 0, null, null, parent === undefined ? null : { other: parent });
    return task;
  }

  /** A new lock of a class. `label` names the instance in reports. */
  lock(key: LockKey, options: { readonly label?: string; readonly subclass?: number } = {}): Lock {
    return new Lock(this.engine.classes.entry(key), options.subclass ?? 0, options.label);
  }

  /**
   * A task is about to take a lock: call it *before* blocking, so that a real deadlock is still reported; for a trylock after
   * it succeeded. `how` is built by {@link how}; plain options are accepted too.
   */
  acquire(
    task: Task,
    lock: Lock,
    how: number | AcquireOptions = WRITE,
    nest: Lock | null = null,
    site: Site | null = null,
  ): void {
    if (typeof how !== 'number') how = packed(how);
    const { engine } = this;
    engine.events += 1;
    const label = lock.entry.labels[(how >> SUBCLASS_SHIFT) & 7 || lock.subclass]!;
    if (label >= 0 && nest === null && (how & SYNC) === 0) {
      const { trie } = engine;
      const { depth, held } = task;
      const row = depth * ROW;
      const flags = how | (label & UNCHECKED);
      const top = depth === 0 ? 0 : held[row - ROW + HOW]!;
      const before = depth === 0 || ((top ^ task.packed) & CHAIN_MASK) !== 0 ? ROOT : held[row - ROW + NODE]!;
      const node = trie.probe(before, (label & CLASS_MASK) | (flags & this.#labelMask));
      if (
        node >= 0 &&
        ((trie.settled[node]! >>> (task.settledShift + ((flags >> 2) & engine.variantMask))) & 1) !== 0 &&
        row < held.length
      ) {
        held[row + HOW] = (site === null ? flags : flags | SITED) | task.packed;
        held[row + NODE] = node;
        task.locks[depth] = lock;
        if (site !== null) task.sites[depth] = site;
        task.depth = depth + 1;
        if (this.#watched) this.#acquiredNow(task, lock, how, null, site);
        return;
      }
    }
    if (task.off !== 0 || !lock.key.track) return;
    const { depth } = task;
    acquire(engine, task, lock, how, nest, site);
    if (this.#watched) this.#acquiredNow(task, lock, how, nest, site, task.depth > depth);
  }

  /** A task lets go of a lock, in any order. */
  release(task: Task, lock: Lock): void {
    this.engine.events += 1;
    if (this.#watched) this.#releasedNow(task, lock);
    const top = task.depth - 1;
    if (top >= 0 && task.locks[top] === lock && (task.held[top * ROW + HOW]! & NOT_PLAIN) === 0) {
      task.depth = top;
    } else if (lock.key.track && (task.off === 0 || findAnywhere(task, lock) >= 0)) {
      release(this.engine, task, lock);
    }
    if (task.children !== null) for (const child of task.children) disinherit(this.engine, child, lock);
  }

  #acquiredNow(task: Task, lock: Lock, how: number, nest: Lock | null, site: Site | null, pushed = true): void {
    if (pushed) this.engine.statistics?.pushed(task);
    this.#tell('acquire', task, lock, how, nest, site);
  }

  #releasedNow(task: Task, lock: Lock): void {
    const index = this.#innermost(task, lock);
    if (index >= 0) this.engine.statistics?.released(task, index);
    this.#tell('release', task, lock, 0, null, null);
  }

  /**
   * The task must wait for the lock it has just announced. Reports a deadlock when tasks now wait for each other in a circle.
   * `blockers` says for whom it waits at the moment it is asked, where the lock knows better than "whoever holds it" (a queue).
   */
  contended(
    task: Task,
    lock: Lock,
    blockers: (() => readonly Task[]) | null = null,
    site: Site | null = null,
  ): Report | null {
    const { engine } = this;
    engine.events += 1;
    if (task.off !== 0) return null;
    const index = findAnywhere(task, lock);
    if (index < 0) {
      return engine.report(
        {
          kind: 'bad-contention',
          message: `${lock.key.name} is waited for without having been asked for`,
          lock: this.#ref(lock),
        },
        task,
        site,
      );
    }
    const pending = this.#innermost(task, lock);
    task.held[pending * ROW + HOW]! |= PENDING;
    task.waiting = { lock, site: site ?? engine.heldSite(task, pending), blockers, since: this.#clock() };
    engine.statistics?.contended(task, pending, lock, task.waiting.site);
    const finding = deadlockFinding(engine, task);
    const report = finding === null ? null : engine.report(finding, task, site);
    if (this.#listener !== null) this.#tell('contended', task, lock, 0, null, site);
    return report;
  }

  /** The lock was granted after waiting. */
  acquired(task: Task, lock: Lock): void {
    this.engine.events += 1;
    if (task.off !== 0) return;
    const index = this.#innermost(task, lock);
    if (index >= 0) task.held[index * ROW + HOW]! &= ~PENDING;
    if (task.waiting?.lock === lock) task.waiting = null;
    if (this.#listener !== null) this.#tell('acquired', task, lock, 0, null, null);
  }

  /** The task gave up waiting for the lock it had announced. */
  cancel(task: Task, lock: Lock): void {
    this.engine.events += 1;
    if (task.off !== 0) return;
    const index = this.#innermost(task, lock);
    if (task.waiting?.lock === lock) task.waiting = null;
    if (index >= 0) removeEntry(this.engine, task, index);
    if (this.#listener !== null) this.#tell('cancel', task, lock, 0, null, null);
  }

  /** An exclusive holder becomes a reader. Old dependencies stay; new ones leave as shared. */
  downgrade(task: Task, lock: Lock): void {
    this.engine.events += 1;
    if (task.off !== 0) return;
    downgrade(this.engine, task, lock);
    if (this.#listener !== null) this.#tell('downgrade', task, lock, 0, null, null);
  }

  /** Hands a held lock to another task (I/O completion releases what the submitter took). */
  transfer(from: Task, to: Task, lock: Lock): void {
    this.engine.events += 1;
    transfer(this.engine, from, to, lock);
    this.#listener?.('transfer', from, lock, 0, null, null, { other: to });
  }

  /** The lock is (re-)initialised: nobody may hold it. */
  initLock(task: Task, lock: Lock): void {
    this.#freed(task, lock, 'init');
  }

  /** The lock is gone: nobody may hold it. */
  disposeLock(task: Task, lock: Lock): void {
    this.#freed(task, lock, 'dispose');
  }

  /** The task is over; what it still holds is reported and released. */
  endTask(task: Task): void {
    const { engine } = this;
    engine.events += 1;
    const left = engine.heldBy(task);
    if (left.length > 0) {
      const names = left.map((lock) => lock.class.name).join(', ');
      engine.report({ kind: 'held-at-exit', message: `${task.name} ended holding ${names}`, left }, task, null);
    }
    task.depth = 0;
    task.ended = true;
    task.parent?.children?.delete(task);
    engine.tasks.delete(task.id);
    this.#listener?.('end-task', task, null, 0, null, null, null);
  }

  /** Gives a lock another class; a held one is re-checked as if it had been taken so. */
  setClass(task: Task, lock: Lock, key: LockKey, subclass = 0): void {
    this.engine.events += 1;
    const entry = this.engine.classes.entry(key);
    const change = (): void => {
      lock.entry = entry;
      lock.subclass = 0;
    };
    reclassHeld(this.engine, task, lock, change, subclass);
    this.#tell('set-class', task, lock, subclass, null, null);
  }

  /** Gives an idle lock another class or default subclass. */
  reinit(lock: Lock, key: LockKey, subclass = 0): void {
    lock.entry = this.engine.classes.entry(key);
    lock.subclass = subclass;
  }

  /** The task enters a context (an interrupt arrives). */
  enterContext(task: Task, kind: string, options: { readonly threaded?: boolean } = {}): void {
    const number = this.engine.contexts.number(kind);
    const bit = 1 << number;
    if (task.enterDepth[number]! === 0) task.threaded &= ~bit;
    task.enterDepth[number]! += 1;
    task.entered |= bit;
    if (options.threaded === true) task.threaded |= bit;
    this.engine.contextChanged(task);
    this.#listener?.('enter-context', task, null, options.threaded === true ? 1 : 0, null, null, { context: kind });
  }

  /** The task leaves a context it entered. */
  exitContext(task: Task, kind: string): void {
    const number = this.engine.contexts.number(kind);
    if (task.enterDepth[number]! > 0) task.enterDepth[number]! -= 1;
    if (task.enterDepth[number] === 0) task.entered &= ~(1 << number);
    this.engine.contextChanged(task);
    this.#listener?.('exit-context', task, null, 0, null, null, { context: kind });
  }

  /** The context cannot happen to this task any more. */
  disableContext(task: Task, kind: string): void {
    task.enabled &= ~(1 << this.engine.contexts.number(kind));
    this.engine.contextChanged(task);
    this.#listener?.('disable-context', task, null, 0, null, null, { context: kind });
  }

  /** The context can happen again: everything held is now held with it enabled. */
  enableContext(task: Task, kind: string, site: Site | null = null): void {
    const { engine } = this;
    const number = engine.contexts.number(kind);
    if ((task.enabled & (1 << number)) !== 0) return;
    engine.events += 1;
    const before = engine.contexts.effective(task.enabled);
    task.enabled |= 1 << number;
    engine.contextChanged(task);
    const opened = engine.contexts.effective(task.enabled) & ~before;
    if (task.off === 0) this.#markHeld(task, opened, site);
    this.#listener?.('enable-context', task, null, 0, null, site, { context: kind });
  }

  /** Sets a task's contexts as masks of kind numbers, as a recording states them; marks nothing. */
  setContexts(task: Task, entered: number, enabled: number, threaded: number): void {
    if (task.entered === entered && task.enabled === enabled && task.threaded === threaded) return;
    task.entered = entered;
    task.enabled = enabled;
    task.threaded = threaded;
    this.engine.contextChanged(task);
  }

  /** Marks what the task holds as held with these kinds (a mask) enabled, as a recording states it. */
  markEnabled(task: Task, kinds: number, site: Site | null = null): void {
    this.engine.events += 1;
    this.#markHeld(task, kinds, site);
  }

  /** Takes over what another run learned. */
  learn(order: LearnedOrder): void {
    learn(this.engine, order);
  }

  /** What has been learned so far, as data. */
  learned(): LearnedOrder {
    return learned(this.engine);
  }

  /** Marks what is held as held with these contexts enabled, one kind after the other. */
  #markHeld(task: Task, kinds: number, site: Site | null): void {
    const { engine } = this;
    for (let kind = 0; kind < engine.contexts.kinds.length; kind++) {
      if ((kinds & (1 << kind)) === 0) continue;
      for (let index = 0; index < task.depth; index++) {
        const how = task.how(index);
        if ((how & UNCHECKED) !== 0) continue;
        const used = { lock: task.locks[index]!, classId: task.classOf(index), how, site };
        const bit = usageBit.enabled(kind, (how & 3) !== 0 ? 1 : 0);
        markUsage(engine, used, 1 << bit, (finding) => engine.report(finding, task, site));
      }
    }
  }

  #freed(task: Task, lock: Lock, action: 'init' | 'dispose'): void {
    const { engine } = this;
    engine.events += 1;
    const index = this.#innermost(task, lock);
    if (index >= 0) {
      const verb = action === 'init' ? 'initialised' : 'disposed of';
      const message = `${engine.classes.get(task.classOf(index)).name} is ${verb} while it is held`;
      engine.report({ kind: 'held-freed', message, lock: engine.heldRef(task, index), action }, task, null);
    }
    if (this.#listener !== null) this.#tell(action, task, lock, 0, null, null);
  }

  #innermost(task: Task, lock: Lock): number {
    for (let index = task.depth - 1; index >= 0; index--) {
      if (task.locks[index] === lock && (task.how(index) & INHERITED) === 0) return index;
    }
    return -1;
  }

  #ref(lock: Lock): ReturnType<Engine['lockRef']> {
    const classId = this.engine.classes.register(lock.entry, lock.subclass);
    return this.engine.lockRef(lock, classId, WRITE, null);
  }

  /** The lock classes met so far. */
  classes(): LockClass[] {
    return this.engine.classes.classes.filter((found) => found !== undefined);
  }

  /** The learned order as a graphology graph: classes as nodes, dependencies as edges, ranks by generation. */
  graph(): OrderView {
    return graphView(this.engine);
  }

  /** Forgets a key: its classes, every dependency of theirs and every chain through them (`lockdep_unregister_key`). */
  zap(key: LockKey): void {
    zapKey(this.engine, key);
  }

  /** Forgets one class of a key. */
  zapClass(key: LockKey, subclass: number): void {
    zapClass(this.engine, key, subclass);
  }

  /** Listens to every event from now on; one listener at a time. Returns a function that stops it. */
  attach(listener: EventListener): () => void {
    if (this.#listener !== null)
      throw new Error('this validator is already being recorded: detach the other listener first');
    this.#listener = listener;
    this.#watched = true;
    return () => {
      this.#listener = null;
      this.#watched = this.engine.statistics !== null;
    };
  }

  #tell(type: EventType, task: Task, lock: Lock, how: number, nest: Lock | null, site: Site | null): void {
    this.#listener?.(type, task, lock, how, nest, site, null);
  }

  /** Does the task hold the lock, in this mode if one is given? Only its oldest entry of the lock is looked at. */
  isHeld(task: Task, lock: Lock, mode?: 'write' | 'read'): boolean {
    return holds(task, lock, mode === undefined ? 'held' : `held-for-${mode}`);
  }

  /** Where the task took a lock that it holds; null when it does not hold it, or when nobody noted the place. */
  heldSite(task: Task, lock: Lock): Site | null {
    const index = this.#innermost(task, lock);
    const site = index < 0 ? null : this.engine.heldSite(task, index);
    return site === null || site.frames.length === 0 ? null : plainSite(site);
  }

  /** The tasks that hold a lock now. */
  holders(lock: Lock): Task[] {
    return holdersOf(this.engine, lock);
  }

  /** The task must hold the lock here. Returns the report when it does not. */
  assertHeld(task: Task, lock: Lock, site: Site | null = null): Report | null {
    return this.#asserted(assertLock(this.engine, task, lock, 'held', site));
  }

  assertHeldWrite(task: Task, lock: Lock, site: Site | null = null): Report | null {
    return this.#asserted(assertLock(this.engine, task, lock, 'held-for-write', site));
  }

  assertHeldRead(task: Task, lock: Lock, site: Site | null = null): Report | null {
    return this.#asserted(assertLock(this.engine, task, lock, 'held-for-read', site));
  }

  assertNotHeld(task: Task, lock: Lock, site: Site | null = null): Report | null {
    return this.#asserted(assertLock(this.engine, task, lock, 'not-held', site));
  }

  /** The task must hold no lock at all here. */
  assertNoneHeld(task: Task, site: Site | null = null): Report | null {
    return this.#asserted(assertNone(this.engine, task, site));
  }

  #asserted(failed: Report | null): Report | null {
    if (failed !== null && this.#throwAssertions) throw new LockReportError(failed);
    return failed;
  }

  /** The lock may be taken here, on a path that is rarely run: learns and checks the order as if it were (`might_lock`). */
  mightLock(task: Task, lock: Lock, how: number | AcquireOptions = WRITE): void {
    this.acquire(task, lock, how);
    this.release(task, lock);
  }

  /** Nobody may release the lock until it is unpinned with the cookie returned. */
  pin(task: Task, lock: Lock): number {
    return pin(this.engine, task, lock);
  }

  unpin(task: Task, lock: Lock, cookie: number): void {
    unpin(this.engine, task, lock, cookie);
  }

  /** Ignores the task's events until the matching {@link on}; nests. Releases of what it held before still count. */
  off(task: Task): void {
    task.off += 1;
    this.engine.contextChanged(task);
  }

  on(task: Task): void {
    task.off = Math.max(0, task.off - 1);
    this.engine.contextChanged(task);
  }

  /** Who holds what, since when, taken where, and who waits for what. */
  heldLocks(): TaskLocks[] {
    return heldLocks(this.engine, this.#clock());
  }

  /** What has been learned, in numbers. */
  stats(): ValidatorStats {
    return validatorStats(this.engine);
  }

  /** Starts (from zero) or stops keeping statistics per class. */
  keepStatistics(on: boolean): void {
    this.engine.statistics = on ? new LockStatistics(this.engine, this.#clock) : null;
    this.#watched = on || this.#listener !== null;
  }

  /** Statistics per class and mode, most contended first; empty while none are kept. */
  lockStat(): LockStat[] {
    return this.engine.statistics?.rows() ?? [];
  }
}
