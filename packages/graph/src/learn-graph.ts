/** Gives a saved graph to a validator of the core, whose order graph and searches then work on it. */
import { type LearnedClass, type LearnedDependency, LockKey, Validator } from '@lockdep/core';
import type { SavedClass, SavedDependency, SavedGraph, Strength } from './saved-graph.ts';

const BITS: Readonly<Record<Strength, number>> = { EN: 8, SN: 4, ER: 2, SR: 1 };

export interface LearnedGraph {
  readonly validator: Validator;
  /** Class ids by name, and the other way. */
  readonly ids: ReadonlyMap<string, number>;
  readonly names: readonly string[];
}

/**
 * A validator in ideal mode that knows the graph's classes and dependencies; usage is left out, since the names of context kinds are
 * the run's own. What is declared and what more runs show comes first, then the graph's sorting decides: one graph gives one order,
 * and what closes a circle is what few have shown.
 */
export function learnGraph({ classes, dependencies }: SavedGraph): LearnedGraph {
  const validator = new Validator({ mode: 'ideal', sites: false });
  const keys = new Map<string, LockKey>();
  const index = new Map(classes.map(({ name }, at) => [name, at]));
  validator.learn({
    classes: classes.map(
      (saved): LearnedClass => ({
        key: keyOf(keys, saved),
        subclass: saved.subclass,
        version: saved.version,
        usage: 0,
      }),
    ),
    dependencies: heaviestFirst(dependencies).map(
      ({ from, to, strengths, distance }): LearnedDependency => ({
        from: index.get(from)!,
        to: index.get(to)!,
        bits: strengths.reduce((bits, strength) => bits | BITS[strength], 0),
        distance,
      }),
    ),
    chains: [],
  });
  const names: string[] = [];
  for (const { id, name } of validator.classes()) names[id] = name;
  return { validator, ids: new Map(names.map((name, id) => [name, id])), names };
}

function heaviestFirst(dependencies: readonly SavedDependency[]): SavedDependency[] {
  return dependencies
    .map((dependency) => ({ dependency, weight: weight(dependency) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ dependency }) => dependency);
}

/** Sorting is stable, so equals stay as they are. Sightings of one strength are of different runs. */
function weight({ sightings }: SavedDependency): number {
  if (sightings.some((sighting) => sighting.declared === true)) return Number.MAX_SAFE_INTEGER;
  return sightings.length;
}

/** One key for all subclasses of a class. */
function keyOf(keys: Map<string, LockKey>, { base, version, kind, type, waitInner, waitOuter }: SavedClass): LockKey {
  const identity = JSON.stringify([base, version]);
  let key = keys.get(identity);
  if (key === undefined) {
    key = new LockKey({ name: base, kind, type, waitInner, waitOuter });
    keys.set(identity, key);
  }
  return key;
}
