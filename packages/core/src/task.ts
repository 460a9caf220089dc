/**
 * A task (thread, strand, simulated process) and its stack of held locks.
 *
 * The stack is one Int32Array of rows of {@link ROW} numbers plus the lock references beside it; entries live below `depth`,
 * what is above is stale. Push writes two numbers and a reference, pop one number; nothing is allocated.
 */
import { type ChainTrie, LABEL_BITS } from './chain-trie.ts';
import { growInt32 } from './grow.ts';
import type { Lock } from './lock.ts';
import type { Site } from './report.ts';
import type { Clock } from './witness.ts';

/** Columns of a row of the held stack. */
export const ROW = 4;
/** Packed acquisition, entry flags, and the task's context state then (see {@link CHAIN_SHIFT}). */
export const HOW = 0;
/** The trie node the entry led to; its label gives the class. */
export const NODE = 1;
/** How many acquisitions this entry stands for, when COUNTED. */
export const COUNT = 2;
/** Sum of pin cookies, when PINNED. */
export const PINS = 3;

/** Flags of an entry, above those of mode.ts. */
export const COUNTED: number = 1 << 12;
export const SITED: number = 1 << 13;
/** Announced, not yet granted. */
export const PENDING: number = 1 << 14;
/** Held by the parent task when this one was forked: orders what follows, is not this task's to release. */
export const INHERITED: number = 1 << 15;
export const PINNED: number = 1 << 16;
/** Above the flags: seven bits for the chain (interrupting contexts entered), seven for the kinds enabled. */
export const CHAIN_SHIFT = 17;
export const ENABLED_SHIFT = 24;
export const FLAGS_MASK: number = (1 << CHAIN_SHIFT) - 1;
const KINDS_MASK = 0x7f;
/** The `settledShift` of a task whose acquisitions are never settled. */
export const NEVER_SETTLED = 28;

/** A task and the locks it holds. Made by {@link Validator.task}; its fields are for reading. */
export class Task {
  readonly #trie: ChainTrie;
  readonly name: string;
  readonly id: number;
  readonly parent: Task | null;
  /** Live children that inherited held locks; null for almost every task. */
  children: Set<Task> | null = null;
  /** Whether the parent waits for this task to end. */
  awaited = true;
  depth = 0;
  /** Starts with 16 numbers: that many V8 still keeps on its heap, one more makes a task twenty times as expensive. */
  held: Int32Array = new Int32Array(4 * ROW);
  /** How many rows `held` has: reading a typed array's own length takes three times as long. */
  room = 4;
  readonly locks: Lock[] = [];
  /** Valid only for entries flagged NESTED and SITED. */
  readonly nests: (Lock | null)[] = [];
  readonly sites: (Site | null)[] = [];
  /** When each entry was taken, in microseconds; only while statistics are on. */
  readonly since: number[] = [];
  /** Contexts entered (mask of kinds), how often each, which of them run threaded, and which kinds are enabled. */
  entered = 0;
  readonly enterDepth: Int32Array = new Int32Array(7);
  threaded = 0;
  enabled: number;
  /** Derived from the above: the chain, both masks as they are packed into entries, and which bits of a node say "settled". */
  chain = 0;
  packed = 0;
  settledShift: number = NEVER_SETTLED;
  /** The lock this task is blocked on, where, and since which event. */
  waiting: {
    readonly lock: Lock;
    readonly site: Site;
    readonly blockers: (() => readonly Task[]) | null;
    readonly since: number;
  } | null = null;
  /** Progress between forks and joins (witness.ts), and what of the others' is known to be over. */
  epoch = 0;
  segment = 0;
  clock: Clock = new Map();
  /** The last epoch in which it left a witness; −1 for none. */
  witnessed = -1;
  /** Nesting of `off()`: while above 0 the task's events are ignored. */
  off = 0;
  ended = false;

  /** @internal Use `validator.task(name)`. */
  constructor(name: string, id: number, parent: Task | null, enabled: number, trie: ChainTrie) {
    this.name = name;
    this.id = id;
    this.parent = parent;
    this.enabled = enabled;
    this.#trie = trie;
  }

  /** Makes room for one more row. */
  reserve(): void {
    this.held = growInt32(this.held, (this.depth + 1) * ROW - 1);
    this.room = this.held.length / ROW;
  }

  /** Mode and flags of an entry. */
  how(index: number): number {
    return this.held[index * ROW + HOW]! & FLAGS_MASK;
  }

  /** The class an entry was taken as. */
  classOf(index: number): number {
    return this.#trie.label[this.nodeOf(index)]! >> LABEL_BITS;
  }

  nodeOf(index: number): number {
    return this.held[index * ROW + NODE]!;
  }

  /** The chain an entry belongs to. */
  chainOf(index: number): number {
    return (this.held[index * ROW + HOW]! >>> CHAIN_SHIFT) & KINDS_MASK;
  }

  /** The context kinds that were enabled when the entry was taken. */
  enabledOf(index: number): number {
    return (this.held[index * ROW + HOW]! >>> ENABLED_SHIFT) & KINDS_MASK;
  }
}
