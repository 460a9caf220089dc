/**
 * Search for strong paths: paths along which every joint really blocks, i.e. no `-(*R)->` is followed by a `-(S*)->`
 * (Documentation/locking/lockdep-design.rst, "Recursive read locks"). A closed strong path is a possible deadlock.
 *
 * Breadth first, so the path found is a shortest one. In *exact* mode the state is (class, reached only by a recursive
 * reader): a class met over a weak path is tried again over a strong one. In *kernel* mode each class is visited once,
 * before its strength is looked at, which misses some paths exactly as Linux does.
 *
 * Cost: O(edges) worst case; runs only when a new dependency might close a circle or a usage bit is new.
 */
import { BLOCKING_INNER, reversed, SHARED_OUTER } from './dependency.ts';
import { growInt32, growUint8, growUint32 } from './grow.ts';
import type { OrderGraph } from './order-graph.ts';

export type Match = (node: number, onlyXr: boolean) => boolean;

export interface SearchOptions {
  /** Follow edges from their inner to their outer end. */
  readonly backward?: boolean;
  /** Classes that are neither matched nor walked through. */
  readonly skip?: (node: number) => boolean;
  /** Nodes of higher rank cannot lead to the target and are left out. */
  readonly maxRank?: number;
}

const NONE = -1;
/** Kernel mode: queued so that the class is marked, but not reached. */
const BLOCKED = -2;

export class StrongPathSearch {
  readonly #order: OrderGraph;
  readonly #exact: boolean;
  #node: Int32Array = new Int32Array(256);
  #via: Int32Array = new Int32Array(256);
  #parent: Int32Array = new Int32Array(256);
  #onlyXr: Uint8Array = new Uint8Array(256);
  #length = 0;
  #seenWeak: Uint32Array = new Uint32Array(64);
  #seenStrong: Uint32Array = new Uint32Array(64);
  #stamp = 0;

  constructor(order: OrderGraph, exact: boolean) {
    this.#order = order;
    this.#exact = exact;
  }

  /**
   * Finds the nearest matching class on a strong path from `root`; `onlyXr` says whether the step that led to the root was
   * a recursive reader's. Returns the edges of the path in the order walked, or null. The root itself is tried first.
   */
  find(root: number, onlyXr: boolean, match: Match, options: SearchOptions = {}): number[] | null {
    const { backward = false, skip, maxRank = Number.MAX_SAFE_INTEGER } = options;
    this.#begin(root, onlyXr);
    for (let at = 0; at < this.#length; at++) {
      const node = this.#node[at]!;
      const weak = this.#onlyXr[at] === 1;
      if (!this.#exact && !this.#firstVisit(at)) continue;
      if (skip?.(node) === true) continue;
      if (match(node, weak)) return this.#path(at);
      this.#expand(at, node, weak, backward, maxRank);
    }
    return null;
  }

  #begin(root: number, onlyXr: boolean): void {
    this.#stamp += 1;
    this.#length = 0;
    this.#push(root, NONE, NONE, onlyXr);
    if (this.#exact) this.#see(root, onlyXr);
  }

  #expand(at: number, node: number, weak: boolean, backward: boolean, maxRank: number): void {
    const order = this.#order;
    if (node >= order.ranks.size) return;
    const next = backward ? order.nextIn : order.nextOut;
    for (let edge = (backward ? order.firstIn : order.firstOut)[node]!; edge !== NONE; edge = next[edge]!) {
      const to = backward ? order.from[edge]! : order.to[edge]!;
      if (order.ranks.rank[to]! > maxRank) continue;
      const strengths = strengthsAfter(order.bits[edge]!, backward, weak);
      const nowWeak = (strengths & BLOCKING_INNER) === 0;
      if (!this.#exact) {
        // The kernel looks at the strength only after it has marked the class as visited; see #firstVisit.
        this.#push(to, strengths === 0 ? BLOCKED : edge, at, nowWeak);
      } else if (strengths !== 0 && this.#see(to, nowWeak)) {
        this.#push(to, edge, at, nowWeak);
      }
    }
  }

  /** Exact mode: is this state worth a visit? A strong visit covers a later weak one, not the other way round. */
  #see(node: number, weak: boolean): boolean {
    if (node >= this.#seenStrong.length) {
      this.#seenStrong = growUint32(this.#seenStrong, node);
      this.#seenWeak = growUint32(this.#seenWeak, node);
    }
    if (this.#seenStrong[node] === this.#stamp) return false;
    if (!weak) {
      this.#seenStrong[node] = this.#stamp;
      return true;
    }
    if (this.#seenWeak[node] === this.#stamp) return false;
    this.#seenWeak[node] = this.#stamp;
    return true;
  }

  /** Kernel mode: marks the class, then says whether it was new and reached over anything at all. */
  #firstVisit(at: number): boolean {
    return this.#see(this.#node[at]!, false) && this.#via[at] !== BLOCKED;
  }

  #push(node: number, via: number, parent: number, onlyXr: boolean): void {
    const at = this.#length++;
    if (at >= this.#node.length) {
      this.#node = growInt32(this.#node, at);
      this.#via = growInt32(this.#via, at);
      this.#parent = growInt32(this.#parent, at);
      this.#onlyXr = growUint8(this.#onlyXr, at);
    }
    this.#node[at] = node;
    this.#via[at] = via;
    this.#parent[at] = parent;
    this.#onlyXr[at] = onlyXr ? 1 : 0;
  }

  #path(found: number): number[] {
    const edges: number[] = [];
    for (let at = found; this.#parent[at] !== NONE; at = this.#parent[at]!) edges.push(this.#via[at]!);
    return edges.reverse();
  }
}

/** What is left of an edge's strengths after a joint: shared outer ends do not block a recursive reader. */
function strengthsAfter(bits: number, backward: boolean, weak: boolean): number {
  const strengths = backward ? reversed(bits) : bits;
  return weak ? strengths & ~SHARED_OUTER : strengths;
}
