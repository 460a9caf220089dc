/**
 * Circles in a saved graph along which every joint really blocks: possible deadlocks, whichever runs showed their parts.
 *
 * Dependencies are put into the core's order graph one after the other, declared ones first, then those that most runs show; for each
 * that closes a circle the shortest strong one is given. So one odd dependency is one inversion, not one for every way round
 * it, and a graph has inversions exactly when it has a strong circle. Cost: linear when there is no circle; else one search
 * inside its strong component for each dependency that closes one.
 */
import { circleFingerprint, eachStrongCircle } from '@lockdep/core';
import { byCodeUnits } from './by-code-units.ts';
import { type LearnedGraph, learnGraph } from './learn-graph.ts';
import type { SavedDependency, SavedGraph } from './saved-graph.ts';
import { strongComponents } from './strong-components.ts';

/** A circle in a saved order, with the runs that have shown each of its dependencies. */
export interface Inversion {
  readonly rule: 'LD2';
  /** The same that a validator's report of this circle bears. */
  readonly fingerprint: string;
  /** Around the circle, each once. */
  readonly classes: readonly string[];
  /** From each class to the next, with who showed it. */
  readonly dependencies: readonly SavedDependency[];
  /** The runs that its sightings name, sorted; an order file is no run. */
  readonly runs: readonly string[];
  /** True when no run that is named shows all of it that is not declared. */
  readonly acrossRuns: boolean;
  /** Dependencies that nobody has shown and an order file declares. */
  readonly declared: number;
}

/**
 * All inversions, sorted by fingerprint. With `wanted`, only those it accepts: where it refuses a dependency's shortest circle it is
 * asked about the next ones, so that a circle of no interest hides no other.
 */
export function findInversions(
  graph: SavedGraph,
  wanted: ((inversion: Inversion) => boolean) | null = null,
): Inversion[] {
  const learned = learnGraph(graph);
  const { order } = learned.validator.engine;
  if (order.backEdgeCount === 0) return [];
  const component = strongComponents(learned.validator);
  const saved = new Map(graph.dependencies.map((dependency) => [pair(dependency.from, dependency.to), dependency]));
  const found = new Map<string, Inversion>();
  const take = (circle: readonly number[]): boolean => {
    const inversion = describe(learned, circle, saved);
    if (wanted !== null && !wanted(inversion)) return false;
    found.set(inversion.fingerprint, inversion);
    return true;
  };
  for (const edge of order.edges()) {
    if (!order.isBack(edge) || order.from[edge] === order.to[edge]) continue;
    const path = wayBack(learned, edge, component);
    if (path !== null && !take([edge, ...path])) eachStrongCircle(order, edge, take);
  }
  return [...found.values()].sort((a, b) => byCodeUnits(a.fingerprint, b.fingerprint));
}

/** The shortest strong path from an edge's inner class back to its outer one, for the strongest of its strengths that has any. */
function wayBack({ validator }: LearnedGraph, edge: number, component: Int32Array): readonly number[] | null {
  const { order, paths } = validator.engine;
  const from = order.from[edge]!;
  const to = order.to[edge]!;
  for (const bit of [8, 4, 2, 1]) {
    if ((order.bits[edge]! & bit) === 0) continue;
    const heldExclusively = (bit & 0b1010) !== 0;
    const wantsRecursively = (bit & 0b0011) !== 0;
    const path = paths.find(to, wantsRecursively, (node, onlyXr) => node === from && (heldExclusively || !onlyXr), {
      skip: (node) => component[node] !== component[from],
    });
    if (path !== null) return path;
  }
  return null;
}

function describe(
  { validator, names }: LearnedGraph,
  circle: readonly number[],
  saved: ReadonlyMap<string, SavedDependency>,
): Inversion {
  const { order } = validator.engine;
  const ends = circle.map((edge) => [names[order.from[edge]!]!, names[order.to[edge]!]!] as const);
  const first = firstRotation(ends.map(([from]) => from));
  const turned = [...ends.slice(first), ...ends.slice(0, first)];
  const dependencies = turned.map(([from, to]) => saved.get(pair(from, to))!);
  const classes = turned.map(([from]) => from);
  const shown = dependencies
    .map(({ sightings }) => new Set(sightings.filter(({ declared }) => declared !== true).map(({ run }) => run)))
    .filter(({ size }) => size > 0);
  const runs = [...new Set(shown.flatMap((some) => [...some]))].sort(byCodeUnits);
  return {
    rule: 'LD2',
    fingerprint: circleFingerprint(classes),
    classes,
    dependencies,
    runs,
    acrossRuns: shown.length > 0 && !runs.some((run) => shown.every((some) => some.has(run))),
    declared: dependencies.length - shown.length,
  };
}

/** A circle begins at its smallest class; no class is on it twice. */
function firstRotation(names: readonly string[]): number {
  let first = 0;
  for (const [at, name] of names.entries()) if (name < names[first]!) first = at;
  return first;
}

const pair = (from: string, to: string): string => JSON.stringify([from, to]);
