/** An inversion across tests as a report, so that every format can show it. The tests take the place of the tasks. */
import type { CircularReport, ClassRef, Hop, LockRef, Site } from '@lockdep/core';
import type { Inversion, SavedClass, SavedDependency, SavedGraph, Strength } from '@lockdep/graph';

/** Reports of inversions of one graph; the dependency that the fewest tests show is the new one. */
export function inversionReports(inversions: readonly Inversion[], { classes }: SavedGraph): CircularReport[] {
  const known = new Map(classes.map((saved) => [saved.name, saved]));
  return inversions.map((inversion) => inversionReport(inversion, known));
}

function inversionReport(
  { fingerprint, rule, dependencies }: Inversion,
  classes: ReadonlyMap<string, SavedClass>,
): CircularReport {
  const shownBy = dependencies.map(({ sightings }) => sightings.length);
  const first = shownBy.indexOf(Math.min(...shownBy));
  const turned = [...dependencies.slice(first), ...dependencies.slice(0, first)];
  const cycle = turned.map((dependency, at) => hopOf(dependency, classes, at === 0));
  const closing = cycle[0]!;
  const holding = lockRef(closing.from, closing.heldMode, closing.outerSite);
  return {
    kind: 'circular',
    rule,
    level: 'warning',
    message: `No test shows it alone: ${closing.to.name} is taken under ${closing.from.name} in one test, and the other way round in others.`,
    fingerprint,
    task: closing.task,
    held: [holding],
    site: closing.innerSite,
    count: 1,
    event: 0,
    want: lockRef(closing.to, closing.wantMode, closing.innerSite),
    holding,
    cycle,
    verdict: { kind: 'possible', reason: 'code that does what these tests do at the same time can deadlock' },
    layer: cycle.some(({ from }) => classes.get(from.name)?.type === 'event') ? 'event' : 'order',
  };
}

const MODES: Readonly<Record<Strength, Pick<Hop, 'heldMode' | 'wantMode'>>> = {
  EN: { heldMode: 'write', wantMode: 'write' },
  SN: { heldMode: 'read', wantMode: 'write' },
  ER: { heldMode: 'write', wantMode: 'recursive-read' },
  SR: { heldMode: 'read', wantMode: 'recursive-read' },
};

function hopOf(
  { from, to, sightings }: SavedDependency,
  classes: ReadonlyMap<string, SavedClass>,
  isNew: boolean,
): Hop {
  const seen = sightings[0]!;
  return {
    from: classRef(from, classes),
    to: classRef(to, classes),
    ...MODES[seen.strength],
    outerSite: placeSite(seen.outer),
    innerSite: placeSite(seen.inner),
    outerLock: '',
    innerLock: '',
    task: seen.run,
    isNew,
  };
}

function classRef(name: string, classes: ReadonlyMap<string, SavedClass>): ClassRef {
  const { kind, waitInner, waitOuter } = classes.get(name)!;
  return { name, kind, waitInner, waitOuter, usage: '' };
}

function lockRef(of: ClassRef, mode: Hop['heldMode'], site: Site): LockRef {
  return { lock: '', class: of, mode, trylock: false, site };
}

/** `src/inode.ts:12` as a site. */
export function placeSite(place: string): Site {
  const [, file, line] = /^(.+):(\d+)$/.exec(place) ?? [];
  if (file === undefined) return { frames: place === '' ? [] : [{ text: place }] };
  return { frames: [{ text: place, file, line: Number(line) }] };
}
