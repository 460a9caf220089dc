/**
 * A total order of small integers that lets some be moved next to another: a list, and a rank for each node to compare by.
 *
 * Invariant: `rank` ascends strictly along the list. A moved node gets a rank between those of its new neighbours; when numbers run
 * out there (after some forty halvings), all ranks are given out anew. After Dietz and Sleator, "Two algorithms for
 * maintaining order in a list" (STOC 1987), simplified. Comparing: two loads. Moving: O(nodes moved), rarely O(nodes).
 */
import { growFloat64, growInt32 } from './grow.ts';

const NONE = -1;

export class RankOrder {
  /** NaN for a node that is not there yet. */
  rank: Float64Array = new Float64Array(64).fill(Number.NaN);
  #before: Int32Array = new Int32Array(64);
  #after: Int32Array = new Int32Array(64);
  #first: number = NONE;
  #last: number = NONE;
  /** Nodes below this are there. */
  size = 0;

  /** Adds the nodes up to this one at the end: the order of registration is most often an order of nesting already. */
  ensure(node: number): void {
    if (node >= this.rank.length) {
      const old = this.rank.length;
      this.rank = growFloat64(this.rank, node).fill(Number.NaN, old);
      this.#before = growInt32(this.#before, node);
      this.#after = growInt32(this.#after, node);
    }
    for (; this.size <= node; this.size++) {
      const added = this.size;
      this.rank[added] = this.#last === NONE ? 0 : this.rank[this.#last]! + 1;
      this.#before[added] = this.#last;
      this.#after[added] = NONE;
      if (this.#last === NONE) this.#first = added;
      else this.#after[this.#last] = added;
      this.#last = added;
    }
  }

  /** Moves the first `count` of `nodes`, in the order given, to directly before or after a node that is none of them. */
  move(nodes: Int32Array, count: number, where: 'before' | 'after', node: number): void {
    if (count === 0) return;
    for (let at = 0; at < count; at++) this.#unlink(nodes[at]!);
    const left = where === 'after' ? node : this.#before[node]!;
    const right = where === 'after' ? this.#after[node]! : node;
    let last = left;
    for (let at = 0; at < count; at++) {
      const moved = nodes[at]!;
      this.#before[moved] = last;
      if (last === NONE) this.#first = moved;
      else this.#after[last] = moved;
      last = moved;
    }
    this.#after[last] = right;
    if (right === NONE) this.#last = last;
    else this.#before[right] = last;
    if (!this.#fits(nodes, count, left, right)) this.#renumber();
  }

  /** The nodes in order. */
  *nodes(): Generator<number> {
    for (let node = this.#first; node !== NONE; node = this.#after[node]!) yield node;
  }

  /** Spreads the moved nodes evenly between their neighbours; false when there is no room. */
  #fits(nodes: Int32Array, count: number, left: number, right: number): boolean {
    const { rank } = this;
    const low = left === NONE ? rank[right]! - count - 1 : rank[left]!;
    const high = right === NONE ? low + count + 1 : rank[right]!;
    const step = (high - low) / (count + 1);
    let last = low;
    for (let at = 0; at < count; at++) {
      const next = low + step * (at + 1);
      if (next <= last) return false;
      rank[nodes[at]!] = next;
      last = next;
    }
    return last < high;
  }

  #renumber(): void {
    let next = 0;
    for (let node = this.#first; node !== NONE; node = this.#after[node]!) this.rank[node] = next++;
  }

  #unlink(node: number): void {
    const before = this.#before[node]!;
    const after = this.#after[node]!;
    if (before === NONE) this.#first = after;
    else this.#after[before] = after;
    if (after === NONE) this.#last = before;
    else this.#before[after] = before;
  }
}
