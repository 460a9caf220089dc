/**
 * An inversion of a saved graph as a report, so that every format can show it: the dependency that the fewest runs show is the new
 * one. What only a validator knows (instances, what else was held) is empty.
 */
import type { CircularReport, ClassRef, Hop, LockRef, Site } from '@lockdep/core';
import type { Inversion } from './find-inversions.ts';
import type { SavedClass, SavedDependency, SavedGraph, SavedSighting, Strength } from './saved-graph.ts';

/** How an inversion is told, where runs are something else than runs (tests, processes). */
export interface InversionWords {
  readonly message: (closing: Hop) => string;
  readonly reason: (inversion: Inversion) => string;
  /** Who showed a dependency. */
  readonly task: (sighting: SavedSighting, inversion: Inversion) => string;
}

const OF_RUNS: InversionWords = {
  message: ({ from, to }) => `${to.name} is wanted under ${from.name}, which has been wanted under it`,
  reason: ({ acrossRuns, runs, declared, dependencies }) => {
    if (declared === dependencies.length) return 'the declared order contradicts itself';
    if (declared > 0) return `what was seen contradicts the declared order (seen in ${runs.join(', ')})`;
    if (acrossRuns) return `no run shows all of it (${runs.join(', ')}); a run that does both can deadlock`;
    return `tasks of one run have shown these orders (${runs.join(', ')})`;
  },
  task: (sighting, { acrossRuns }) => {
    const task = shownBy(sighting);
    return acrossRuns && task !== sighting.run && sighting.declared !== true ? `${task} of ${sighting.run}` : task;
  },
};

/** Reports of inversions of one graph. */
export function inversionReports(
  inversions: readonly Inversion[],
  { classes }: SavedGraph,
  words: InversionWords = OF_RUNS,
): CircularReport[] {
  const known = new Map(classes.map((saved) => [saved.name, saved]));
  return inversions.map((inversion) => inversionReport(inversion, known, words));
}

function inversionReport(
  inversion: Inversion,
  classes: ReadonlyMap<string, SavedClass>,
  words: InversionWords,
): CircularReport {
  const { fingerprint, rule, dependencies } = inversion;
  const first = rarest(dependencies);
  const cycle = [...dependencies.slice(first), ...dependencies.slice(0, first)].map(
    ({ from, to, sightings: [seen] }, at): Hop => ({
      from: classRef(classes.get(from)!),
      to: classRef(classes.get(to)!),
      ...MODES[seen!.strength],
      outerSite: placeSite(seen!.outer),
      innerSite: placeSite(seen!.inner),
      outerLock: '',
      innerLock: '',
      task: words.task(seen!, inversion),
      isNew: at === 0,
    }),
  );
  const closing = cycle[0]!;
  const holding = lockRef(closing.from, closing.heldMode, closing.outerSite);
  const event = cycle.some(({ from }) => classes.get(from.name)?.type === 'event');
  return {
    kind: 'circular',
    rule,
    level: 'warning',
    message: words.message(closing),
    fingerprint,
    task: closing.task,
    held: [holding],
    site: closing.innerSite,
    count: 1,
    event: 0,
    want: lockRef(closing.to, closing.wantMode, closing.innerSite),
    holding,
    cycle,
    verdict: { kind: 'possible', reason: words.reason(inversion) },
    layer: event ? 'event' : 'order',
  };
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

/** Usage depends on the context kinds of a run, which a graph of many has not. */
const classRef = ({ name, kind, waitInner, waitOuter }: SavedClass): ClassRef => {
  return { name, kind, waitInner, waitOuter, usage: '....' };
};

const lockRef = (of: ClassRef, mode: Hop['heldMode'], site: Site): LockRef => {
  return { lock: '', class: of, mode, trylock: false, site };
};

/** The task that showed a dependency; what is only declared says so. */
export function shownBy({ task, run, declared }: SavedSighting): string {
  if (declared === true) return `(declared in ${run})`;
  return task === '' ? run : task;
}

/** `src/inode.ts:12`, or a recorded kernel's function, as a site. */
export function placeSite(place: string): Site {
  if (place === '') return { frames: [] };
  const [, file, line] = /^(.+):(\d+)$/.exec(place) ?? [];
  return { frames: [file === undefined ? { text: place } : { file, line: Number(line), text: place }] };
}
