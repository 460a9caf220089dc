/**
 * A saved graph as the graph that renderers take: classes as nodes, dependencies as edges with what their first sighting says. Which
 * edges close circles and what rank a class has is the renderers' matter. Cost: linear.
 */
import { placeSite, type SavedClass, type SavedGraph, shownBy } from '@lockdep/graph';
import { orderGraph } from '@lockdep/report';

export function savedGraphView({ classes, dependencies }: SavedGraph): ReturnType<typeof orderGraph> {
  const contexts = contextNames(classes);
  return orderGraph(
    classes.map(({ name, kind, subclass, usage }) => ({
      name,
      kind,
      subclass,
      usage: usageCharacters(usage, contexts),
    })),
    dependencies.map(({ from, to, strengths, distance, sightings }) => ({
      from,
      to,
      modes: strengths,
      distance,
      task: shownBy(sightings[0]!),
      outerSite: placeSite(sightings[0]!.outer),
      innerSite: placeSite(sightings[0]!.inner),
    })),
  );
}

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
