/**
 * The order graph: classes as nodes, dependencies as edges, kept in a topological order while edges arrive.
 *
 * An order is maintained as Pearce and Kelly do ("A Dynamic Topological Sort Algorithm for Directed Acyclic Graphs", ACM JEA 11, 2006):
 * an edge that ascends costs nothing, one that descends moves what lies between its ends. What must move is found by a search
 * from both ends at once (two-way-search.ts), which looks at a small part of what Pearce and Kelly's does on deep graphs.
 * Invariant: every edge that is not a *back edge* ascends. An edge that would close a cycle becomes a back edge: it is stored and
 * searched like any other, but takes no part in the order, so the order survives any number of reports.
 *
 * Cost: adding an ascending edge O(1); otherwise see there. Removing an edge O(degree). No allocation but growth.
 */
import { growInt32, growUint8 } from './grow.ts';
import { RankOrder } from './rank-order.ts';
import { type OrderedEdges, TwoWaySearch } from './two-way-search.ts';

const NONE = -1;

export class OrderGraph implements OrderedEdges {
  readonly ranks: RankOrder = new RankOrder();
  /** Nodes: first and last edge out and in, in order of insertion. */
  firstOut: Int32Array = new Int32Array(64).fill(NONE);
  firstIn: Int32Array = new Int32Array(64).fill(NONE);
  #lastOut: Int32Array = new Int32Array(64).fill(NONE);
  #lastIn: Int32Array = new Int32Array(64).fill(NONE);
  /** Edges. */
  from: Int32Array = new Int32Array(256);
  to: Int32Array = new Int32Array(256);
  nextOut: Int32Array = new Int32Array(256);
  nextIn: Int32Array = new Int32Array(256);
  /** Strengths, see dependency.ts; 0 for a free edge. */
  bits: Uint8Array = new Uint8Array(256);
  /** The fewest held entries ever between the two ends, the inner one counted: 1 means adjacent. */
  distance: Int32Array = new Int32Array(256);
  #back: Uint8Array = new Uint8Array(256);
  edgeCount = 0;
  readonly #backEdges = new Set<number>();
  #nextEdge = 0;
  readonly #freeEdges: number[] = [];
  #index: Int32Array = new Int32Array(512).fill(NONE);
  #indexMask = 511;
  readonly #search: TwoWaySearch = new TwoWaySearch();

  /** The edge from one class to another, or −1. */
  find(from: number, to: number): number {
    let slot = hash(from, to) & this.#indexMask;
    for (;;) {
      const edge = this.#index[slot]!;
      if (edge === NONE) return NONE;
      if (this.from[edge] === from && this.to[edge] === to) return edge;
      slot = (slot + 1) & this.#indexMask;
    }
  }

  get backEdgeCount(): number {
    return this.#backEdges.size;
  }

  isBack(edge: number): boolean {
    return this.#back[edge] === 1;
  }

  /**
   * Could `to` already lead to `from`? Exact while there are no back edges: false at once when the ranks ascend, else by making them
   * ascend, which an edge to be added next would need anyway. With back edges it answers true, and the caller searches.
   */
  mayClose(from: number, to: number): boolean {
    if (from === to) return true;
    this.#ensureNode(from);
    this.#ensureNode(to);
    if (this.#backEdges.size > 0) return true;
    return !this.#order(from, to);
  }

  /** Adds an edge that is not there yet; as a back edge when it closes a cycle. Returns the edge. */
  add(from: number, to: number, bits: number, distance: number): number {
    this.#ensureNode(from);
    this.#ensureNode(to);
    const back = from === to || !this.#order(from, to);
    const edge = this.#freeEdges.pop() ?? this.#nextEdge++;
    if (edge >= this.from.length) this.#growEdges(edge);
    this.from[edge] = from;
    this.to[edge] = to;
    this.bits[edge] = bits;
    this.distance[edge] = distance;
    this.#back[edge] = back ? 1 : 0;
    if (back) this.#backEdges.add(edge);
    this.edgeCount += 1;
    append(this.firstOut, this.#lastOut, this.nextOut, from, edge);
    append(this.firstIn, this.#lastIn, this.nextIn, to, edge);
    this.#indexEdge(edge);
    return edge;
  }

  /** Removes a node with its edges; returns the edges removed. Its rank is free for the next node of this id. */
  removeNode(node: number): number[] {
    if (node >= this.ranks.size) return [];
    const removed: number[] = [];
    for (let edge = this.firstOut[node]!; edge !== NONE; edge = this.nextOut[edge]!) removed.push(edge);
    for (let edge = this.firstIn[node]!; edge !== NONE; edge = this.nextIn[edge]!) {
      if (this.from[edge] !== node) removed.push(edge);
    }
    for (const edge of removed) this.#removeEdge(edge);
    if (removed.length > 0) this.#rebuildIndex(this.#indexMask + 1);
    return removed;
  }

  /** Every edge, in no particular order. */
  *edges(): Generator<number> {
    for (let edge = 0; edge < this.#nextEdge; edge++) if (this.bits[edge] !== 0) yield edge;
  }

  /** The highest rank from which a back edge leaves, or −∞: beyond it and the target no search need go. */
  highestBackSource(): number {
    let highest = Number.NEGATIVE_INFINITY;
    for (const edge of this.#backEdges) highest = Math.max(highest, this.ranks.rank[this.from[edge]!]!);
    return highest;
  }

  /**
   * Checks every invariant of the order and the lists. For tests: O(nodes + edges).
   * @throws Error that names the first one broken.
   */
  checkInvariants(): void {
    const { rank } = this.ranks;
    const nodes = [...this.ranks.nodes()];
    assert(new Set(nodes).size === this.ranks.size, `${nodes.length} nodes listed, ${this.ranks.size} known`);
    for (const [at, node] of nodes.entries()) assert(at === 0 || rank[nodes[at - 1]!]! < rank[node]!, 'ranks ascend');
    let count = 0;
    for (const edge of this.edges()) {
      count += 1;
      const from = this.from[edge]!;
      const to = this.to[edge]!;
      assert(this.isBack(edge) || rank[from]! < rank[to]!, `edge ${from} → ${to} ascends`);
      assert(this.find(from, to) === edge, `edge ${from} → ${to} is found by its ends`);
    }
    assert(count === this.edgeCount, `${count} edges live, ${this.edgeCount} counted`);
    let listed = 0;
    for (let node = 0; node < this.firstOut.length; node++) {
      for (let edge = this.firstOut[node]!; edge !== NONE; edge = this.nextOut[edge]!) {
        assert(this.from[edge] === node && this.bits[edge] !== 0, `edge ${edge} is in the right list`);
        listed += 1;
      }
      for (let edge = this.firstIn[node]!; edge !== NONE; edge = this.nextIn[edge]!) {
        assert(this.to[edge] === node && this.bits[edge] !== 0, `edge ${edge} is in the right list`);
      }
    }
    assert(listed === count, `${listed} edges listed, ${count} live`);
    assert(this.#search.idle, 'marks are cleared');
  }

  /** Makes the order agree with from → to; false (and no change) when `to` already leads to `from`. */
  #order(from: number, to: number): boolean {
    const { rank } = this.ranks;
    return rank[from]! < rank[to]! || this.#search.order(this, from, to);
  }

  #removeEdge(edge: number): void {
    unlink(this.firstOut, this.#lastOut, this.nextOut, this.from[edge]!, edge);
    unlink(this.firstIn, this.#lastIn, this.nextIn, this.to[edge]!, edge);
    this.#backEdges.delete(edge);
    this.bits[edge] = 0;
    this.edgeCount -= 1;
    this.#freeEdges.push(edge);
  }

  #indexEdge(edge: number): void {
    if (this.edgeCount * 2 > this.#indexMask) {
      this.#rebuildIndex((this.#indexMask + 1) * 2);
      return;
    }
    let slot = hash(this.from[edge]!, this.to[edge]!) & this.#indexMask;
    while (this.#index[slot] !== NONE) slot = (slot + 1) & this.#indexMask;
    this.#index[slot] = edge;
  }

  #rebuildIndex(slots: number): void {
    this.#index = new Int32Array(slots).fill(NONE);
    this.#indexMask = slots - 1;
    for (let edge = 0; edge < this.#nextEdge; edge++) {
      if (this.bits[edge] === 0) continue;
      let slot = hash(this.from[edge]!, this.to[edge]!) & this.#indexMask;
      while (this.#index[slot] !== NONE) slot = (slot + 1) & this.#indexMask;
      this.#index[slot] = edge;
    }
  }

  #ensureNode(node: number): void {
    if (node < this.ranks.size) return;
    if (node >= this.firstOut.length) {
      const old = this.firstOut.length;
      this.firstOut = growInt32(this.firstOut, node).fill(NONE, old);
      this.firstIn = growInt32(this.firstIn, node).fill(NONE, old);
      this.#lastOut = growInt32(this.#lastOut, node).fill(NONE, old);
      this.#lastIn = growInt32(this.#lastIn, node).fill(NONE, old);
    }
    this.ranks.ensure(node);
  }

  #growEdges(edge: number): void {
    this.from = growInt32(this.from, edge);
    this.to = growInt32(this.to, edge);
    this.nextOut = growInt32(this.nextOut, edge);
    this.nextIn = growInt32(this.nextIn, edge);
    this.distance = growInt32(this.distance, edge);
    this.bits = growUint8(this.bits, edge);
    this.#back = growUint8(this.#back, edge);
  }
}

function append(first: Int32Array, last: Int32Array, next: Int32Array, node: number, edge: number): void {
  next[edge] = NONE;
  const tail = last[node]!;
  if (tail === NONE) first[node] = edge;
  else next[tail] = edge;
  last[node] = edge;
}

function unlink(first: Int32Array, last: Int32Array, next: Int32Array, node: number, edge: number): void {
  let before = NONE;
  for (let at = first[node]!; at !== edge; at = next[at]!) before = at;
  if (before === NONE) first[node] = next[edge]!;
  else next[before] = next[edge]!;
  if (last[node] === edge) last[node] = before;
}

function hash(from: number, to: number): number {
  const mixed = Math.imul(from, 0x9e3779b1) ^ Math.imul(to, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function assert(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`order graph: ${what}: broken`);
}
