/**
 * Counts which locks each operation was called with, from the events of a validator: on entry, on exit, and taken in between.
 *
 * A lock counts if it is that of the very inode, folio or mapping that the operation is called on. The first call that shows a mode is kept
 * as evidence. Results are plain data.
 */
import { type Lock, MODE_MASK, type Task, type Validator, WRITE } from '@lockdep/core';
import { foliosAtEnd, type Machine, type OperationObserver, type OperationSubject } from '@lockdep/page-cache';
import { callPath } from './call-path.ts';

/** The locks that the documents speak of. */
export type DocumentedLock = 'folio_lock' | 'i_rwsem' | 'invalidate_lock' | 'mmap_lock' | 's_umount';
/** How a lock was held. */
export type HeldMode = 'exclusive' | 'shared' | 'none';

/** The first call that showed something. */
export interface CallEvidence {
  readonly program: string;
  /** Of the schedule; null: no task was preempted. */
  readonly seed: number | null;
  /** Functions, outermost first. */
  readonly path: readonly string[];
}

/** How often a lock was held in each mode. */
export interface LockTally {
  readonly exclusive: number;
  readonly shared: number;
  readonly none: number;
  readonly evidence: Readonly<Partial<Record<HeldMode, CallEvidence>>>;
}

export type LockTallies = Readonly<Partial<Record<DocumentedLock, LockTally>>>;

/** What runs showed of an operation. */
export interface ObservedOperation {
  readonly operation: string;
  readonly calls: number;
  /** Functions that called it, sorted. */
  readonly callers: readonly string[];
  readonly entry: LockTallies;
  /** Of calls that did what they were asked to. */
  readonly exit: LockTallies;
  /** Taken by those calls themselves, in the strongest mode. */
  readonly takes: LockTallies;
}

class Tally implements LockTally {
  exclusive = 0;
  shared = 0;
  none = 0;
  readonly evidence: Partial<Record<HeldMode, CallEvidence>> = {};

  count(mode: HeldMode, evidence: () => CallEvidence): void {
    this[mode] += 1;
    this.evidence[mode] ??= evidence();
  }
}

interface Row {
  calls: number;
  readonly callers: Set<string>;
  readonly entry: Partial<Record<DocumentedLock, Tally>>;
  readonly exit: Partial<Record<DocumentedLock, Tally>>;
  readonly takes: Partial<Record<DocumentedLock, Tally>>;
}

interface TakenLock {
  readonly lock: Lock;
  readonly mode: HeldMode;
}

/** What a task holds, and what its calls under way have taken so far. */
class HeldByTask {
  readonly held: { readonly lock: Lock; mode: HeldMode }[] = [];
  readonly calls: TakenLock[][] = [];

  mode(lock: Lock): HeldMode {
    return strongest(this.held, lock);
  }
}

function strongest(entries: readonly TakenLock[], lock: Lock): HeldMode {
  let mode: HeldMode = 'none';
  for (const entry of entries) {
    if (entry.lock === lock && mode !== 'exclusive') mode = entry.mode;
  }
  return mode;
}

/** Observes any number of runs, one after the other. */
export class LockRecorder {
  readonly #rows = new Map<string, Row>();

  /** The observer for one run of a program. */
  observe(machine: Machine, validator: Validator, program: string, seed: number | null): OperationObserver {
    const tasks = new Map<Task, HeldByTask>();
    const of = (task: Task): HeldByTask => {
      const known = tasks.get(task) ?? new HeldByTask();
      tasks.set(task, known);
      return known;
    };
    validator.attach((type, task, lock, how, _nest, _site, extra) => {
      if (lock === null) return;
      const { held, calls } = of(task);
      const at = held.findLastIndex((entry) => entry.lock === lock);
      if (type === 'acquire') {
        const entry = { lock, mode: (how & MODE_MASK) === WRITE ? 'exclusive' : 'shared' } as const;
        held.push({ ...entry });
        for (const call of calls) call.push(entry);
      } else if (at < 0) return;
      else if (type === 'downgrade') held[at]!.mode = 'shared';
      else if (type === 'release' || type === 'cancel') held.splice(at, 1);
      else if (type === 'transfer') of(extra!.other!).held.push(...held.splice(at, 1));
    });
    return {
      enter: (operation, subject) => {
        const task = of(machine.current().taskOf(validator));
        return this.#enter(operation, subject, task, (path) => ({ program, seed, path }));
      },
    };
  }

  /** What was seen so far, sorted by name. */
  operations(): ObservedOperation[] {
    return [...this.#rows]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([operation, { callers, ...row }]) => ({ operation, ...row, callers: [...callers].sort() }));
  }

  #enter(
    operation: string,
    subject: OperationSubject,
    task: HeldByTask,
    evidenceOf: (path: readonly string[]) => CallEvidence,
  ): (result: unknown) => void {
    const path = callPath();
    const evidence = (): CallEvidence => evidenceOf(path);
    const row = this.#row(operation);
    row.calls += 1;
    row.callers.add(path.at(-1) ?? '');
    for (const [name, locks] of locksOf(subject)) tally(row.entry, name).count(modeOf(task, name, locks), evidence);
    const taken: TakenLock[] = [];
    task.calls.push(taken);
    return (result) => {
      task.calls.splice(task.calls.lastIndexOf(taken), 1);
      const folios = foliosAtEnd(subject, result);
      if (folios === null) return;
      for (const [name, locks] of locksOf({ ...subject, folios }))
        tally(row.exit, name).count(modeOf(task, name, locks), evidence);
      for (const [name, locks] of locksOf(subject)) {
        if (name !== 'folio_lock') tally(row.takes, name).count(takenMode(taken, name, locks), evidence);
      }
    };
  }

  #row(operation: string): Row {
    let row = this.#rows.get(operation);
    if (row === undefined) {
      row = { calls: 0, callers: new Set(), entry: {}, exit: {}, takes: {} };
      this.#rows.set(operation, row);
    }
    return row;
  }
}

function tally(tallies: Partial<Record<DocumentedLock, Tally>>, lock: DocumentedLock): Tally {
  const known = tallies[lock] ?? new Tally();
  tallies[lock] = known;
  return known;
}

function locksOf({ inodes, folios, vma, sb }: OperationSubject): [DocumentedLock, readonly Lock[]][] {
  const found: [DocumentedLock, readonly Lock[]][] = [];
  if (inodes.length > 0) {
    found.push(['i_rwsem', inodes.map(({ iRwsem }) => iRwsem.instance!)]);
    found.push(['invalidate_lock', inodes.map(({ mapping }) => mapping.invalidateLock.instance!)]);
  }
  if (vma !== null) found.push(['mmap_lock', [vma.mm.mmapLock.instance!, vma.vmaLock.instance!]]);
  if (folios.length > 0) found.push(['folio_lock', folios.map(({ lock }) => lock.instance!)]);
  if (sb !== null) found.push(['s_umount', [sb.sUmount.instance!]]);
  return found;
}

/** Of several locks, the mode in which all are held; the lock of a mapping stands for mmap_lock, as the document says above its table. */
function modeOf(task: HeldByTask, name: DocumentedLock, locks: readonly Lock[]): HeldMode {
  const modes = locks.map((lock) => task.mode(lock));
  return name === 'mmap_lock' ? (modes.find((mode) => mode !== 'none') ?? 'none') : weakest(modes);
}

/** Of several locks, the mode in which all have been taken. */
function takenMode(taken: readonly TakenLock[], name: DocumentedLock, locks: readonly Lock[]): HeldMode {
  const modes = locks.map((lock) => strongest(taken, lock));
  return name === 'mmap_lock' ? modes[0]! : weakest(modes);
}

function weakest(modes: readonly HeldMode[]): HeldMode {
  return modes.includes('none') ? 'none' : modes.includes('shared') ? 'shared' : 'exclusive';
}
