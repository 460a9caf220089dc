/**
 * The dependencies of an acquisition: from each relevant held lock, nearest first, check that the new edge closes no strong
 * circle and connects no context-safe class to a context-unsafe one, then record it. (lockdep.c: check_prevs_add.)
 *
 * Relevant are the checked entries of the current chain, down to the first that is not a trylock: what lies below is
 * reachable through it. Exact mode also goes past recursive readers, through which it is *not* strongly reachable, past locks that
 * may be nested within their class and past per-CPU ones.
 */
import type { Acquisition } from '../acquisition.ts';
import { NORMAL } from '../class-table.ts';
import { dependencyBit, SR } from '../dependency.ts';
import type { Engine } from '../engine.ts';
import { hasOrder } from '../instance-order.ts';
import { MODE_MASK, NESTED, RECURSIVE_READ, TRYLOCK, UNCHECKED } from '../mode.ts';
import type { Task } from '../task.ts';
import { addWitness, witnessOf } from '../witness.ts';
import type { Found } from './check.ts';
import { findCircle, reportCircles } from './circular.ts';
import { checkContextOrder } from './context-order.ts';

/** Checks and records the dependencies. Returns true when nothing more can be learned from other tasks on this chain. */
export function checkDependencies(engine: Engine, acquisition: Acquisition, found: Found): boolean {
  const { task } = acquisition;
  let saturated = true;
  for (let index = nextRelevant(engine, acquisition, task.depth); index >= 0; ) {
    saturated = checkDependency(engine, acquisition, index, found) && saturated;
    index = nextRelevant(engine, acquisition, index);
  }
  return saturated;
}

/** The chain is known: only takes in who walks it now, and under what. */
export function witnessDependencies(engine: Engine, acquisition: Acquisition): boolean {
  const { task, classId } = acquisition;
  let saturated = true;
  for (let index = nextRelevant(engine, acquisition, task.depth); index >= 0; ) {
    const edge = engine.order.find(task.classOf(index), classId);
    saturated = (edge < 0 || witnessed(engine, acquisition, index, edge)) && saturated;
    index = nextRelevant(engine, acquisition, index);
  }
  return saturated;
}

/** The relevant held entry next below `above`, nearest first; −1 when there is none. */
function nextRelevant(engine: Engine, { task, chainStart }: Acquisition, above: number): number {
  if (above < task.depth && !passable(engine, task, above)) return -1;
  for (let index = above - 1; index >= chainStart; index--) if ((task.how(index) & UNCHECKED) === 0) return index;
  return -1;
}

/** Is what lies below this entry not reachable through it, or not by every search? */
function passable(engine: Engine, task: Task, index: number): boolean {
  const held = task.how(index);
  if ((held & TRYLOCK) !== 0) return true;
  if (!engine.exact) return false;
  const { key, orderKeys } = task.locks[index]!;
  return (
    (held & MODE_MASK) === RECURSIVE_READ || // not strongly
    (held & NESTED) !== 0 || // not at all: what its nest lock excuses has no dependencies
    key.compare !== null || // not from another lock of its class, which may be held in a stronger mode
    orderKeys !== null ||
    engine.classes.type[task.classOf(index)] !== NORMAL // not for context searches, which pass such classes over
  );
}

function checkDependency(engine: Engine, acquisition: Acquisition, index: number, found: Found): boolean {
  const { task, lock, how, classId } = acquisition;
  const { order } = engine;
  const from = task.classOf(index);
  if (from === classId) {
    if (hasOrder(task.locks[index]!, lock)) return true;
    const compared = lock.key.compare?.(task.locks[index]!, lock);
    if (compared !== undefined && compared < 0) return true;
  }
  const bit = dependencyBit(task.how(index), how);
  // A class nested in itself illegally has been reported as that; it is no order, and closes no circle of its own.
  if (engine.exact && from === classId && bit !== SR) return true;
  const distance = task.depth - index;
  const known = order.find(from, classId);
  const news = known < 0 || (order.bits[known]! & bit) === 0;
  // A known dependency closes nothing new; but the kernel's search may find now what it missed before, so it looks again.
  const looks = news || !engine.exact;
  const circle = looks ? findCircle(engine, acquisition, index) : null;
  const edge = known < 0 ? order.add(from, classId, bit, distance) : known;
  if (distance === 1) order.distance[edge] = 1;
  if (news) {
    order.bits[edge]! |= bit;
    sighted(engine, acquisition, index, edge, bit);
  }
  const saturated = witnessed(engine, acquisition, index, edge);
  if (circle !== null) reportCircles(engine, acquisition, index, edge, circle, found);
  if (looks) checkContextOrder(engine, acquisition, index, found);
  return saturated;
}

/** Adds the circumstances of this acquisition to an edge; what they change is judged anew. */
function witnessed(engine: Engine, acquisition: Acquisition, index: number, edge: number): boolean {
  if (!engine.exact) return true;
  const { evidence } = engine;
  const { task, lock, chainStart } = acquisition;
  const plain = lock.scope === null && task.locks[index]!.scope === null;
  if (plain && evidence.firstWitness(edge, task, index, chainStart)) return news(engine, task, false);
  const witnesses = evidence.witnesses(edge);
  return addWitness(witnesses, witnessOf(acquisition, index))
    ? news(engine, task, witnesses.saturated)
    : witnesses.saturated;
}

/** A witness has been left that may make circles surer. */
function news(engine: Engine, task: Task, saturated: boolean): boolean {
  task.witnessed = task.epoch;
  engine.circles.judgeAgain(engine);
  return saturated;
}

function sighted(engine: Engine, acquisition: Acquisition, index: number, edge: number, bit: number): void {
  const outer = engine.heldSite(acquisition.task, index);
  engine.evidence.add(edge, bit, acquisition, index, outer, engine.siteFor(acquisition.site), engine.events);
}
