/**
 * The transitive closure of a declaration: what it says of any two classes.
 *
 * Cost: one search for each class asked about, then O(1).
 */
import { DeclaredNames } from './declared-names.ts';
import type { DeclaredEdge, OrderDeclaration } from './order-declaration.ts';

/** agrees: the declaration leads from the outer class to the inner one; contradicts: only the other way; unordered: neither. */
export type Rank = 'agrees' | 'contradicts' | 'unordered';

/** A declared order, to be asked how two classes stand in it. */
export class DeclaredOrder {
  readonly names: DeclaredNames;
  readonly #next = new Map<string, DeclaredEdge[]>();
  readonly #reached = new Map<string, ReadonlySet<string>>();

  constructor(declaration: OrderDeclaration) {
    this.names = new DeclaredNames(declaration);
    for (const edge of declaration.edges) {
      const known = this.#next.get(edge.outer);
      if (known === undefined) this.#next.set(edge.outer, [edge]);
      else known.push(edge);
    }
  }

  /** What the declaration says of `inner` taken under `outer`; classes by their learned names. */
  rank(outer: string, inner: string): Rank {
    const [from, to] = [this.names.of(outer), this.names.of(inner)];
    if (from === null || to === null || from === to) return 'unordered';
    if (this.#leads(from, to)) return 'agrees';
    return this.#leads(to, from) ? 'contradicts' : 'unordered';
  }

  /** The declared edges that lead from one declared name to another, fewest first; null when none do. */
  path(from: string, to: string): DeclaredEdge[] | null {
    const via = new Map<string, DeclaredEdge>();
    const queue = [from];
    for (const name of queue) {
      for (const edge of this.#next.get(name) ?? []) {
        if (via.has(edge.inner)) continue;
        via.set(edge.inner, edge);
        queue.push(edge.inner);
      }
    }
    if (!via.has(to)) return null;
    const path: DeclaredEdge[] = [];
    let at = to;
    do {
      const edge = via.get(at)!;
      path.push(edge);
      at = edge.outer;
    } while (at !== from);
    return path.reverse();
  }

  #leads(from: string, to: string): boolean {
    let reached = this.#reached.get(from);
    if (reached === undefined) {
      const found = new Set<string>();
      const queue = [from];
      for (const name of queue) {
        for (const { inner } of this.#next.get(name) ?? []) {
          if (found.has(inner)) continue;
          found.add(inner);
          queue.push(inner);
        }
      }
      reached = found;
      this.#reached.set(from, reached);
    }
    return reached.has(to);
  }
}
