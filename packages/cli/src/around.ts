/** Classes that the user names: all of them must be there. */
import type { SavedGraph } from '@lockdep/graph';
import { baseName, printable } from '@lockdep/report';
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

/** The part of a graph around these classes: they, their neighbours, and what is between all of them. */
export function graphAround(graph: SavedGraph, names: readonly string[]): SavedGraph {
  const { classes, dependencies } = graph;
  const isCentre = (name: string): boolean => names.includes(name) || names.includes(baseName(name));
  const near = dependencies.filter(({ from, to }) => isCentre(from) || isCentre(to));
  const shown = new Set([
    ...classes.map(({ name }) => name).filter(isCentre),
    ...near.flatMap(({ from, to }) => [from, to]),
  ]);
  return {
    ...graph,
    classes: classes.filter(({ name }) => shown.has(name)),
    dependencies: dependencies.filter(({ from, to }) => shown.has(from) && shown.has(to)),
  };
}
