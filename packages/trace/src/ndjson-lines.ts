/**
 * The lockdep trace format, version 1: newline-delimited JSON, one object a line, each complete in itself.
 *
 * The first line of a recording is the header, `{"type":"lockdep-trace","version":1}`; every other line has a member
 * `lockdep` that says what it is, so that the lines may stand in any JSON log (pino) among others. Ids are small
 * integers, one series for each of classes, locks, tasks and sites; a line that defines an id comes before the first
 * line that uses it, and a later definition replaces an earlier one. Another header begins another recording, whose ids
 * are its own. Members at their default are left out.
 *
 * ```
 * {"type":"lockdep-trace","version":1}
 * {"lockdep":"class","id":1,"name":"mapping.invalidate_lock","kind":"rwsem"}
 * {"lockdep":"lock","id":1,"class":1,"label":"inode 12"}
 * {"lockdep":"task","id":1,"name":"reader"}
 * {"lockdep":"site","id":1,"frames":[{"text":"read (cache.ts:12:3)","file":"cache.ts","line":12}]}
 * {"lockdep":"acquire","task":1,"lock":1,"mode":"read","site":1}
 * {"lockdep":"release","task":1,"lock":1}
 * {"lockdep":"end-task","task":1}
 * ```
 */
import type {
  ContextKind,
  DeclaredOrder,
  Frame,
  LockKindName,
  LockType,
  Mode,
  OrderKeys,
  WaitType,
} from '@lockdep/core';

/** Version this package writes, and the newest it reads. */
export const TRACE_VERSION = 1;

/** What any line may carry. */
interface AnyLine {
  /** Milliseconds, where the recorder has a clock. */
  readonly time?: number;
}

/** First line of a recording. */
export interface HeaderLine extends AnyLine {
  readonly type: 'lockdep-trace';
  readonly version: number;
  /** What was recorded. */
  readonly program?: string;
  /** Context kinds declared beside `hardirq` and `softirq`. */
  readonly contexts?: readonly ContextKind[];
}

/** Defines a lock class key. */
export interface ClassLine extends AnyLine {
  readonly lockdep: 'class';
  readonly id: number;
  readonly name: string;
  /** Default `mutex`. */
  readonly kind?: LockKindName;
  /** Inner and outer wait type, where they are not those of the kind. */
  readonly wait?: readonly [WaitType, WaitType];
  readonly lockType?: LockType;
  readonly validate?: false;
  readonly track?: false;
  /** The order declared among its instances. */
  readonly order?: DeclaredOrder;
  /** The class has a comparison; its answers stand in the `acquire` lines. */
  readonly compares?: true;
}

/** Defines a lock. Again with the same id: it was given another class while idle, or was published. */
export interface LockLine extends AnyLine {
  readonly lockdep: 'lock';
  readonly id: number;
  readonly class: number;
  readonly label: string;
  /** The lock's own subclass. Default 0. */
  readonly subclass?: number;
  /** Where the instance belongs; `(unpublished)` while only its maker can reach it. Default: anywhere. */
  readonly scope?: string | number;
  /** What it is ordered by among its class. */
  readonly keys?: OrderKeys;
}

/**
 * A task begins; with `parent`, under the `inherits` oldest locks that its parent holds at this point. Default: all of
 * them.
 */
export interface TaskLine extends AnyLine {
  readonly lockdep: 'task';
  readonly id: number;
  readonly name: string;
  readonly parent?: number;
  readonly inherits?: number;
  /** The parent does not wait for this task. */
  readonly awaited?: false;
}

/** Defines a place in the program. */
export interface SiteLine extends AnyLine {
  readonly lockdep: 'site';
  readonly id: number;
  readonly frames: readonly Frame[];
}

/** A task asks for a lock, before waiting; after it has succeeded if it is a trylock. */
export interface AcquireLine extends AnyLine {
  readonly lockdep: 'acquire';
  readonly task: number;
  readonly lock: number;
  /** Default `write`. */
  readonly mode?: Mode;
  readonly trylock?: true;
  /** Default: the lock's own. */
  readonly subclass?: number;
  readonly check?: false;
  readonly sync?: true;
  /** The nest lock. */
  readonly nest?: number;
  readonly site?: number;
  /** What the class's comparison said of locks of the class already held: [held lock, answer]. */
  readonly compared?: readonly (readonly [number, number])[];
}

/** A task must wait for the lock it has asked for. */
export interface ContendedLine extends AnyLine {
  readonly lockdep: 'contended';
  readonly task: number;
  readonly lock: number;
  readonly site?: number;
}

/** `acquired`: it has waited long enough; `cancel`: it gave up. */
export interface LockEventLine extends AnyLine {
  readonly lockdep: 'acquired' | 'cancel' | 'release' | 'downgrade' | 'init' | 'dispose';
  readonly task: number;
  readonly lock: number;
}

/** A held lock gets another class. */
export interface SetClassLine extends AnyLine {
  readonly lockdep: 'set-class';
  readonly task: number;
  readonly lock: number;
  readonly class: number;
  readonly subclass?: number;
}

/** A held lock goes over to another task. */
export interface TransferLine extends AnyLine {
  readonly lockdep: 'transfer';
  readonly task: number;
  readonly to: number;
  readonly lock: number;
}

/** A task has waited for the end of another, which is told before that end. */
export interface JoinTaskLine extends AnyLine {
  readonly lockdep: 'join-task';
  readonly task: number;
  readonly ended: number;
}

/** A task is over. */
export interface EndTaskLine extends AnyLine {
  readonly lockdep: 'end-task';
  readonly task: number;
}

/** A task enters or leaves a context, or can, cannot be interrupted by it. */
export interface ContextLine extends AnyLine {
  readonly lockdep: 'enter-context' | 'exit-context' | 'enable-context' | 'disable-context';
  readonly task: number;
  readonly context: string;
  readonly threaded?: true;
  readonly site?: number;
}

/** A task reads a variable that others write, or writes it: what prediction must not reorder. */
export interface AccessLine extends AnyLine {
  readonly lockdep: 'read' | 'write';
  readonly task: number;
  readonly variable: string;
}

/** Everything but the header. */
export type RecordLine =
  | ClassLine
  | LockLine
  | TaskLine
  | SiteLine
  | AcquireLine
  | ContendedLine
  | LockEventLine
  | SetClassLine
  | TransferLine
  | EndTaskLine
  | JoinTaskLine
  | ContextLine
  | AccessLine;

/** Any line of the format. */
export type TraceLine = HeaderLine | RecordLine;
