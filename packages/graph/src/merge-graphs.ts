/** Merging of the graphs of several runs and processes, by class name. */
import { GraphCollector } from './graph-collector.ts';
import type { SavedGraph } from './saved-graph.ts';

/**
 * One graph of all: associative, commutative and idempotent, so neither the sequence nor the grouping of merges matters.
 * Cost: linear in what goes in, then a sort of what comes out.
 */
export function mergeGraphs(graphs: Iterable<SavedGraph>): SavedGraph {
  const collector = new GraphCollector();
  for (const graph of graphs) collector.addGraph(graph);
  return collector.graph();
}
