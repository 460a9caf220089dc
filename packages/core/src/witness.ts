/**
 * Witnesses of a dependency: under which circumstances it has been seen. A circle of dependencies is judged by them (verdict.ts).
 *
 * A witness is the "lock dependency" of the GoodLock family: a task, the locks it held besides, and where it stood between the
 * forks and joins of its program. Locks of classes with several instances do not count as guards, because a known chain no
 * longer says which instance was held. An edge keeps at most {@link MOST} witnesses; then it is *saturated*: taken as possible
 * in any task at any time, and further witnesses only tell of other guards and scopes; after {@link MOST_KEPT} one of them stands
 * for all that come.
 */
import type { Acquisition } from './acquisition.ts';
import { MODE_MASK, WRITE } from './mode.ts';
import { INHERITED, type Task } from './task.ts';

export const MOST = 6;
const MOST_KEPT = 100;

const NO_GUARDS: readonly number[] = [];

/** What a task knows of the others' progress: the last epoch of each that is over for it. Immutable. */
export type Clock = ReadonlyMap<number, number>;

export interface Witness {
  readonly task: number;
  readonly epoch: number;
  readonly clock: Clock;
  /** Class ids of everything held, the outer lock of the edge included. */
  readonly held: readonly number[];
  /** Of these, the locks besides the outer one, held exclusively and shared: guards as long as their class is a single lock. */
  readonly exclusive: readonly number[];
  readonly shared: readonly number[];
  /** Where the two instances belong; null for one that may meet any other. */
  readonly outerScope: string | number | null;
  readonly innerScope: string | number | null;
}

export interface EdgeWitnesses {
  readonly seen: Witness[];
  saturated: boolean;
}

/** The circumstances of an acquisition under the held entry at `index`. */
export function witnessOf({ task, lock }: Acquisition, index: number): Witness {
  const held: number[] = [];
  const exclusive: number[] = [];
  const shared: number[] = [];
  for (let other = 0; other < task.depth; other++) {
    const classId = task.classOf(other);
    held.push(classId);
    // Inherited locks are held by the parent for all its children at once: they do not keep those apart.
    if (other === index || (task.how(other) & INHERITED) !== 0) continue;
    ((task.how(other) & MODE_MASK) === WRITE ? exclusive : shared).push(classId);
  }
  return {
    task: task.id,
    epoch: task.epoch,
    clock: task.clock,
    held,
    exclusive,
    shared,
    outerScope: task.locks[index]!.scope,
    innerScope: lock.scope,
  };
}

/** Adds a witness unless it says nothing new; true when it did. */
export function addWitness(edge: EdgeWitnesses, witness: Witness): boolean {
  if (edge.saturated) return narrowGuards(edge, witness);
  if (edge.seen.some((known) => covers(known, witness))) return false;
  edge.seen.push(witness);
  if (edge.seen.length >= MOST || repeats(edge.seen, witness)) edge.saturated = true;
  return true;
}

/** Once two tasks that nothing orders have shown the same, any number may. */
function repeats(seen: readonly Witness[], witness: Witness): boolean {
  return seen.some((known) => known.task !== witness.task && sameGuards(known, witness) && !ordered(known, witness));
}

/** A saturated edge goes on losing guards: a witness with fewer is still news. */
function narrowGuards(edge: EdgeWitnesses, witness: Witness): boolean {
  if (edge.seen.some((known) => sameGuards(known, witness) && sameScopes(known, witness))) return false;
  if (edge.seen.length < MOST_KEPT) {
    edge.seen.push(witness);
    return true;
  }
  return addToLast(edge.seen, witness);
}

/** One witness for all further ones: anywhere, under no guard, holding whatever any of them held. True when that is more than it was. */
function addToLast(seen: Witness[], witness: Witness): boolean {
  const last = seen[MOST_KEPT];
  if (last === undefined) {
    const held = [...witness.held];
    seen.push({ ...witness, held, exclusive: NO_GUARDS, shared: NO_GUARDS, outerScope: null, innerScope: null });
    return true;
  }
  const news = witness.held.filter((classId) => !last.held.includes(classId));
  (last.held as number[]).push(...news);
  return news.length > 0;
}

function covers(known: Witness, witness: Witness): boolean {
  return (
    known.task === witness.task &&
    known.epoch === witness.epoch &&
    sameGuards(known, witness) &&
    sameScopes(known, witness)
  );
}

/** Takes classes out of what witnesses held: a guard that is gone guards no longer. */
export function forgetHeld(seen: Witness[], gone: ReadonlySet<number>): void {
  const stays = (classId: number): boolean => !gone.has(classId);
  for (const [at, witness] of seen.entries()) {
    const { held, exclusive, shared } = witness;
    if (held.every(stays)) continue;
    seen[at] = {
      ...witness,
      held: held.filter(stays),
      exclusive: exclusive.filter(stays),
      shared: shared.filter(stays),
    };
  }
}

const sameScopes = (a: Witness, b: Witness): boolean => a.outerScope === b.outerScope && a.innerScope === b.innerScope;

function sameGuards(a: Witness, b: Witness): boolean {
  return sameIds(a.held, b.held) && sameIds(a.exclusive, b.exclusive) && sameIds(a.shared, b.shared);
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Is one of the two over before the other begins? */
export function ordered(a: Witness, b: Witness): boolean {
  return (b.clock.get(a.task) ?? -1) >= a.epoch || (a.clock.get(b.task) ?? -1) >= b.epoch;
}

/** A class both hold in modes that exclude each other, or −1. */
export function commonGuard(a: Witness, b: Witness): number {
  for (const guard of a.exclusive) if (b.exclusive.includes(guard) || b.shared.includes(guard)) return guard;
  for (const guard of a.shared) if (b.exclusive.includes(guard)) return guard;
  return -1;
}

/**
 * The child starts after everything the parent did so far. Only witnesses are ever compared, so a clock knows only tasks that have
 * left one, up to the last they left; as long as nothing new has been left, all children share one clock.
 */
export function forked(parent: Task, child: Task): void {
  if (parent.witnessed > (parent.clock.get(parent.id) ?? -1)) {
    parent.clock = new Map(parent.clock).set(parent.id, parent.witnessed);
  }
  child.clock = parent.clock;
  parent.epoch += 1;
}

/** The parent goes on after everything the child did. */
export function joined(parent: Task, child: Task): void {
  const news = [...child.clock, [child.id, child.witnessed] as const].filter(
    ([task, epoch]) => epoch > (parent.clock.get(task) ?? -1),
  );
  if (news.length > 0) parent.clock = new Map([...parent.clock, ...news]);
  parent.epoch += 1;
}
