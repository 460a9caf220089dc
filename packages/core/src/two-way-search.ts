/**
 * Search from both ends of a new edge for what must change places: forwards from where it leads, lowest rank first, backwards from
 * where it comes, highest rank first, one edge at a time each, until the two frontiers have passed each other.
 *
 * Haeupler, Kavitha, Mathew, Sen, Tarjan, "Incremental Cycle Detection, Topological Ordering, and Strong Component Maintenance"
 * (ACM TALG 8, 2012), §3. Invariant between searches: every mark is 0. Cost: O(√edges · log) amortised for an edge, where a search to
 * the end on either side (Pearce and Kelly) looks at everything between the two ranks. No allocation but growth.
 */
import { growInt32, growUint8 } from './grow.ts';
import { RankHeap } from './rank-heap.ts';
import type { RankOrder } from './rank-order.ts';

const NONE = -1;

/** Edges in lists by node, and the order of the nodes. A back edge takes no part in the order. */
export interface OrderedEdges {
  readonly ranks: RankOrder;
  readonly firstOut: Int32Array;
  readonly firstIn: Int32Array;
  readonly nextOut: Int32Array;
  readonly nextIn: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  isBack(edge: number): boolean;
}

const FORWARDS = 1;
const BACKWARDS = 2;

export class TwoWaySearch {
  #mark: Uint8Array = new Uint8Array(64);
  /** The next edge to look at, by node. */
  #cursor: Int32Array = new Int32Array(64);
  /** What was met, in order of meeting. */
  #forwards: Int32Array = new Int32Array(64);
  #backwards: Int32Array = new Int32Array(64);
  #countF = 0;
  #countB = 0;
  readonly #lowest: RankHeap = new RankHeap(1);
  readonly #highest: RankHeap = new RankHeap(-1);

  /** Makes the order agree with an edge whose ends descend; false, and no change, when `to` already leads to `from`. */
  order(graph: OrderedEdges, from: number, to: number): boolean {
    const acyclic = this.#search(graph, from, to);
    for (let at = 0; at < this.#countF; at++) this.#mark[this.#forwards[at]!] = 0;
    for (let at = 0; at < this.#countB; at++) this.#mark[this.#backwards[at]!] = 0;
    if (acyclic) this.#reorder(graph, from);
    return acyclic;
  }

  /** Are all marks cleared? For tests: O(nodes). */
  get idle(): boolean {
    return this.#mark.every((mark) => mark === 0);
  }

  #search(graph: OrderedEdges, from: number, to: number): boolean {
    const { ranks, firstOut, firstIn, nextOut, nextIn } = graph;
    const { rank } = ranks;
    this.#mark = growUint8(this.#mark, ranks.size);
    this.#cursor = growInt32(this.#cursor, ranks.size);
    this.#forwards = growInt32(this.#forwards, ranks.size);
    this.#backwards = growInt32(this.#backwards, ranks.size);
    const mark = this.#mark;
    const cursor = this.#cursor;
    const lowest = this.#lowest;
    const highest = this.#highest;
    const upper = rank[from]!;
    const lower = rank[to]!;
    lowest.clear();
    highest.clear();
    this.#forwards[0] = to;
    this.#backwards[0] = from;
    this.#countF = 1;
    this.#countB = 1;
    mark[to] = FORWARDS;
    mark[from] = BACKWARDS;
    cursor[to] = firstOut[to]!;
    cursor[from] = firstIn[from]!;
    lowest.push(to, rank);
    highest.push(from, rank);
    for (;;) {
      while (lowest.size > 0 && cursor[lowest.top]! === NONE) lowest.pop(rank);
      while (highest.size > 0 && cursor[highest.top]! === NONE) highest.pop(rank);
      if (lowest.size === 0 || highest.size === 0) return true;
      const low = lowest.top;
      const high = highest.top;
      if (rank[low]! >= rank[high]!) return true;
      const out = cursor[low]!;
      cursor[low] = nextOut[out]!;
      const ahead = graph.to[out]!;
      if (rank[ahead]! <= upper && !graph.isBack(out)) {
        if (mark[ahead] === BACKWARDS) return false;
        if (mark[ahead] === 0) {
          mark[ahead] = FORWARDS;
          this.#forwards[this.#countF++] = ahead;
          cursor[ahead] = firstOut[ahead]!;
          lowest.push(ahead, rank);
        }
      }
      const into = cursor[high]!;
      cursor[high] = nextIn[into]!;
      const behind = graph.from[into]!;
      if (rank[behind]! >= lower && !graph.isBack(into)) {
        if (mark[behind] === FORWARDS) return false;
        if (mark[behind] === 0) {
          mark[behind] = BACKWARDS;
          this.#backwards[this.#countB++] = behind;
          cursor[behind] = firstIn[behind]!;
          highest.push(behind, rank);
        }
      }
    }
  }

  /** Everything met forwards and finished goes behind everything met backwards, at the first node that is not finished. */
  #reorder({ ranks }: OrderedEdges, from: number): void {
    const { rank } = ranks;
    const unfinished = this.#lowest.size > 0 ? this.#lowest.top : from;
    const place = rank[unfinished]! < rank[from]! ? unfinished : from;
    const countF = keep(this.#forwards, this.#countF, (node) => rank[node]! < rank[place]!);
    sortByRank(this.#forwards, countF, rank);
    if (place === from) {
      ranks.move(this.#forwards, countF, 'after', from);
      return;
    }
    const countB = keep(this.#backwards, this.#countB, (node) => rank[node]! > rank[place]!);
    sortByRank(this.#backwards, countB, rank);
    ranks.move(this.#backwards, countB, 'before', place);
    ranks.move(this.#forwards, countF, 'before', place);
  }
}

/** Moves the nodes that stay to the front; how many there are. */
function keep(nodes: Int32Array, count: number, stays: (node: number) => boolean): number {
  let kept = 0;
  for (let at = 0; at < count; at++) if (stays(nodes[at]!)) nodes[kept++] = nodes[at]!;
  return kept;
}

/** Most sets are a few nodes: an insertion sort. */
function sortByRank(nodes: Int32Array, count: number, rank: Float64Array): void {
  if (count > 64) {
    nodes.subarray(0, count).sort((a, b) => rank[a]! - rank[b]!);
    return;
  }
  for (let at = 1; at < count; at++) {
    const moved = nodes[at]!;
    let to = at;
    for (; to > 0 && rank[nodes[to - 1]!]! > rank[moved]!; to--) nodes[to] = nodes[to - 1]!;
    nodes[to] = moved;
  }
}
