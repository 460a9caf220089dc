/**
 * The order graph: classes as nodes, dependencies as edges, kept in a topological order while edges arrive.
 *
 * Pearce and Kelly, "A Dynamic Topological Sort Algorithm for Directed Acyclic Graphs" (ACM JEA 11, 2006); names follow the
 * paper. Invariant: ranks are a permutation, and every edge that is not a *back edge* ascends. An edge that would close
 * a cycle becomes a back edge: it is stored and searched like any other, but takes no part in the order, so the
 * order survives any number of reports. Works well on sparse graphs, poorly on dense ones.
 *
 * Cost: adding an ascending edge O(1); otherwise proportional to the ranks between its ends that are connected to them
 * (measured 0.6–2.9 nodes an edge on lock orders). Removing an edge O(degree). No allocation but growth.
 */
import { growInt32, growUint8 } from './grow.ts';

const NONE = -1;
const INSERTION_LIMIT = 24;

export class OrderGraph {
  /** Nodes: first and last edge out and in (in order of insertion), and the rank. */
  firstOut: Int32Array = new Int32Array(64).fill(NONE);
  firstIn: Int32Array = new Int32Array(64).fill(NONE);
  #lastOut: Int32Array = new Int32Array(64).fill(NONE);
  #lastIn: Int32Array = new Int32Array(64).fill(NONE);
  rank: Int32Array = new Int32Array(64).fill(NONE);
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
  #nextRank = 0;
  readonly #freeEdges: number[] = [];
  #index: Int32Array = new Int32Array(512).fill(NONE);
  #indexMask = 511;
  /** The node of each rank. */
  #ranked: Int32Array = new Int32Array(64);
  // Scratch of the reordering: nodes, then their ranks.
  #mark: Uint8Array = new Uint8Array(64);
  #deltaF: Int32Array = new Int32Array(64);
  #deltaB: Int32Array = new Int32Array(64);
  #countF = 0;
  #countB = 0;

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
   * Could `to` already lead to `from`? Exact while there are no back edges: false at once when the ranks ascend, else by a search
   * of what lies between them. With back edges it answers true, and the caller searches.
   */
  mayClose(from: number, to: number): boolean {
    if (from === to) return true;
    this.#ensureNode(from);
    this.#ensureNode(to);
    if (this.#backEdges.size > 0) return true;
    const upper = this.rank[from]!;
    return upper > this.rank[to]! && !this.#forward(to, upper);
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
    if (node >= this.rank.length) return [];
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

  /** The highest rank from which a back edge leaves, or −1: beyond it and the target no search need go. */
  highestBackSource(): number {
    let highest = NONE;
    for (const edge of this.#backEdges) highest = Math.max(highest, this.rank[this.from[edge]!]!);
    return highest;
  }

  /**
   * Checks every invariant of the order and the lists. For tests: O(nodes + edges).
   * @throws Error that names the first one broken.
   */
  checkInvariants(): void {
    const ranks = [...this.rank].filter((rank) => rank !== NONE).sort((a, b) => a - b);
    for (const [index, rank] of ranks.entries())
      assert(rank === index, `ranks are a permutation, but ${index} is ${rank}`);
    let count = 0;
    for (const edge of this.edges()) {
      count += 1;
      const from = this.from[edge]!;
      const to = this.to[edge]!;
      assert(this.isBack(edge) || this.rank[from]! < this.rank[to]!, `edge ${from} → ${to} ascends`);
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
    assert(
      this.#mark.every((mark) => mark === 0),
      'marks are cleared',
    );
  }

  /** Makes the order agree with from → to; false (and no change) when `to` already leads to `from`. */
  #order(from: number, to: number): boolean {
    const upper = this.rank[from]!;
    const lower = this.rank[to]!;
    if (upper < lower) return true;
    if (!this.#forward(to, upper)) return false;
    this.#backward(from, lower);
    this.#reorder();
    return true;
  }

  /** Collects what `node` reaches below `upper` into deltaF; false on meeting `upper` itself. */
  #forward(node: number, upper: number): boolean {
    const { rank, firstOut, nextOut } = this;
    const found = this.#deltaF;
    const mark = this.#mark;
    const back = this.#back;
    let count = 1;
    let acyclic = true;
    found[0] = node;
    mark[node] = 1;
    for (let at = 0; at < count && acyclic; at++) {
      for (let edge = firstOut[found[at]!]!; edge !== NONE; edge = nextOut[edge]!) {
        const next = this.to[edge]!;
        if (rank[next]! > upper || mark[next] !== 0 || back[edge] === 1) continue;
        if (rank[next]! === upper) {
          acyclic = false;
          break;
        }
        mark[next] = 1;
        found[count++] = next;
      }
    }
    for (let at = 0; at < count; at++) mark[found[at]!] = 0;
    this.#countF = count;
    return acyclic;
  }

  /** Collects what reaches `node` from above `lower` into deltaB. */
  #backward(node: number, lower: number): void {
    const { rank, firstIn, nextIn } = this;
    const found = this.#deltaB;
    const mark = this.#mark;
    const back = this.#back;
    let count = 1;
    found[0] = node;
    mark[node] = 1;
    for (let at = 0; at < count; at++) {
      for (let edge = firstIn[found[at]!]!; edge !== NONE; edge = nextIn[edge]!) {
        const next = this.from[edge]!;
        if (rank[next]! < lower || mark[next] !== 0 || back[edge] === 1) continue;
        mark[next] = 1;
        found[count++] = next;
      }
    }
    for (let at = 0; at < count; at++) mark[found[at]!] = 0;
    this.#countB = count;
  }

  /** Hands out the sorted union of the old ranks: first to deltaB, then to deltaF, each in its own order. */
  #reorder(): void {
    const { rank } = this;
    const ranked = this.#ranked;
    const ranksB = sortedRanks(this.#deltaB, this.#countB, rank);
    const ranksF = sortedRanks(this.#deltaF, this.#countF, rank);
    const total = ranksB.length + ranksF.length;
    // Ranks are handed out ascending, so those still to be read of deltaB are overwritten before deltaF begins: nodes first.
    const nodes = new Int32Array(total);
    for (let at = 0; at < ranksB.length; at++) nodes[at] = ranked[ranksB[at]!]!;
    for (let at = 0; at < ranksF.length; at++) nodes[ranksB.length + at] = ranked[ranksF[at]!]!;
    let [b, f] = [0, 0];
    for (let at = 0; at < total; at++) {
      const low = f >= ranksF.length || (b < ranksB.length && ranksB[b]! < ranksF[f]!) ? ranksB[b++]! : ranksF[f++]!;
      rank[nodes[at]!] = low;
      ranked[low] = nodes[at]!;
    }
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
    for (const edge of this.edges()) {
      let slot = hash(this.from[edge]!, this.to[edge]!) & this.#indexMask;
      while (this.#index[slot] !== NONE) slot = (slot + 1) & this.#indexMask;
      this.#index[slot] = edge;
    }
  }

  #ensureNode(node: number): void {
    if (node >= this.rank.length) {
      const old = this.rank.length;
      this.rank = growInt32(this.rank, node).fill(NONE, old);
      this.firstOut = growInt32(this.firstOut, node).fill(NONE, old);
      this.firstIn = growInt32(this.firstIn, node).fill(NONE, old);
      this.#lastOut = growInt32(this.#lastOut, node).fill(NONE, old);
      this.#lastIn = growInt32(this.#lastIn, node).fill(NONE, old);
      this.#mark = growUint8(this.#mark, node);
      this.#ranked = growInt32(this.#ranked, node);
      this.#deltaF = growInt32(this.#deltaF, node);
      this.#deltaB = growInt32(this.#deltaB, node);
    }
    // Ranks start as the order of registration, which is most often an order of nesting already.
    for (; this.#nextRank <= node; this.#nextRank++) {
      this.rank[this.#nextRank] = this.#nextRank;
      this.#ranked[this.#nextRank] = this.#nextRank;
    }
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

/** Replaces the nodes by their ranks, ascending. Most regions are a few nodes, where a plain insertion is faster. */
function sortedRanks(nodes: Int32Array, count: number, rank: Int32Array): Int32Array {
  const ranks = nodes.subarray(0, count);
  for (let at = 0; at < count; at++) ranks[at] = rank[ranks[at]!]!;
  if (count > INSERTION_LIMIT) return ranks.sort();
  for (let at = 1; at < count; at++) {
    const moved = ranks[at]!;
    let to = at;
    for (; to > 0 && ranks[to - 1]! > moved; to--) ranks[to] = ranks[to - 1]!;
    ranks[to] = moved;
  }
  return ranks;
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
