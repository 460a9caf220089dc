/**
 * A saved graph as the graph that renderers take: classes as nodes, dependencies as edges with what their first sighting says. Which
 * edges close circles and what rank a class has is the renderers' matter. Cost: linear.
 */
import { placeSite, type SavedClass, type SavedGraph, shownBy } from '@lockdep/graph';
import { DirectedGraph } from 'graphology';

export function savedGraphView({ classes, dependencies }: SavedGraph): DirectedGraph {
  const graph = new DirectedGraph();
  const contexts = contextNames(classes);
  for (const { name, kind, subclass, usage } of classes) {
    graph.addNode(nodeOf(name), { name, kind, subclass, usage: usageCharacters(usage, contexts) });
  }
  for (const { from, to, strengths, distance, sightings } of dependencies) {
    const seen = sightings[0]!;
    graph.addDirectedEdge(nodeOf(from), nodeOf(to), {
      modes: strengths.join(','),
      distance,
      task: shownBy(seen),
      outerSite: placeSite(seen.outer),
      innerSite: placeSite(seen.inner),
    });
  }
  return graph;
}

/** graphology keeps neighbours in plain objects, so a node must not be named like a key of theirs. */
const nodeOf = (name: string): string => (name in Object.prototype ? `class ${name}` : name);

/** hardirq, softirq, then what else is there. */
function contextNames(classes: readonly SavedClass[]): readonly string[] {
  const names = classes.flatMap(({ usage }) =>
    usage.flatMap(
      (name) =>
        /^(?:IN-(.+)-[WR]|(.+)-ON-[WR])$/
          .exec(name)
          ?.slice(1)
          .filter((found) => found !== undefined) ?? [],
    ),
  );
  return [...new Set(['HARDIRQ', 'SOFTIRQ', ...names.toSorted()])];
}

/** For each context, writing and reading: `.` neither, `-` used in it, `+` held with it enabled, `?` both. */
function usageCharacters(usage: readonly string[], contexts: readonly string[]): string {
  const characters = contexts.flatMap((context) =>
    ['W', 'R'].map((mode) => {
      const [usedIn, enabled] = [usage.includes(`IN-${context}-${mode}`), usage.includes(`${context}-ON-${mode}`)];
      return usedIn ? (enabled ? '?' : '-') : enabled ? '+' : '.';
    }),
  );
  return characters.join('');
}
