/** The graph of an order that comes as plain data, e.g. merged from several runs: what `validator.graph()` is of a live one. Linear. */
import type { Site } from '@lockdep/core';
import { DirectedGraph } from 'graphology';

/** A class by its display name. */
export interface PlainClass {
  readonly name: string;
  readonly kind: string;
  readonly subclass?: number;
  /** Two characters per context kind, as in a report. */
  readonly usage?: string;
}

/** `to` was taken while `from` was held. */
export interface PlainDependency {
  readonly from: string;
  readonly to: string;
  /** `EN`, `SR`, … */
  readonly modes: readonly string[];
  readonly distance: number;
  readonly task: string;
  readonly outerSite: Site;
  readonly innerSite: Site;
  /** Tests or runs that showed it. */
  readonly origins?: readonly string[];
}

/** Builds the graph; every renderer takes it. */
export function orderGraph(classes: readonly PlainClass[], dependencies: readonly PlainDependency[]): DirectedGraph {
  const graph = new DirectedGraph();
  for (const lockClass of classes) graph.mergeNode(nodeOf(lockClass.name), { ...lockClass });
  for (const { from, to, modes, ...rest } of dependencies) {
    for (const name of [from, to]) graph.mergeNode(nodeOf(name), { name });
    graph.mergeDirectedEdge(nodeOf(from), nodeOf(to), { ...rest, modes: modes.join(',') });
  }
  return graph;
}

/** graphology keeps neighbours in plain objects, so a node must not be named like a key of theirs. */
function nodeOf(name: string): string {
  return name in Object.prototype ? `class ${name}` : name;
}
