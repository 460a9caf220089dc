/**
 * An inversion of a merged graph as a report, so that every format can show it: the dependency that the fewest runs show is the new
 * one. What only a validator knows (instances, what else was held) is empty.
 */
import type { CircularReport, ClassRef, Hop, LockRef } from '@lockdep/core';
import type { Inversion, SavedClass, SavedDependency, SavedGraph, Strength } from '@lockdep/graph';
import { placeSite, taskOf } from './saved-graph-view.ts';

/** Reports of inversions of one graph. */
export function inversionReports(inversions: readonly Inversion[], { classes }: SavedGraph): CircularReport[] {
  const known = new Map(classes.map((saved) => [saved.name, saved]));
  return inversions.map((inversion) => inversionReport(inversion, known));
}

function inversionReport(inversion: Inversion, classes: ReadonlyMap<string, SavedClass>): CircularReport {
  const { fingerprint, rule, dependencies } = inversion;
  const first = rarest(dependencies);
  const cycle = [...dependencies.slice(first), ...dependencies.slice(0, first)].map((dependency, at) =>
    hopOf(dependency, { classes, isNew: at === 0, namesRun: inversion.acrossRuns }),
  );
  const [closing] = cycle as [Hop];
  const holding = lockRef(closing.from, closing.heldMode, closing.outerSite);
  return {
    kind: 'circular',
    rule,
    level: 'warning',
    message: `${closing.to.name} is wanted under ${closing.from.name}, which has been wanted under it`,
    fingerprint,
    task: closing.task,
    held: [holding],
    site: closing.innerSite,
    count: 1,
    event: 0,
    want: lockRef(closing.to, closing.wantMode, closing.innerSite),
    holding,
    cycle,
    verdict: { kind: 'possible', reason: reasonOf(inversion) },
    ...{ layer: cycle.some(({ to }) => to.kind === 'completion') ? ('event' as const) : ('order' as const) },
    layer: cycle.some(({ from }) => classes.get(from.name)?.type === 'event') ? 'event' : 'order',
  };
}

function reasonOf({ acrossRuns, runs, declared, dependencies }: Inversion): string {
  if (declared === dependencies.length) return 'the declared order contradicts itself';
  if (declared > 0) return `what was seen contradicts the declared order (seen in ${runs.join(', ')})`;
  if (acrossRuns) return `no run shows all of it (${runs.join(', ')}); a run that does both can deadlock`;
  return `tasks of one run have shown these orders (${runs.join(', ')})`;
}

/** The dependency that was seen least; a declared one counts as seen by all. */
function rarest(dependencies: readonly SavedDependency[]): number {
  const weights = dependencies.map(({ sightings }) =>
    sightings.some(({ declared }) => declared === true) ? Number.POSITIVE_INFINITY : sightings.length,
  );
  return weights.indexOf(Math.min(...weights));
}

const MODES: Readonly<Record<Strength, Pick<Hop, 'heldMode' | 'wantMode'>>> = {
  EN: { heldMode: 'write', wantMode: 'write' },
  SN: { heldMode: 'read', wantMode: 'write' },
  ER: { heldMode: 'write', wantMode: 'recursive-read' },
  SR: { heldMode: 'read', wantMode: 'recursive-read' },
};

function hopOf(
  { from, to, sightings }: SavedDependency,
  {
    classes,
    isNew,
    namesRun,
  }: { readonly classes: ReadonlyMap<string, SavedClass>; readonly isNew: boolean; readonly namesRun: boolean },
): Hop {
  const seen = sightings[0]!;
  const task = taskOf(seen);
  return {
    from: classRef(classes.get(from)!),
    to: classRef(classes.get(to)!),
    ...MODES[seen.strength],
    outerSite: placeSite(seen.outer),
    innerSite: placeSite(seen.inner),
    outerLock: '',
    innerLock: '',
    task: namesRun && task !== seen.run && seen.declared !== true ? `${task} of ${seen.run}` : task,
    isNew,
  };
}

const classRef = ({ name, kind, waitInner, waitOuter }: SavedClass): ClassRef => ({
  ...{ name, kind, waitInner, waitOuter },
  usage: '....',
});

const lockRef = (of: ClassRef, mode: Hop['heldMode'], site: LockRef['site']): LockRef => ({
  ...{ lock: '', class: of, mode, trylock: false, site },
});
