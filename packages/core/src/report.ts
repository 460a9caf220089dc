/**
 * What the validator found, as plain serialisable data: no class instances, no ids that differ between runs, no rendering.
 *
 * Reports are a union told apart by `kind`. `fingerprint` is stable under moved lines and renamed files: it is made of the
 * kind and the class names involved, in canonical rotation. A second occurrence raises `count`, it makes no second report.
 */
import type { NestedPair } from './instance-order.ts';
import type { Mode } from './mode.ts';

/** One frame of the place where a lock was taken. */
export interface Frame {
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The frame as text; for recorded kernels this is all there is (`ext4_fallocate+0xa7`). */
  readonly text: string;
}

/** Where something happened: frames, innermost first; empty when nothing was captured. */
export interface Site {
  readonly frames: readonly Frame[];
}

/** A lock class as a report names it. */
export interface ClassRef {
  /** Display name: `name#2/1` for the second class of that name, subclass 1. */
  readonly name: string;
  readonly kind: string;
  /** Two characters per context kind (write, read), each one of `.` `-` `+` `?`: neither, used in it, held with it enabled, both. */
  readonly usage: string;
  /** Inner and outer wait type, as numbers of the ladder; 0 unchecked. */
  readonly waitInner: number;
  readonly waitOuter: number;
}

/** One lock as a participant: the instance, its class, and how and where it is (being) taken. */
export interface LockRef {
  /** The instance's label: an address, a path, `inode 12`. */
  readonly lock: string;
  readonly class: ClassRef;
  readonly mode: Mode;
  readonly trylock: boolean;
  readonly site: Site;
}

/** One edge of a reported path: `to` was taken (or is wanted) while `from` was held. */
export interface Hop {
  readonly from: ClassRef;
  readonly to: ClassRef;
  /** The mode `from` was held in and the mode `to` was wanted in, when the dependency was recorded in that strength. */
  readonly heldMode: Mode;
  readonly wantMode: Mode;
  /** Where `from` was taken, and where `to` was. */
  readonly outerSite: Site;
  readonly innerSite: Site;
  /** Instances seen at that moment. */
  readonly outerLock: string;
  readonly innerLock: string;
  /** The task that showed it. */
  readonly task: string;
  /** True for the dependency that was being added when the report was made. */
  readonly isNew: boolean;
}

/** error: certain; warning: can happen; note: worth knowing. */
export type Level = 'error' | 'warning' | 'note';

interface ReportBase {
  /** Stable id of the rule broken, e.g. `LD2`; `lockdep explain` and the README say what each means. */
  readonly rule: string;
  readonly level: Level;
  /** One sentence, no addresses. */
  readonly message: string;
  readonly fingerprint: string;
  /** Name of the task in whose event it was found. */
  readonly task: string;
  /** What that task held then, oldest first, what it was forked under included. */
  readonly held: readonly LockRef[];
  /** Where that task was. */
  readonly site: Site;
  /** How often it has been found, the first time included. */
  readonly count: number;
  /** Number of the event that first showed it, counted from 1 over the validator's life. */
  readonly event: number;
}

/** A class is taken while it is already held, and nothing (nest lock, order, mode) makes that legal. */
export interface RecursiveReport extends ReportBase {
  readonly kind: 'recursive';
  readonly want: LockRef;
  readonly holding: LockRef;
  /** True when it is the very same lock: a certain self-deadlock. */
  readonly sameLock: boolean;
  /** What the class's comparison said of (holding, want), where it has one. */
  readonly compared?: number;
  /** Once a search for schedules has decided. */
  readonly verdict?: Verdict;
}

/**
 * How sure a report of an order is.
 *
 * By proof: a schedule of the program deadlocks (`confirmed`); a sound reordering of the run does (`predicted`); such a schedule was
 * looked for, and neither found nor ruled out (`unconfirmed`); no schedule of the program gets there (`refuted`).
 *
 * By what was seen: tasks that have shown the orders can meet (`possible`); only one task has shown them all (`single-task`); they
 * need more tasks than have (`too-few-tasks`); a common lock keeps the tasks apart (`gated`), fork and join do (`ordered`), the
 * instances never meet (`scoped`), one of the locks has only ever been read (`readers-only`).
 */
export type VerdictKind =
  | 'confirmed'
  | 'predicted'
  | 'unconfirmed'
  | 'refuted'
  | 'possible'
  | 'single-task'
  | 'too-few-tasks'
  | 'gated'
  | 'ordered'
  | 'scoped'
  | 'readers-only';

/** How sure a report of an order is, and why. */
export interface Verdict {
  readonly kind: VerdictKind;
  /** In words. */
  readonly reason: string;
  /** Of `confirmed`: the shortest way there that was found. */
  readonly schedule?: ProvenSchedule;
  /** Of `unconfirmed`: how close the attempts came, in one sentence. */
  readonly closest?: string;
}

/** A schedule of a program that ends in a deadlock. */
export interface ProvenSchedule {
  /** In the order in which they happen; the task's name with each. */
  readonly steps: readonly ScheduleStep[];
  /** Who waits for whom when the last step is done. */
  readonly waits: readonly ScheduleWait[];
  /** Switches away from a task that could have gone on. */
  readonly preemptions: number;
  /** A column per task, for people. */
  readonly diagram: string;
  /** The same as source text, for `replay(program, …)` of the simulator. */
  readonly literal: string;
}

/** One step of a schedule, in the simulator's notation: `lock A`. */
export interface ScheduleStep {
  readonly task: string;
  readonly text: string;
  /** Where in the program it stands, as far as known. */
  readonly site?: Site;
}

/** A task that cannot go on when a schedule has ended. */
export interface ScheduleWait {
  readonly task: string;
  /** The step it is kept from: `lock B`. */
  readonly wants: string;
  /** The tasks that would have to let it go on; none for a signal nobody is known to owe. */
  readonly heldBy: readonly string[];
}

/** Orders of locks alone, or with events among them. */
export type Layer = 'order' | 'event';

/** A new dependency closes a circle in which every task can block. */
export interface CircularReport extends ReportBase {
  readonly kind: 'circular';
  readonly want: LockRef;
  readonly holding: LockRef;
  /** The circle: hop 0 is the new dependency `holding → want`, the rest leads from `want` back to `holding`. */
  readonly cycle: readonly Hop[];
  /** How sure it is; raised, with the level, when new evidence comes. */
  readonly verdict: Verdict;
  /** `event` when somebody in the circle waits for an event (a completion, a promise): who will let it happen is less certain than who holds a lock. */
  readonly layer: Layer;
}

/** Something released (downgraded, re-classed) that this task does not hold in this context. */
export interface BadUnlockReport extends ReportBase {
  readonly kind: 'bad-unlock';
  readonly lock: LockRef;
  readonly action: 'release' | 'downgrade' | 'set-class' | 'transfer' | 'pin' | 'unpin';
  /** The tasks that do hold it. */
  readonly holders: readonly string[];
}

/** A lock initialised or disposed of while it is held. */
export interface HeldFreedReport extends ReportBase {
  readonly kind: 'held-freed';
  readonly lock: LockRef;
  readonly action: 'init' | 'dispose';
}

/** A task ended with locks held. */
export interface HeldAtExitReport extends ReportBase {
  readonly kind: 'held-at-exit';
  /** What it left held, oldest first. */
  readonly left: readonly LockRef[];
}

/** A nest lock was named that the task does not hold. */
export interface NestNotHeldReport extends ReportBase {
  readonly kind: 'nest-not-held';
  readonly want: LockRef;
  /** The nest lock: its instance and its class. */
  readonly nest: string;
  readonly nestClass: string;
}

/** A lock that may wait longer than the context or a held lock allows. */
export interface InvalidWaitContextReport extends ReportBase {
  readonly kind: 'invalid-wait-context';
  readonly want: LockRef;
  /** Outer wait type demanded, limit in force. */
  readonly wants: number;
  readonly have: number;
  /** Where the limit comes from: a held lock, or the context alone. */
  readonly limitedBy: LockRef | null;
  readonly context: string;
}

/** One class used in a context and also held with that context enabled. */
export interface InconsistentStateReport extends ReportBase {
  readonly kind: 'inconsistent-state';
  readonly lock: LockRef;
  /** Usage names, e.g. `IN-HARDIRQ-W`, `HARDIRQ-ON-W`. */
  readonly oldUsage: string;
  readonly newUsage: string;
  readonly oldSite: Site;
}

/** A usage change makes an existing order illegal: the lock's context can interrupt the holder of the other one. */
export interface IrqInversionReport extends ReportBase {
  readonly kind: 'irq-inversion';
  readonly lock: LockRef;
  readonly other: ClassRef;
  /** State name of the other lock's usage, e.g. `HARDIRQ` or `SOFTIRQ-READ`. */
  readonly state: string;
  /** forwards: `lock` is used in the context and leads to `other`; backwards: the reverse. */
  readonly direction: 'forwards' | 'backwards';
  readonly otherSite: Site;
  readonly path: readonly Hop[];
}

/** A new dependency connects a context-safe lock to a context-unsafe one. */
export interface IrqOrderReport extends ReportBase {
  readonly kind: 'irq-order';
  readonly want: LockRef;
  readonly holding: LockRef;
  readonly state: string;
  readonly safe: ClassRef;
  readonly unsafe: ClassRef;
  readonly safeSite: Site;
  readonly unsafeSite: Site;
  /** From `safe` over the new dependency to `unsafe`. */
  readonly path: readonly Hop[];
}

/** Two instances of a class nested against the class's order, or in a pair that order cannot compare. */
export interface InstanceOrderReport extends ReportBase {
  readonly kind: 'instance-order';
  readonly want: LockRef;
  readonly holding: LockRef;
  /** The order: declared, or the only one that explained all pairs before: `address`, `sb, ino`. */
  readonly by: string;
  readonly comparable: boolean;
  /** The keys of both, outer first. */
  readonly pair: NestedPair;
  /** A pair that had shown the order, when it was learned. */
  readonly earlier: NestedPair | null;
  /** Once a search for schedules has decided. */
  readonly verdict?: Verdict;
}

/** The same two objects nested both ways round, because the order follows addresses and one of them has a new one. */
export interface OrderFlipReport extends ReportBase {
  readonly kind: 'order-flip';
  readonly want: LockRef;
  readonly holding: LockRef;
  readonly by: string;
  readonly comparable: boolean;
  readonly pair: NestedPair;
  readonly earlier: NestedPair | null;
  /** Once a search for schedules has decided. */
  readonly verdict?: Verdict;
}

/** A lock of another ordered class was taken between two locks of one ordered class. */
export interface InterleavedOrderReport extends ReportBase {
  readonly kind: 'interleaved-order';
  readonly want: LockRef;
  readonly holding: LockRef;
  readonly between: LockRef;
  /** Once a search for schedules has decided. */
  readonly verdict?: Verdict;
}

/** The wound/wait API used against its rules. */
export interface WwApiReport extends ReportBase {
  readonly kind: 'ww-api';
  readonly what: string;
}

/** Tasks that wait for each other now. */
export interface DeadlockReport extends ReportBase {
  readonly kind: 'deadlock';
  /** Each waits for `lock`, held by the next one. */
  readonly waits: readonly {
    readonly task: string;
    readonly wants: LockRef;
    readonly heldBy: string;
    readonly heldSite: Site;
  }[];
}

/** An assertion about held locks failed. */
export interface AssertionReport extends ReportBase {
  readonly kind: 'assertion';
  readonly asserted: 'held' | 'held-for-write' | 'held-for-read' | 'not-held' | 'none-held' | 'context';
  readonly lock: LockRef | null;
  readonly holders: readonly { readonly task: string; readonly mode: Mode; readonly site: Site }[];
}

/** A pin cookie broken: the lock was released while pinned, or unpinned with another's cookie. */
export interface PinReport extends ReportBase {
  readonly kind: 'pin';
  readonly lock: LockRef;
  readonly what: 'released-while-pinned' | 'wrong-cookie' | 'not-pinned';
}

/** A waiting or statistics event for a lock that was never asked for. */
export interface BadContentionReport extends ReportBase {
  readonly kind: 'bad-contention';
  readonly lock: LockRef;
}

/** Reports of orders in which locks are taken: whether they can happen is a matter of schedules. */
export type OrderReport =
  | CircularReport
  | RecursiveReport
  | InstanceOrderReport
  | OrderFlipReport
  | InterleavedOrderReport;

/** Anything a validator reports, told apart by `kind`. */
export type Report =
  | RecursiveReport
  | CircularReport
  | BadUnlockReport
  | HeldFreedReport
  | HeldAtExitReport
  | NestNotHeldReport
  | InvalidWaitContextReport
  | InconsistentStateReport
  | IrqInversionReport
  | IrqOrderReport
  | InstanceOrderReport
  | OrderFlipReport
  | InterleavedOrderReport
  | WwApiReport
  | DeadlockReport
  | AssertionReport
  | PinReport
  | BadContentionReport;

/** The kinds of reports by name. */
export type ReportKind = Report['kind'];
