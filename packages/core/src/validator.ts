/**
 * The validator: takes in lock events, learns the order in which classes of locks nest, and reports orders that can deadlock.
 *
 * It never changes the program it watches: it neither throws nor blocks (unless `onReport: 'throw'` asks for it), and
 * validation goes on after any number of reports. The events it takes in are those of {@link LockEvents}.
 */
import { assertLock, assertNone, holds } from './assertions.ts';
import type { LockClass } from './class-table.ts';
import type { ContextKind } from './context-kinds.ts';
import { Engine, type ValidatorMode } from './engine.ts';
import { findOwn } from './find-held.ts';
import { graphView, type OrderView } from './graph-view.ts';
import { heldLocks, type TaskLocks } from './held-locks.ts';
import type { OrderKeys } from './instance-order.ts';
import { type LearnedOrder, learn, learned } from './learned.ts';
import { Lock, UNPUBLISHED } from './lock.ts';
import { LockEvents } from './lock-events.ts';
import type { LockKey } from './lock-key.ts';
import { LockReportError } from './lock-report-error.ts';
import { type LockStat, LockStatistics } from './lock-statistics.ts';
import { type AcquireOptions, WRITE } from './mode.ts';
import { pin, unpin } from './pin.ts';
import { holdersOf } from './release.ts';
import type { OrderReport, Report, Site, Verdict } from './report.ts';
import { plainSite } from './site.ts';
import type { Task } from './task.ts';
import { throwReports } from './throw-reports.ts';
import { type ValidatorStats, validatorStats } from './validator-stats.ts';
import { zapClass, zapKey } from './zap.ts';

/** How a validator works; every field has a default. */
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
export class Validator extends LockEvents {
  readonly #throwAssertions: boolean;

  constructor(options: ValidatorOptions = {}) {
    const engine = new Engine({
      mode: options.mode ?? 'ideal',
      sites: options.sites ?? true,
      contexts: options.contexts ?? [],
    });
    super(engine, options.clock ?? (() => performance.now() * 1000));
    this.#throwAssertions = options.assertions === 'throw';
    if (options.statistics === true) this.keepStatistics(true);
    const { onReport } = options;
    if (onReport === 'throw') throwReports(this);
    else if (onReport !== undefined) this.subscribe(onReport);
  }

  /** Everything reported so far, in order; each once, with its count. */
  get reports(): readonly Report[] {
    return this.engine.reports;
  }

  /** Calls `listener` with every new report; returns a function that stops it. */
  subscribe(listener: (report: Report) => void): () => void {
    return this.engine.subscribe(listener);
  }

  /**
   * A new lock of a class. `label` names the instance in reports; by `orderKeys` it is ordered among its class; locks of different
   * `scope` never meet. One of an `unpublished` object can be reached by its maker alone, so nothing can be waited for with it
   * until it is {@link publish}ed.
   */
  lock(
    key: LockKey,
    options: {
      readonly label?: string;
      readonly subclass?: number;
      readonly orderKeys?: OrderKeys;
      readonly scope?: string | number;
      readonly unpublished?: boolean;
    } = {},
  ): Lock {
    const { subclass = 0, label, orderKeys = null, scope = null, unpublished = false } = options;
    const entry = this.engine.classes.entry(key);
    const lock = new Lock(entry, subclass, label, orderKeys, unpublished ? UNPUBLISHED : scope);
    if (lock.entry.instances === 2) this.engine.circles.judgeAgain(this.engine);
    return lock;
  }

  /** Others can reach the lock's object from now on, within `scope` if it has one. */
  publish(lock: Lock, scope: string | number | null = null): void {
    lock.scope = scope;
  }

  /** Gives an idle lock another class or default subclass. */
  reinit(lock: Lock, key: LockKey, subclass = 0): void {
    lock.entry = this.engine.classes.entry(key);
    lock.subclass = subclass;
  }

  /** Takes over what another run learned. */
  learn(order: LearnedOrder): void {
    learn(this.engine, order);
  }

  /** What has been learned so far, as data. */
  learned(): LearnedOrder {
    return learned(this.engine);
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

  /** Does the task hold the lock, in this mode if one is given? Only its oldest entry of the lock is looked at. */
  isHeld(task: Task, lock: Lock, mode?: 'write' | 'read'): boolean {
    return holds(task, lock, mode === undefined ? 'held' : `held-for-${mode}`);
  }

  /** Where the task took a lock that it holds; null when it does not hold it, or when nobody noted the place. */
  heldSite(task: Task, lock: Lock): Site | null {
    const index = findOwn(task, lock);
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
    return heldLocks(this.engine, this.clock());
  }

  /**
   * Evidence from outside of whether what a report of an order speaks of can happen: a schedule of the program deadlocks (`confirmed`), a sound reordering of the
   * run does (`predicted`), no schedule does (`refuted`), or the search ended before it was known (`unconfirmed`). The level of the
   * report follows its verdict. A stronger proof stays as it is: `refuted` does not take back a deadlock, nor does `unconfirmed`
   * make a circle surer that is milder than possible.
   */
  prove(report: OrderReport, verdict: Verdict): void {
    this.engine.prove(report, verdict);
  }

  /** What has been learned, in numbers. */
  stats(): ValidatorStats {
    return validatorStats(this.engine);
  }

  /** Starts (from zero) or stops keeping statistics per class. */
  keepStatistics(on: boolean): void {
    this.engine.statistics = on ? new LockStatistics(this.engine, this.clock) : null;
    this.watched = on || this.listening;
  }

  /** Statistics per class and mode, most contended first; empty while none are kept. */
  lockStat(): LockStat[] {
    return this.engine.statistics?.rows() ?? [];
  }
}
