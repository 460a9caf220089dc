/**
 * A task (thread, strand, simulated process) and its stack of held locks.
 *
 * The stack is one Int32Array of rows of {@link ROW} numbers plus the lock references beside it; entries live below `depth`,
 * what is above is stale. `node` is the place of the current chain in the trie: the node reached by the entries of the
 * current context. Push and pop write five numbers and allocate nothing.
 */
import { growInt32 } from './grow.ts';
import type { Lock } from './lock.ts';
import type { Site } from './report.ts';

/** Columns of a row of the held stack. */
export const ROW = 8;
/** Packed acquisition, with the entry flags below. */
export const HOW = 0;
export const CLASS = 1;
/** The trie node before this entry was taken. */
export const BEFORE = 2;
/** Which chain: the interrupting contexts the task was in. */
export const CHAIN = 3;
/** Context kinds that were enabled at the acquisition. */
export const ENABLED = 4;
/** How many acquisitions this entry stands for, when COUNTED. */
export const COUNT = 5;
/** Sum of pin cookies, when PINNED. */
export const PINS = 6;

/** Flags of an entry, above those of mode.ts. */
export const COUNTED: number = 1 << 12;
export const SITED: number = 1 << 13;
/** Announced, not yet granted. */
export const PENDING: number = 1 << 14;
/** Held by the parent task when this one was forked: orders what follows, is not this task's to release. */
export const INHERITED: number = 1 << 15;
export const PINNED: number = 1 << 16;

export class Task {
  readonly name: string;
  readonly id: number;
  readonly parent: Task | null;
  /** Live children that inherited held locks; null for almost every task. */
  children: Set<Task> | null = null;
  depth = 0;
  node = 0;
  held: Int32Array = new Int32Array(8 * ROW);
  readonly locks: Lock[] = [];
  /** Valid only for entries flagged NESTED and SITED. */
  readonly nests: (Lock | null)[] = [];
  readonly sites: (Site | null)[] = [];
  /** Contexts entered (mask of kinds), how often each, which of them run threaded, and which kinds are enabled. */
  entered = 0;
  readonly enterDepth: Int32Array = new Int32Array(7);
  threaded = 0;
  enabled: number;
  /** Derived from the four above: chain, wait limit and usage bits needed by `how & 15`. */
  chain = 0;
  waitLimit = 5;
  needs: Uint32Array;
  /** The lock this task is blocked on, where, and since which event. */
  waiting: { readonly lock: Lock; readonly site: Site; readonly blockers: (() => readonly Task[]) | null } | null = null;
  /** Nesting of `off()`: while above 0 the task's events are ignored. */
  off = 0;
  ended = false;

  /** @internal Use `validator.task(name)`. */
  constructor(name: string, id: number, parent: Task | null, enabled: number, needs: Uint32Array) {
    this.name = name;
    this.id = id;
    this.parent = parent;
    this.enabled = enabled;
    this.needs = needs;
  }

  /** Makes room for one more row. */
  reserve(): void {
    this.held = growInt32(this.held, (this.depth + 1) * ROW - 1);
  }

  how(index: number): number {
    return this.held[index * ROW + HOW]!;
  }

  classOf(index: number): number {
    return this.held[index * ROW + CLASS]!;
  }

  chainOf(index: number): number {
    return this.held[index * ROW + CHAIN]!;
  }
}
