/**
 * Chains: every sequence of held (class, how) ever seen is a path in one trie, so a known acquisition is one probe.
 *
 * A node is a number; 0 is the root. The children of all nodes share one open-addressed table keyed by (parent, label),
 * so two chains can never be taken for each other (the kernel's 64-bit chain key can collide). A node is *settled* in a
 * context state when everything has been checked there that depends only on the chain and the state (order, usage, wait
 * type), and nothing depends on the instances: then the acquisition needs no further look.
 * A node also remembers the child it was last left for, since programs take the same locks in the same order again and again: that
 * child costs two loads, no probe.
 * Probe: O(1). Insert: amortised O(1). Removing a class: O(nodes), rare.
 */
import { growInt32, growUint8 } from './grow.ts';

/** The node was validated as a chain (what the kernel counts). */
export const VALIDATED = 1;
/** What this node allows depends on which instances are held: check every time. */
export const INSTANCE = 2;
/** Something was reported here: never settled again, so that every recurrence is counted. */
export const REPORTED = 4;

export const ROOT = 0;
export const ANYBODY = 0;
/** A label is `classId << LABEL_BITS | how`. */
export const LABEL_BITS = 5;
const EMPTY = -1;
/** A row of the table: parent, label, child. */
const WORDS = 3;
/** A row of what is known of a node: four numbers, so that places are shifted and or-ed, which cannot overflow. */
const KNOWN_SHIFT = 2;
const OWNER = 1;
const LAST_LABEL = 2;
const LAST_CHILD = 3;

export class ChainTrie {
  #table: Int32Array = new Int32Array(1024 * WORDS).fill(EMPTY);
  #mask = 1023;
  #used = 0;
  #next = 1;
  readonly #free: number[] = [];
  parent: Int32Array = new Int32Array(256).fill(-1);
  label: Int32Array = new Int32Array(256);
  flags: Uint8Array = new Uint8Array(256);
  /**
   * A row of four numbers a node. In which context states it is settled, one bit each (see Engine); its owner: the segment of the task that
   * walks this node alone so far, ANYBODY once it does not matter who does (witness.ts); the label it was last left along, and where to.
   */
  #known: Int32Array = new Int32Array(256 << KNOWN_SHIFT).fill(EMPTY, LAST_LABEL, LAST_CHILD);
  /** The context the chain was first validated in. */
  chain: Uint8Array = new Uint8Array(256);
  /** How many chains are validated. */
  validated = 0;

  /** The child of `node` along `label`, or −1. */
  child(node: number, label: number): number {
    const known = this.#known;
    const row = node << KNOWN_SHIFT;
    return known[row | LAST_LABEL] === label ? known[row | LAST_CHILD]! : this.#probe(node, label);
  }

  #probe(node: number, label: number): number {
    const table = this.#table;
    const mask = this.#mask;
    let slot = hash(node, label) & mask;
    for (;;) {
      const at = slot * WORDS;
      const parent = table[at]!;
      if (parent === node && table[at + 1] === label) return this.#remember(node, label, table[at + 2]!);
      if (parent === EMPTY) return -1;
      slot = (slot + 1) & mask;
    }
  }

  #remember(node: number, label: number, child: number): number {
    const row = node << KNOWN_SHIFT;
    this.#known[row | LAST_LABEL] = label;
    this.#known[row | LAST_CHILD] = child;
    return child;
  }

  /** Is nothing left to look at, in this context state (a bit number), for a task in this segment? */
  isSettled(node: number, state: number, segment: number): boolean {
    const known = this.#known;
    const row = node << KNOWN_SHIFT;
    if (((known[row]! >>> state) & 1) === 0) return false;
    const owner = known[row | OWNER]!;
    return owner === 0 || owner === segment;
  }

  /** From now on nothing is left to look at in this context state. */
  settle(node: number, state: number): void {
    this.#known[node << KNOWN_SHIFT]! |= 1 << state;
  }

  /** It is to be looked at again in every context state. */
  unsettle(node: number): void {
    this.#known[node << KNOWN_SHIFT] = 0;
  }

  owner(node: number): number {
    return this.#known[(node << KNOWN_SHIFT) | OWNER]!;
  }

  setOwner(node: number, segment: number): void {
    this.#known[(node << KNOWN_SHIFT) | OWNER] = segment;
  }

  /** Adds a child; there must be none along `label`. */
  insert(node: number, label: number): number {
    const child = this.#free.pop() ?? this.#next++;
    if (child >= this.flags.length) this.#grow(child);
    this.parent[child] = node;
    this.label[child] = label;
    this.flags[child] = 0;
    this.#known[child << KNOWN_SHIFT] = 0;
    this.#known[(child << KNOWN_SHIFT) | OWNER] = ANYBODY;
    this.#known[(child << KNOWN_SHIFT) | LAST_LABEL] = EMPTY;
    this.#put(node, label, child);
    return child;
  }

  validate(node: number, chain: number): void {
    if ((this.flags[node]! & VALIDATED) !== 0) return;
    this.flags[node]! |= VALIDATED;
    this.chain[node] = chain;
    this.validated += 1;
  }

  /** The labels from the root to a node. */
  path(node: number): number[] {
    const labels: number[] = [];
    for (let at = node; at !== ROOT; at = this.parent[at]!) labels.push(this.label[at]!);
    return labels.reverse();
  }

  /** Every live node but the root. */
  *nodes(): Generator<number> {
    for (let node = 1; node < this.#next; node++) if (this.parent[node] !== -1) yield node;
  }

  /** Removes every chain with a label that `gone` says is gone, and returns the nodes removed. */
  prune(gone: (label: number) => boolean): number[] {
    const removed: number[] = [];
    const verdict = new Uint8Array(this.#next); // 0 unknown, 1 stays, 2 goes
    verdict[ROOT] = 1;
    const decide = (node: number): number => {
      let fate = verdict[node]!;
      if (fate === 0) {
        fate = gone(this.label[node]!) ? 2 : decide(this.parent[node]!);
        verdict[node] = fate;
      }
      return fate;
    };
    for (const node of this.nodes()) if (decide(node) === 2) removed.push(node);
    if (removed.length === 0) return removed;
    for (const node of removed) {
      if ((this.flags[node]! & VALIDATED) !== 0) this.validated -= 1;
      this.parent[node] = -1;
      this.#free.push(node);
    }
    for (let node = 0; node < this.#next; node++) this.#known[(node << KNOWN_SHIFT) | LAST_LABEL] = EMPTY;
    this.#rebuild(this.#table.length / WORDS);
    return removed;
  }

  #put(node: number, label: number, child: number): void {
    if ((this.#used + 1) * 2 > this.#mask) this.#rebuild((this.#mask + 1) * 2, child);
    let slot = hash(node, label) & this.#mask;
    while (this.#table[slot * WORDS] !== EMPTY) slot = (slot + 1) & this.#mask;
    const at = slot * WORDS;
    this.#table[at] = node;
    this.#table[at + 1] = label;
    this.#table[at + 2] = child;
    this.#used += 1;
  }

  #rebuild(slots: number, except = -1): void {
    this.#table = new Int32Array(slots * WORDS).fill(EMPTY);
    this.#mask = slots - 1;
    this.#used = 0;
    for (let node = 1; node < this.#next; node++) {
      if (this.parent[node] !== -1 && node !== except) this.#put(this.parent[node]!, this.label[node]!, node);
    }
  }

  #grow(node: number): void {
    const from = this.parent.length;
    this.parent = growInt32(this.parent, node).fill(-1, from);
    this.label = growInt32(this.label, node);
    this.#known = growInt32(this.#known, (node << KNOWN_SHIFT) | LAST_CHILD);
    this.flags = growUint8(this.flags, node);
    this.chain = growUint8(this.chain, node);
  }
}

function hash(node: number, label: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(label, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
