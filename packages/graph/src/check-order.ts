/**
 * A declared order against a learned graph: each declared edge agreed, contradicted or never seen; each learned dependency ranked;
 * and the circles that learned and declared dependencies close together.
 */
import { byCodeUnits } from './by-code-units.ts';
import { DeclaredOrder, type Rank } from './declared-order.ts';
import { findInversions, type Inversion } from './find-inversions.ts';
import { GraphCollector } from './graph-collector.ts';
import type { DeclaredEdge, OrderDeclaration } from './order-declaration.ts';
import type { SavedClass, SavedDependency, SavedGraph } from './saved-graph.ts';

/** What was learned says of a declared edge. */
export type EdgeVerdict = 'agreed' | 'contradicted' | 'never seen';

export interface CheckedEdge extends DeclaredEdge {
  readonly verdict: EdgeVerdict;
  /** The learned dependencies that lead from outer to inner, or for a contradicted edge from inner to outer; empty if never seen. */
  readonly shownBy: readonly SavedDependency[];
}

/** A declared order held against a learned one. */
export interface OrderCheck {
  readonly edges: readonly CheckedEdge[];
  /** Every learned dependency between different classes, with what the declaration says of it. */
  readonly learned: readonly { readonly dependency: SavedDependency; readonly rank: Rank }[];
  /** Circles of dependencies of which at least one is learned and at least one only declared. */
  readonly inversions: readonly Inversion[];
  /** Circles of the declaration alone: it contradicts itself. */
  readonly selfContradictions: readonly Inversion[];
  /** Names of the declaration that no learned class goes by. */
  readonly unknown: readonly string[];
}

/** Holds a declared order against a learned one. */
export function checkOrder(declaration: OrderDeclaration, graph: SavedGraph): OrderCheck {
  const order = new DeclaredOrder(declaration);
  const shown = new ShownOrder(graph, order);
  const circles = findInversions(withDeclared(graph, declaration, order));
  return {
    edges: declaration.edges.map((edge) => checkEdge(edge, shown)),
    learned: graph.dependencies
      .filter(({ from, to }) => from !== to)
      .map((dependency) => ({ dependency, rank: order.rank(dependency.from, dependency.to) })),
    inversions: circles.filter(({ declared, dependencies }) => declared > 0 && declared < dependencies.length),
    selfContradictions: circles.filter(({ declared, dependencies }) => declared === dependencies.length),
    unknown: declaration.classes.filter((name) => shown.classesOf(name).length === 0),
  };
}

function checkEdge(edge: DeclaredEdge, shown: ShownOrder): CheckedEdge {
  const against = shown.path(edge.inner, edge.outer);
  if (against !== null) return { ...edge, verdict: 'contradicted', shownBy: against };
  const along = shown.path(edge.outer, edge.inner);
  return along === null
    ? { ...edge, verdict: 'never seen', shownBy: [] }
    : { ...edge, verdict: 'agreed', shownBy: along };
}

/** The graph with the declared edges as dependencies that nobody has shown, between all classes that go by the two names. */
export function withDeclared(
  graph: SavedGraph,
  declaration: OrderDeclaration,
  order: DeclaredOrder = new DeclaredOrder(declaration),
): SavedGraph {
  const shown = new ShownOrder(graph, order);
  const collector = new GraphCollector();
  collector.addGraph(graph);
  collector.addRun(declaration.name);
  const classesOf = (name: string): readonly string[] => {
    const learned = shown.classesOf(name);
    if (learned.length > 0) return learned;
    collector.addClass(undescribed(name));
    return [name];
  };
  for (const { outer, inner, where } of declaration.edges) {
    const sighting = {
      run: declaration.name,
      strength: 'EN',
      task: '',
      outer: where,
      inner: where,
      declared: true,
    } as const;
    for (const from of classesOf(outer)) {
      for (const to of classesOf(inner)) collector.addDependency(from, to, 1, [sighting]);
    }
  }
  return collector.graph();
}

/** A class that only a declaration names. */
const undescribed = (name: string): SavedClass => ({
  name,
  base: name,
  version: 1,
  subclass: 0,
  kind: 'mutex',
  type: 'normal',
  waitInner: 0,
  waitOuter: 0,
  usage: [],
});

/** What the learned dependencies lead to, by declared names. */
class ShownOrder {
  readonly #classes = new Map<string, string[]>();
  readonly #next = new Map<string, SavedDependency[]>();

  constructor(graph: SavedGraph, { names }: DeclaredOrder) {
    for (const { name } of graph.classes) {
      const declared = names.of(name);
      if (declared === null) continue;
      const known = this.#classes.get(declared);
      if (known === undefined) this.#classes.set(declared, [name]);
      else known.push(name);
    }
    for (const dependency of graph.dependencies) {
      const known = this.#next.get(dependency.from);
      if (known === undefined) this.#next.set(dependency.from, [dependency]);
      else known.push(dependency);
    }
  }

  /** The learned classes that go by a declared name, sorted. */
  classesOf(name: string): readonly string[] {
    return this.#classes.get(name)?.toSorted(byCodeUnits) ?? [];
  }

  /** The fewest dependencies that lead from a class of one name to a class of the other; null when none do. Breadth first. */
  path(from: string, to: string): SavedDependency[] | null {
    const targets = new Set(this.classesOf(to));
    const starts = this.classesOf(from);
    const via = new Map<string, SavedDependency | null>(starts.map((name) => [name, null]));
    const queue = [...starts];
    for (const name of queue) {
      if (targets.has(name)) return walkBack(via, name);
      for (const dependency of this.#next.get(name) ?? []) {
        if (via.has(dependency.to)) continue;
        via.set(dependency.to, dependency);
        queue.push(dependency.to);
      }
    }
    return null;
  }
}

function walkBack(via: ReadonlyMap<string, SavedDependency | null>, end: string): SavedDependency[] {
  const path: SavedDependency[] = [];
  for (let step = via.get(end); step != null; step = via.get(step.from)) path.push(step);
  return path.reverse();
}
