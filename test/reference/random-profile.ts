/** What a random program is made of: which features, how often, how many classes. Drawn once for each program. */
import type { LockKindName, Mode } from '@lockdep/core';
import type { SeededRandom } from './seeded-random.ts';

export interface Profile {
  readonly modes: readonly Mode[];
  readonly kinds: readonly LockKindName[];
  readonly classes: number;
  /** Probability of the step or flag, in this program. */
  readonly trylock: number;
  readonly unchecked: number;
  readonly subclass: number;
  readonly nest: number;
  readonly sync: number;
  readonly ordered: number;
  readonly downgrade: number;
  readonly reclass: number;
  readonly outOfOrder: number;
  readonly wrongRelease: number;
  readonly contexts: number;
  readonly declared: boolean;
  readonly tasks: number;
  /** How readily two locks of one class are nested. */
  readonly sameClass: number;
  /** How strictly locks are taken in the order of their numbers: at 1 hardly any program is reported. */
  readonly discipline: number;
}

const ALL_KINDS: readonly LockKindName[] = [
  'raw_spinlock',
  'spinlock',
  'rwlock',
  'local_lock',
  'mutex',
  'rwsem',
  'lockmap',
  'rcu',
  'override',
];

const KIND_SETS: readonly (readonly LockKindName[])[] = [
  ['mutex'],
  ['lockmap'],
  ['lockmap'],
  ['lockmap', 'local_lock'],
  ['rwsem', 'mutex'],
  ['rwlock', 'spinlock'],
  ['rwlock', 'local_lock'],
  ['raw_spinlock'],
  ['raw_spinlock', 'spinlock', 'mutex'],
  ['raw_spinlock', 'lockmap', 'local_lock'],
  ALL_KINDS,
];

/** Kinds whose wait types never get in the way. */
const UNLIMITED: readonly (readonly LockKindName[])[] = [
  ['lockmap'],
  ['lockmap'],
  ['raw_spinlock'],
  ['lockmap', 'local_lock'],
];

const MODE_SETS: readonly (readonly Mode[])[] = [
  ['write'],
  ['write', 'read'],
  ['write', 'recursive-read'],
  ['write', 'recursive-read', 'recursive-read'],
  ['write', 'read', 'recursive-read'],
];

export function randomProfile(random: SeededRandom): Profile {
  // Plain programs get further, to circles and inversions of several hops.
  const plain = random.chance(0.4);
  const often = (of: number, rate: number): number => (!plain && random.chance(of) ? rate : 0);
  const profile = {
    modes: random.pick(MODE_SETS),
    kinds: plain ? random.pick(UNLIMITED) : random.pick(KIND_SETS),
    classes: 2 + random.below(5),
    trylock: often(0.5, 0.2),
    unchecked: often(0.3, 0.15),
    subclass: often(0.3, 0.3),
    nest: often(0.25, 0.3),
    sync: often(0.3, 0.15),
    ordered: often(0.3, 0.7),
    downgrade: often(0.3, 0.08),
    reclass: often(0.15, 0.05),
    outOfOrder: often(0.6, 0.3),
    wrongRelease: often(0.05, 0.03),
    contexts: random.chance(0.6) ? random.pick([0.1, 0.2, 0.35]) : 0,
    declared: random.chance(0.2),
    tasks: random.chance(0.3) ? 2 : 1,
    discipline: random.pick([0.8, 0.95, 0.99]),
  };
  // Unless something may make it legal, nesting a class ends the program.
  const legal = profile.nest + profile.ordered + profile.subclass > 0;
  // What re-classing does to an entry that stands for several locks is not defined.
  const reclass = profile.nest > 0 ? 0 : profile.reclass;
  return { ...profile, reclass, sameClass: legal ? 0.04 : profile.modes.includes('recursive-read') ? 0.01 : 0.002 };
}
