/** A binary heap of nodes by rank: the lowest on top with direction 1, the highest with −1. Push and pop: O(log size); no allocation but growth. */
import { growInt32 } from './grow.ts';

export class RankHeap {
  readonly #direction: 1 | -1;
  #nodes: Int32Array = new Int32Array(64);
  size = 0;

  constructor(direction: 1 | -1) {
    this.#direction = direction;
  }

  /** The node on top; there must be one. */
  get top(): number {
    return this.#nodes[0]!;
  }

  clear(): void {
    this.size = 0;
  }

  push(node: number, rank: Float64Array): void {
    this.#nodes = growInt32(this.#nodes, this.size);
    const nodes = this.#nodes;
    const key = rank[node]! * this.#direction;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = nodes[parent]!;
      if (rank[above]! * this.#direction <= key) break;
      nodes[at] = above;
      at = parent;
    }
    nodes[at] = node;
  }

  /** Takes the top off. */
  pop(rank: Float64Array): void {
    const nodes = this.#nodes;
    const size = --this.size;
    if (size === 0) return;
    const moved = nodes[size]!;
    const key = rank[moved]! * this.#direction;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && rank[nodes[right]!]! * this.#direction < rank[nodes[child]!]! * this.#direction)
        child = right;
      if (rank[nodes[child]!]! * this.#direction >= key) break;
      nodes[at] = nodes[child]!;
      at = child;
    }
    nodes[at] = moved;
  }
}
