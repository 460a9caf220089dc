/**
 * The intake of lock events: what a program, a trace or a simulator tells a validator.
 *
 * A known acquisition costs one probe of the chain trie and two integer stores, at any depth; everything else is the miss path
 * (acquire.ts, release.ts). Nothing here throws or blocks, unless a listener does.
 */
import { acquire } from './acquire.ts';
import { LABEL_BITS } from './chain-trie.ts';
import { disableContext, enableContext, enterContext, exitContext, markHeld } from './context-events.ts';
import { deadlockFinding } from './deadlock.ts';
import { type Engine, EXACT_LABEL, KERNEL_LABEL } from './engine.ts';
import type { EventListener, EventType } from './event.ts';
import { findAnywhere, findOwn } from './find-held.ts';
import type { Lock } from './lock.ts';
import type { LockKey } from './lock-key.ts';
import {
  type AcquireOptions,
  MODE_MASK,
  how as packed,
  READ,
  RECURSIVE_READ,
  SUBCLASS_SHIFT,
  SYNC,
  UNCHECKED,
  WRITE,
} from './mode.ts';
import { disinherit, downgrade, inherit, reclassHeld, release, removeEntry, transfer } from './release.ts';
import type { Report, Site } from './report.ts';
import { CHAIN_SHIFT, COUNTED, ENABLED_SHIFT, HOW, INHERITED, PENDING, PINNED, ROW, SITED, type Task } from './task.ts';
import { forked, joined } from './witness.ts';

/** The bits of an entry that say which chain it belongs to, and of a label that give the class. */
const CHAIN_MASK = ((1 << ENABLED_SHIFT) - 1) & ~((1 << CHAIN_SHIFT) - 1);
const CLASS_MASK = -1 << LABEL_BITS;
/** Entry flags that make a release at the top of the stack more than a pop. */
const NOT_PLAIN = COUNTED | PINNED | INHERITED;

// Of the hot path, which V8 inlines where it is called as long as acquire stays below 460 bytes of bytecode. An imported binding is
// loaded from memory at each use, a constant of the module is folded; the places of a row are written as numbers.
const SYNC_BIT = SYNC;
const UNCHECKED_BIT = UNCHECKED;
const SUBCLASS = SUBCLASS_SHIFT;

/** Readers of some classes are recursive ones whatever they ask for. */
function effective(lock: Lock, how: number): number {
  return (how & MODE_MASK) === READ && lock.key.readers === 'recursive' ? how + RECURSIVE_READ - READ : how;
}

/** Takes lock events in; {@link Validator} adds everything one may ask it. */
export class LockEvents {
  /** @internal Shared with the readers and writers of this package. */
  readonly engine: Engine;
  /** @internal The time in microseconds. */
  protected readonly clock: () => number;
  readonly #labelMask: number;
  /** Somebody records, or statistics are kept: one test on the hot path for both. */
  protected watched = false;
  #listener: EventListener | null = null;

  protected constructor(engine: Engine, clock: () => number) {
    this.engine = engine;
    this.clock = clock;
    this.#labelMask = engine.exact ? EXACT_LABEL : KERNEL_LABEL;
  }

  /**
   * A new task. With `parent`, it starts under the locks the parent holds now (which stay the parent's to release), or under
   * the `depth` oldest of them. The parent is taken to wait for it unless `awaited` is false.
   */
  task(
    name: string,
    options: { readonly parent?: Task; readonly depth?: number; readonly awaited?: boolean } = {},
  ): Task {
    const { parent } = options;
    const task = this.engine.task(name, parent ?? null);
    task.awaited = options.awaited ?? true;
    const depth = Math.min(options.depth ?? Number.POSITIVE_INFINITY, parent?.depth ?? 0);
    if (parent !== undefined) {
      forked(parent, task);
      this.engine.newSegment(parent);
    }
    if (parent !== undefined && depth > 0) {
      parent.children ??= new Set();
      parent.children.add(task);
      inherit(this.engine, parent, task, depth);
    }
    this.#listener?.('begin-task', task, null, depth, null, null, parent === undefined ? null : { other: parent });
    return task;
  }

  /** The task has waited for the end of another: what it does from now on comes after everything that one did. */
  joinTask(task: Task, ended: Task): void {
    joined(task, ended);
    this.engine.newSegment(task);
    this.#listener?.('join-task', task, null, 0, null, null, { other: ended });
  }

  /**
   * A task is about to take a lock: call it *before* blocking, so that a real deadlock is still reported; for a trylock after
   * it succeeded. `how` is built by {@link how}; plain options are accepted too.
   */
  acquire(task: Task, lock: Lock, how: number | AcquireOptions = 0, nest?: Lock | null, site?: Site | null): void {
    const { engine } = this;
    engine.events += 1;
    if (typeof how === 'number' && nest == null && (how & SYNC_BIT) === 0) {
      const label = lock.entry.labels[(how >> SUBCLASS) & 7 || lock.subclass]!;
      const flags = (how + (how & label & 1)) | (label & UNCHECKED_BIT);
      const { held, depth } = task;
      // Rows of four columns, as task.ts has them: the acquisition first, then the node.
      const row = depth << 2;
      const before = depth === 0 || ((held[row - 4]! ^ task.packed) & CHAIN_MASK) !== 0 ? 0 : held[row - 3]!;
      const { trie } = engine;
      const node = trie.child(before, (label & CLASS_MASK) | (flags & this.#labelMask));
      if (
        node >= 0 &&
        trie.isSettled(node, task.settledShift + ((flags >> 2) & engine.variantMask), task.segment) &&
        depth < task.room
      ) {
        held[row] = flags | task.packed;
        held[row | 1] = node;
        task.locks[depth] = lock;
        task.depth = depth + 1;
        if (site != null || this.watched) this.#known(task, lock, how, site ?? null);
        return;
      }
    }
    this.#unknown(task, lock, how, nest ?? null, site ?? null);
  }

  /** What is left to do of a known acquisition that has a site of its own, or that somebody watches. */
  #known(task: Task, lock: Lock, how: number, site: Site | null): void {
    if (site !== null) {
      const top = task.depth - 1;
      task.held[top * ROW + HOW]! |= SITED;
      task.sites[top] = site;
    }
    if (this.watched) this.#acquiredNow(task, lock, effective(lock, how), null, site);
  }

  #unknown(task: Task, lock: Lock, asked: number | AcquireOptions, nest: Lock | null, site: Site | null): void {
    if (task.off !== 0 || !lock.key.track) return;
    const how = effective(lock, typeof asked === 'number' ? asked : packed(asked));
    const { depth } = task;
    acquire(this.engine, task, lock, how, nest, site);
    if (this.watched) this.#acquiredNow(task, lock, how, nest, site, task.depth > depth);
  }

  /** A task lets go of a lock, in any order. */
  release(task: Task, lock: Lock): void {
    this.engine.events += 1;
    if (this.watched) this.#releasedNow(task, lock);
    const top = task.depth - 1;
    if (top >= 0 && task.locks[top] === lock && (task.held[top << 2]! & NOT_PLAIN) === 0) task.depth = top;
    else this.#releaseBelow(task, lock);
    if (task.children !== null) this.#disinherit(task.children, lock);
  }

  #releaseBelow(task: Task, lock: Lock): void {
    if (lock.key.track && (task.off === 0 || findAnywhere(task, lock) >= 0)) release(this.engine, task, lock);
  }

  #disinherit(children: ReadonlySet<Task>, lock: Lock): void {
    for (const child of children) disinherit(this.engine, child, lock);
  }

  #acquiredNow(task: Task, lock: Lock, how: number, nest: Lock | null, site: Site | null, pushed = true): void {
    if (pushed) this.engine.statistics?.pushed(task);
    this.#tell('acquire', task, lock, how, nest, site);
  }

  #releasedNow(task: Task, lock: Lock): void {
    const index = findOwn(task, lock);
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
    const pending = findOwn(task, lock);
    task.held[pending * ROW + HOW]! |= PENDING;
    task.waiting = { lock, site: site ?? engine.heldSite(task, pending), blockers, since: this.clock() };
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
    const index = findOwn(task, lock);
    if (index >= 0) task.held[index * ROW + HOW]! &= ~PENDING;
    if (task.waiting?.lock === lock) {
      if (index >= 0) this.engine.statistics?.acquired(task, index, task.waiting.since);
      task.waiting = null;
    }
    if (this.#listener !== null) this.#tell('acquired', task, lock, 0, null, null);
  }

  /** The task gave up waiting for the lock it had announced. */
  cancel(task: Task, lock: Lock): void {
    this.engine.events += 1;
    if (task.off !== 0) return;
    const index = findOwn(task, lock);
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

  /** The task enters a context (an interrupt arrives). */
  enterContext(task: Task, kind: string, options: { readonly threaded?: boolean } = {}): void {
    const threaded = options.threaded === true;
    enterContext(this.engine, task, kind, threaded);
    this.#listener?.('enter-context', task, null, threaded ? 1 : 0, null, null, { context: kind });
  }

  /** The task leaves a context it entered. */
  exitContext(task: Task, kind: string): void {
    exitContext(this.engine, task, kind);
    this.#listener?.('exit-context', task, null, 0, null, null, { context: kind });
  }

  /** The context cannot happen to this task any more. */
  disableContext(task: Task, kind: string): void {
    disableContext(this.engine, task, kind);
    this.#listener?.('disable-context', task, null, 0, null, null, { context: kind });
  }

  /** The context can happen again: everything held is now held with it enabled. */
  enableContext(task: Task, kind: string, site: Site | null = null): void {
    this.engine.events += 1;
    enableContext(this.engine, task, kind, site);
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
    markHeld(this.engine, task, kinds, site);
  }

  /** @internal */
  protected get listening(): boolean {
    return this.#listener !== null;
  }

  /** Listens to every event from now on; one listener at a time. Returns a function that stops it. */
  attach(listener: EventListener): () => void {
    if (this.#listener !== null)
      throw new Error('this validator is already being recorded: detach the other listener first');
    this.#listener = listener;
    this.watched = true;
    return () => {
      this.#listener = null;
      this.watched = this.engine.statistics !== null;
    };
  }

  #tell(type: EventType, task: Task, lock: Lock, how: number, nest: Lock | null, site: Site | null): void {
    this.#listener?.(type, task, lock, how, nest, site, null);
  }

  #freed(task: Task, lock: Lock, action: 'init' | 'dispose'): void {
    const { engine } = this;
    engine.events += 1;
    const index = findOwn(task, lock);
    if (index >= 0) {
      const verb = action === 'init' ? 'initialised' : 'disposed of';
      const message = `${engine.classes.get(task.classOf(index)).name} is ${verb} while it is held`;
      engine.report({ kind: 'held-freed', message, lock: engine.heldRef(task, index), action }, task, null);
    }
    if (this.#listener !== null) this.#tell(action, task, lock, 0, null, null);
  }

  #ref(lock: Lock): ReturnType<Engine['lockRef']> {
    const classId = this.engine.classes.register(lock.entry, lock.subclass);
    return this.engine.lockRef(lock, classId, WRITE, null);
  }
}
