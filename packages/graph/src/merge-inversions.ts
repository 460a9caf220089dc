/**
 * The inversions that only a merge shows: circles that none of the merged graphs has whole. An inversion that one graph shows hides
 * none of them, though both share a dependency.
 *
 * Cost: that of {@link findInversions}; where there is any, also an index of every graph.
 */
import { findInversions, type Inversion } from './find-inversions.ts';
import { mergeGraphs } from './merge-graphs.ts';
import type { SavedDependency, SavedGraph } from './saved-graph.ts';

/** Sorted by fingerprint. `merged` is the merge of the graphs, for those who have it already. */
export function mergeInversions(graphs: readonly SavedGraph[], merged: SavedGraph = mergeGraphs(graphs)): Inversion[] {
  let parts: readonly Part[] | null = null;
  return findInversions(merged, (inversion) => {
    parts ??= graphs.map((graph) => new Part(graph));
    return !parts.some((part) => part.shows(inversion));
  });
}

class Part {
  readonly #graph: SavedGraph;
  readonly #dependencies = new Map<string, Map<string, SavedDependency>>();

  constructor(graph: SavedGraph) {
    this.#graph = graph;
    for (const dependency of graph.dependencies) {
      let outgoing = this.#dependencies.get(dependency.from);
      if (outgoing === undefined) {
        outgoing = new Map();
        this.#dependencies.set(dependency.from, outgoing);
      }
      outgoing.set(dependency.to, dependency);
    }
  }

  /** Does the circle stand, and block, with what this graph alone has of it? */
  shows({ classes, dependencies }: Inversion): boolean {
    const own: SavedDependency[] = [];
    for (const { from, to } of dependencies) {
      const dependency = this.#dependencies.get(from)?.get(to);
      if (dependency === undefined) return false;
      own.push(dependency);
    }
    const around = this.#graph.classes.filter(({ name }) => classes.includes(name));
    return findInversions({ ...this.#graph, classes: around, dependencies: own }).length > 0;
  }
}
