/** What one graph has and another has not. */
import { findInversions, type Inversion } from './find-inversions.ts';
import type { SavedDependency, SavedGraph, Strength } from './saved-graph.ts';

/** A dependency that both graphs have, in other strengths. */
export interface ChangedDependency {
  readonly from: string;
  readonly to: string;
  readonly before: readonly Strength[];
  readonly after: readonly Strength[];
}

/** What two saved orders differ in. */
export interface GraphDiff {
  readonly newClasses: readonly string[];
  readonly vanishedClasses: readonly string[];
  readonly newDependencies: readonly SavedDependency[];
  readonly vanishedDependencies: readonly SavedDependency[];
  /** In both, in other strengths. */
  readonly changedDependencies: readonly ChangedDependency[];
  readonly newInversions: readonly Inversion[];
  readonly vanishedInversions: readonly Inversion[];
}

/** The difference, each list in the order of the graphs. Cost: linear, and the search for inversions of both. */
export function diffGraphs(before: SavedGraph, after: SavedGraph): GraphDiff {
  const name = ({ name }: { readonly name: string }): string => name;
  const ends = ({ from, to }: SavedDependency): string => JSON.stringify([from, to]);
  const mark = ({ fingerprint }: Inversion): string => fingerprint;
  const [inversionsBefore, inversionsAfter] = [findInversions(before), findInversions(after)];
  const old = new Map(before.dependencies.map((dependency) => [ends(dependency), dependency]));
  return {
    newClasses: without(after.classes, before.classes, name).map(name),
    vanishedClasses: without(before.classes, after.classes, name).map(name),
    newDependencies: without(after.dependencies, before.dependencies, ends),
    vanishedDependencies: without(before.dependencies, after.dependencies, ends),
    changedDependencies: after.dependencies.flatMap(({ from, to, strengths }, at) => {
      const known = old.get(ends(after.dependencies[at]!));
      if (known === undefined || String(known.strengths) === String(strengths)) return [];
      return [{ from, to, before: known.strengths, after: strengths }];
    }),
    newInversions: without(inversionsAfter, inversionsBefore, mark),
    vanishedInversions: without(inversionsBefore, inversionsAfter, mark),
  };
}

function without<T>(these: readonly T[], those: readonly T[], identity: (item: T) => string): T[] {
  const known = new Set(those.map(identity));
  return these.filter((item) => !known.has(identity(item)));
}
