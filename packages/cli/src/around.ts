/** Classes that the user names: all of them must be there. */
import type { SavedGraph } from '@lockdep/graph';
import { baseName, printable } from '@lockdep/report';
import type { DirectedGraph } from 'graphology';
import { closest } from './closest.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError for a name that no class goes by, with the one that may have been meant. */
export function checkAround(names: readonly string[], classes: readonly string[]): void {
  const known = new Set(classes.flatMap((name) => [name, baseName(name)]));
  for (const name of names) {
    if (known.has(name)) continue;
    const near = closest(name, known);
    throw new UsageError(
      `--around ${name}: no class has that name`,
      near === null ? `of ${classes.length} classes; \`lockdep graph\` shows them` : `did you mean ${printable(near)}?`,
    );
  }
}

/** The part of a saved graph around these classes: they, their neighbours, and what is between all of them. */
export function graphAround(graph: SavedGraph, names: readonly string[]): SavedGraph {
  const { classes, dependencies } = graph;
  const shown = withNeighbours(
    names,
    classes.map(({ name }) => name),
    dependencies.map(({ from, to }) => [from, to]),
  );
  return {
    ...graph,
    classes: classes.filter(({ name }) => shown.has(name)),
    dependencies: dependencies.filter(({ from, to }) => shown.has(from) && shown.has(to)),
  };
}

/** The same of a graph as renderers take it. */
export function viewAround(graph: DirectedGraph, names: readonly string[]): DirectedGraph {
  const nameOf = (node: string): string => String(graph.getNodeAttribute(node, 'name') ?? node);
  const shown = withNeighbours(
    names,
    graph.mapNodes(nameOf),
    graph.mapDirectedEdges((_edge, _attributes, from, to) => [nameOf(from), nameOf(to)]),
  );
  const part = graph.copy() as DirectedGraph;
  for (const node of graph.nodes()) if (!shown.has(nameOf(node))) part.dropNode(node);
  return part;
}

function withNeighbours(
  names: readonly string[],
  classes: readonly string[],
  edges: readonly (readonly string[])[],
): ReadonlySet<string> {
  const isCentre = (name: string): boolean => names.includes(name) || names.includes(baseName(name));
  return new Set([...classes.filter(isCentre), ...edges.filter((ends) => ends.some(isCentre)).flat()]);
}
