/**
 * The lock order as renderers see it: the graph's classes and dependencies as plain arrays in a fixed order, split into an
 * acyclic part (the order) and the back edges that contradict it, and the rank of every class in the acyclic part.
 *
 * Back edges are those the validator marked (`back`); where circles remain, the dependencies reported as new, then whatever a
 * depth-first walk finds. Ranks are graphology-dag's topological generations: the longest path from a class nothing is
 * held around. Linear in the graph; made per rendering.
 */
import type { Report, Site } from '@lockdep/core';
import { DirectedGraph } from 'graphology';
import { topologicalGenerations } from 'graphology-dag';
import { strongComponents } from './strong-components.ts';

/** A class of the graph. */
export interface OrderClass {
  readonly name: string;
  readonly kind: string;
  readonly usage: string;
  /** Generation in the acyclic part, 0 for the outermost. */
  readonly rank: number;
}

/** A dependency of the graph, by positions in {@link LockOrder.classes}. */
export interface OrderEdge {
  readonly from: number;
  readonly to: number;
  /** E.g. `EN,SR`. */
  readonly modes: string;
  readonly count: number;
  /** Slots between the two on the held stack; 1 is adjacent. */
  readonly distance: number;
  /** A task that showed it; empty when unknown. */
  readonly task: string;
  /** Tests or runs that showed it, where several were merged. */
  readonly origins: readonly string[];
  readonly outerSite: Site | null;
  readonly innerSite: Site | null;
}

/** See the head of this module. Classes are sorted by name, edges by their ends. */
export interface LockOrder {
  readonly classes: readonly OrderClass[];
  readonly positions: ReadonlyMap<string, number>;
  /** Acyclic. */
  readonly edges: readonly OrderEdge[];
  /** Each closes a circle with edges of the order. */
  readonly back: readonly OrderEdge[];
  /** A class nested in itself: recursive readers, subclass-free nesting. */
  readonly self: readonly OrderEdge[];
}

type Marked = OrderEdge & { readonly isBack: boolean };

/** Reads a graph as `validator.graph()` gives it. A class is called by its attribute `name`, else by its node's key. */
export function lockOrder(graph: DirectedGraph, reports: readonly Report[] = []): LockOrder {
  const nodes = graph
    .mapNodes((key, { name, kind, usage }) => ({ key, name: text(name) || key, kind: text(kind), usage: text(usage) }))
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.key, b.key));
  const byKey = new Map(nodes.map(({ key }, position) => [key, position]));
  const positions = new Map(nodes.map(({ name }, position) => [name, position]));
  const all = graph
    .mapDirectedEdges(
      (_edge, attributes, source, target): Marked => readEdge(byKey.get(source)!, byKey.get(target)!, attributes),
    )
    .toSorted((a, b) => a.from - b.from || a.to - b.to);
  const self = all.filter((edge) => edge.from === edge.to);
  const between = all.filter((edge) => edge.from !== edge.to);
  const back = backEdges(between, nodes.length, reportedAsNew(reports, positions));
  const edges = between.filter((edge) => !back.has(edge));
  const ranks = rank(nodes.length, edges);
  const classes = nodes.map(({ name, kind, usage }, position) => ({ name, kind, usage, rank: ranks[position]! }));
  return { classes, positions, edges, back: [...back], self };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readEdge(from: number, to: number, attributes: Readonly<Record<string, unknown>>): Marked {
  const { modes, count, distance, task, origins, outerSite, innerSite, back } = attributes;
  return {
    from,
    to,
    modes: text(modes),
    count: typeof count === 'number' ? count : 1,
    distance: typeof distance === 'number' ? distance : 1,
    task: text(task),
    origins: Array.isArray(origins) ? origins.filter((origin) => typeof origin === 'string') : [],
    outerSite: isSite(outerSite) ? outerSite : null,
    innerSite: isSite(innerSite) ? innerSite : null,
    isBack: back === true,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isSite(value: unknown): value is Site {
  return typeof value === 'object' && value !== null && 'frames' in value && Array.isArray(value.frames);
}

/** The new dependencies of circular reports, as `from,to`. */
function reportedAsNew(reports: readonly Report[], positions: ReadonlyMap<string, number>): Set<string> {
  const reported = new Set<string>();
  for (const report of reports) {
    if (report.kind !== 'circular') continue;
    for (const hop of report.cycle) {
      if (hop.isNew) reported.add(`${positions.get(hop.from.name)},${positions.get(hop.to.name)}`);
    }
  }
  return reported;
}

function backEdges(edges: readonly Marked[], count: number, reported: ReadonlySet<string>): Set<Marked> {
  const back = new Set(edges.filter((edge) => edge.isBack));
  const kept = edges.filter((edge) => !back.has(edge));
  const component = strongComponents(successorsOf(kept, count));
  for (const edge of kept) {
    if (component[edge.from] === component[edge.to] && reported.has(`${edge.from},${edge.to}`)) back.add(edge);
  }
  for (const edge of walkBackEdges(
    kept.filter((edge) => !back.has(edge)),
    count,
  ))
    back.add(edge);
  return new Set(edges.filter((edge) => back.has(edge)));
}

/** The edges that lead to a class on the current path of a depth-first walk; without them nothing is circular. */
function walkBackEdges(edges: readonly Marked[], count: number): Marked[] {
  const out: Marked[][] = Array.from({ length: count }, () => []);
  for (const edge of edges) out[edge.from]!.push(edge);
  const state = new Uint8Array(count);
  const next = new Int32Array(count);
  const found: Marked[] = [];
  for (let root = 0; root < count; root++) {
    if (state[root] !== 0) continue;
    const path = [root];
    while (path.length > 0) {
      const node = path.at(-1)!;
      state[node] = 1;
      const edge = out[node]![next[node]!++];
      if (edge === undefined) {
        state[node] = 2;
        path.pop();
      } else if (state[edge.to] === 1) found.push(edge);
      else if (state[edge.to] === 0) path.push(edge.to);
    }
  }
  return found;
}

/** Adjacency lists of edges. */
export function successorsOf(edges: readonly OrderEdge[], count: number): number[][] {
  const successors: number[][] = Array.from({ length: count }, () => []);
  for (const edge of edges) successors[edge.from]!.push(edge.to);
  return successors;
}

function rank(count: number, edges: readonly OrderEdge[]): Int32Array {
  // Positions, not names, as keys: no class name can clash with anything.
  const acyclic = new DirectedGraph();
  for (let position = 0; position < count; position++) acyclic.addNode(position);
  for (const edge of edges) acyclic.addDirectedEdge(edge.from, edge.to);
  const ranks = new Int32Array(count);
  for (const [generation, members] of topologicalGenerations(acyclic).entries()) {
    for (const member of members) ranks[Number(member)] = generation;
  }
  return ranks;
}
