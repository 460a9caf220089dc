/** `--around`: the classes that the order shown is restricted to, with their neighbours. */
import type { SavedGraph } from '@lockdep/graph';
import { baseName, printable } from '@lockdep/report';
import type { DirectedGraph } from 'graphology';
import { closest } from './closest.ts';
import type { LockdepConfig } from './config.ts';
import { UsageError } from './usage-error.ts';

export interface Around {
  /** Of the command line: all of them have to be there. */
  readonly asked: readonly string[] | null;
  /** Of the configuration: those that are there. */
  readonly usual: readonly string[];
}

/** What the command line says, behind it what the configuration does. */
export function aroundOf(list: string | undefined, { around = [], classNames = {} }: LockdepConfig): Around {
  const inFull = (name: string): string => classNames[name] ?? name;
  const asked = list?.split(',').map((name) => inFull(name.trim())) ?? null;
  return { asked, usual: around.map(inFull) };
}

/** The classes to show; null for all. @throws UsageError for a name that no class goes by, with the one that may have been meant. */
export function chosenAround({ asked, usual }: Around, classes: readonly string[]): readonly string[] | null {
  const known = new Set(classes.flatMap((name) => [name, baseName(name)]));
  const strange = asked?.find((name) => !known.has(name));
  if (strange !== undefined) {
    const near = closest(strange, known);
    throw new UsageError(
      `--around ${strange}: no class has that name`,
      near === null ? `of ${classes.length} classes; \`lockdep graph\` shows them` : `did you mean ${printable(near)}?`,
    );
  }
  const chosen = asked ?? usual.filter((name) => known.has(name));
  return chosen.length === 0 ? null : chosen;
}

/** The names of a graph's classes. */
export function classesOf(graph: DirectedGraph): readonly string[] {
  return graph.mapNodes((node) => nameOf(graph, node));
}

const nameOf = (graph: DirectedGraph, node: string): string => String(graph.getNodeAttribute(node, 'name') ?? node);

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
  const shown = withNeighbours(
    names,
    classesOf(graph),
    graph.mapDirectedEdges((_edge, _attributes, from, to) => [nameOf(graph, from), nameOf(graph, to)]),
  );
  const part = graph.copy() as DirectedGraph;
  for (const node of graph.nodes()) if (!shown.has(nameOf(graph, node))) part.dropNode(node);
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
