/**
 * The dependencies of an acquisition: from each relevant held lock, nearest first, check that the new edge closes no strong
 * circle and connects no context-safe class to a context-unsafe one, then record it. (lockdep.c: check_prevs_add.)
 *
 * Relevant are the checked entries of the current chain, down to the first that is not a trylock: what lies below is
 * reachable through it. Exact mode also goes past recursive readers, through which it is *not* strongly reachable, past locks that a
 * nest lock excuses and past per-CPU ones.
 */
import type { Acquisition } from '../acquisition.ts';
import { NORMAL } from '../class-table.ts';
import { dependencyBit } from '../dependency.ts';
import type { Engine } from '../engine.ts';
import { hasOrder } from '../instance-order.ts';
import { MODE_MASK, NESTED, RECURSIVE_READ, TRYLOCK, UNCHECKED } from '../mode.ts';
import type { Found } from './check.ts';
import { checkCircular } from './circular.ts';
import { checkContextOrder } from './context-order.ts';

export function checkDependencies(engine: Engine, acquisition: Acquisition, found: Found): void {
  const { task, chainStart } = acquisition;
  for (let index = task.depth - 1; index >= chainStart; index--) {
    const held = task.how(index);
    if ((held & UNCHECKED) !== 0) continue;
    checkDependency(engine, acquisition, index, found);
    if (!passable(engine, task.classOf(index), held)) return;
  }
}

/** Is what lies below not reachable, or not by every search, through this entry? */
function passable(engine: Engine, classId: number, held: number): boolean {
  if ((held & TRYLOCK) !== 0) return true;
  if (!engine.exact) return false;
  return (
    (held & MODE_MASK) === RECURSIVE_READ || // not strongly
    (held & NESTED) !== 0 || // not at all: what its nest lock excuses has no dependencies
    engine.classes.type[classId] !== NORMAL // not for context searches, which pass such classes over
  );
}

function checkDependency(engine: Engine, acquisition: Acquisition, index: number, found: Found): void {
  const { task, lock, how, classId } = acquisition;
  const { order } = engine;
  const from = task.classOf(index);
  if (from === classId) {
    if (hasOrder(task.locks[index]!, lock)) return;
    const compared = lock.key.compare?.(task.locks[index]!, lock);
    if (compared !== undefined && compared < 0) return;
  }
  const bit = dependencyBit(task.how(index), how);
  const distance = task.depth - index;
  const edge = order.find(from, classId);
  const news = edge < 0 || (order.bits[edge]! & bit) === 0;
  // A known dependency closes nothing new; but the kernel's search may find now what it missed before, so it looks again.
  if (news || !engine.exact) {
    checkCircular(engine, acquisition, index, found);
    checkContextOrder(engine, acquisition, index, found);
  }
  if (edge < 0) {
    sighted(engine, acquisition, index, order.add(from, classId, bit, distance), bit);
    return;
  }
  if (distance === 1) order.distance[edge] = 1;
  if (news) {
    order.bits[edge]! |= bit;
    sighted(engine, acquisition, index, edge, bit);
  }
}

function sighted(engine: Engine, acquisition: Acquisition, index: number, edge: number, bit: number): void {
  const { task, lock, how, site } = acquisition;
  engine.evidence.add(edge, {
    bit,
    heldHow: task.how(index),
    wantHow: how,
    task: task.name,
    outerLock: task.locks[index]!.label,
    innerLock: lock.label,
    outerSite: engine.heldSite(task, index),
    innerSite: engine.siteFor(site),
    event: engine.events,
  });
}
