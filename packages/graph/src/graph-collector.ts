/**
 * Puts classes and dependencies together into a saved graph. Adding is associative and commutative: classes and sightings of one
 * name meet by a minimum or a union, and the cap on sightings keeps the first of a total order.
 *
 * Cost: O(1) for each class and dependency added, then one sort of the result.
 */
import { byCodeUnits } from './by-code-units.ts';
import {
  GRAPH_FORMAT,
  GRAPH_VERSION,
  MOST_RUNS,
  type SavedClass,
  type SavedDependency,
  type SavedGraph,
  type SavedSighting,
  STRENGTHS,
  type Strength,
} from './saved-graph.ts';

interface Collected {
  readonly from: string;
  readonly to: string;
  distance: number;
  /** What one graph had of it, as it was given. */
  readonly first: readonly SavedSighting[];
  /** Further lists; null as long as there is none, which is the common case where runs differ. */
  more: (readonly SavedSighting[])[] | null;
}

export class GraphCollector {
  readonly #runs = new Set<string>();
  readonly #classes = new Map<string, SavedClass>();
  readonly #dependencies = new Map<string, Map<string, Collected>>();
  // The outer class of the last dependency: saved graphs are sorted by it.
  #from: string | null = null;
  #outgoing: Map<string, Collected> = new Map();

  addRun(run: string): void {
    this.#runs.add(run);
  }

  addClass(added: SavedClass): void {
    const known = this.#classes.get(added.name);
    if (known !== added) this.#classes.set(added.name, known === undefined ? added : mergeClasses(known, added));
  }

  /** The sightings are kept by reference, not copied. */
  addDependency(from: string, to: string, distance: number, sightings: readonly SavedSighting[]): void {
    if (from !== this.#from) this.#turnTo(from);
    const known = this.#outgoing.get(to);
    if (known === undefined) {
      this.#outgoing.set(to, { from, to, distance, first: sightings, more: null });
      return;
    }
    if (distance < known.distance) known.distance = distance;
    if (known.more === null) known.more = [sightings];
    else known.more.push(sightings);
  }

  #turnTo(from: string): void {
    let outgoing = this.#dependencies.get(from);
    if (outgoing === undefined) {
      outgoing = new Map();
      this.#dependencies.set(from, outgoing);
    }
    this.#from = from;
    this.#outgoing = outgoing;
  }

  addGraph(graph: SavedGraph): void {
    for (const run of graph.runs) this.addRun(run);
    for (const saved of graph.classes) this.addClass(saved);
    for (const { from, to, distance, sightings } of graph.dependencies) {
      this.addDependency(from, to, distance, sightings);
    }
  }

  graph(): SavedGraph {
    const dependencies: SavedDependency[] = [];
    for (const from of [...this.#dependencies.keys()].sort(byCodeUnits)) {
      const outgoing = this.#dependencies.get(from)!;
      for (const to of [...outgoing.keys()].sort(byCodeUnits)) dependencies.push(saveDependency(outgoing.get(to)!));
    }
    return {
      format: GRAPH_FORMAT,
      version: GRAPH_VERSION,
      runs: [...this.#runs].sort(byCodeUnits),
      classes: [...this.#classes.values()].sort((a, b) => byCodeUnits(a.name, b.name)),
      dependencies,
    };
  }
}

/** One name, seen by two runs: usage adds up; where the rest differs, the smaller description stands. */
function mergeClasses(a: SavedClass, b: SavedClass): SavedClass {
  const usage = sameUsage(a, b) ? a.usage : [...new Set([...a.usage, ...b.usage])].sort(byCodeUnits);
  const smaller = byCodeUnits(description(a), description(b)) <= 0 ? a : b;
  return smaller.usage === usage ? smaller : { ...smaller, usage };
}

const description = ({ base, kind, type, waitInner, waitOuter }: SavedClass): string =>
  JSON.stringify([kind, type, waitInner, waitOuter, base]);

const sameUsage = (a: SavedClass, b: SavedClass): boolean =>
  a.usage.length === b.usage.length && a.usage.every((name, at) => name === b.usage[at]);

function saveDependency({ from, to, distance, first, more }: Collected): SavedDependency {
  const sightings = kept(more === null ? first : first.concat(...more));
  const strengths = strengthsOf(sightings);
  return { from, to, strengths, distance, sightings };
}

/** For each strength the first sighting of each run, and of those the first {@link MOST_RUNS}: a strength never loses its last. */
function kept(sightings: readonly SavedSighting[]): readonly SavedSighting[] {
  if (sightings.length <= 1) return sightings;
  const result: SavedSighting[] = [];
  let runs = 0;
  for (const sighting of sightings.toSorted(bySighting)) {
    const last = result.at(-1);
    const sameStrength = last?.strength === sighting.strength;
    if (sameStrength && last.run === sighting.run) continue;
    runs = sameStrength ? runs + 1 : 1;
    if (runs <= MOST_RUNS) result.push(sighting);
  }
  return result;
}

const ONE: Readonly<Record<Strength, readonly Strength[]>> = { EN: ['EN'], SN: ['SN'], ER: ['ER'], SR: ['SR'] };

/** Sightings are sorted by strength. */
function strengthsOf(sightings: readonly SavedSighting[]): readonly Strength[] {
  const [first, last] = [sightings[0]!.strength, sightings.at(-1)!.strength];
  if (first === last) return ONE[first];
  return STRENGTHS.filter((strength) => sightings.some((sighting) => sighting.strength === strength));
}

function bySighting(a: SavedSighting, b: SavedSighting): number {
  return (
    STRENGTHS.indexOf(a.strength) - STRENGTHS.indexOf(b.strength) ||
    byCodeUnits(a.run, b.run) ||
    Number(a.declared ?? false) - Number(b.declared ?? false) ||
    byCodeUnits(a.task, b.task) ||
    byCodeUnits(a.outer, b.outer) ||
    byCodeUnits(a.inner, b.inner)
  );
}
