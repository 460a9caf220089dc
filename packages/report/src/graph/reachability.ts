/**
 * Which class leads to which in an acyclic graph: a bit per pair, filled against the order, so that a question is one
 * look-up. Takes V·E/32 steps and V²/8 bytes: 8 MB for 8,000 classes, which is why only reports use it.
 */
import { type OrderEdge, successorsOf } from './lock-order.ts';

export class Reachability {
  readonly #words: number;
  readonly #rows: Uint32Array;

  /** `topological`: the nodes in an order that every edge ascends. */
  constructor(topological: readonly number[], edges: readonly OrderEdge[]) {
    const count = topological.length;
    this.#words = (count + 31) >>> 5;
    this.#rows = new Uint32Array(count * this.#words);
    const successors = successorsOf(edges, count);
    for (const node of topological.toReversed()) {
      for (const to of successors[node]!) this.#absorb(node, to);
    }
  }

  /** Does a path of at least one edge lead from one to the other? */
  leads(from: number, to: number): boolean {
    return (this.#rows[from * this.#words + (to >>> 5)]! & (1 << (to & 31))) !== 0;
  }

  #absorb(from: number, to: number): void {
    const rows = this.#rows;
    const target = from * this.#words;
    const source = to * this.#words;
    for (let word = 0; word < this.#words; word++) rows[target + word]! |= rows[source + word]!;
    rows[target + (to >>> 5)]! |= 1 << (to & 31);
  }
}
