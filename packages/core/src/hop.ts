/** Edges of the order graph as the hops of a report. */
import type { Acquisition } from './acquisition.ts';
import { BLOCKING_INNER, EN, ER, SHARED_OUTER, SN, SR } from './dependency.ts';
import type { Engine } from './engine.ts';
import { labelOf } from './lock.ts';
import { modeName, READ, RECURSIVE_READ, WRITE } from './mode.ts';
import type { Hop } from './report.ts';
import { nowhere, plainSite } from './site.ts';

/** A recorded dependency; `bits` are the strengths that make it part of the path. */
export function recordedHop(engine: Engine, edge: number, bits: number): Hop {
  const seen = engine.evidence.showing(edge, bits);
  const strength = seen?.bit ?? bits;
  return {
    from: engine.classRef(engine.order.from[edge]!),
    to: engine.classRef(engine.order.to[edge]!),
    heldMode: modeName(seen?.heldHow ?? ((strength & 0b1010) !== 0 ? WRITE : READ)),
    wantMode: modeName(seen?.wantHow ?? ((strength & 0b1100) !== 0 ? WRITE : RECURSIVE_READ)),
    outerSite: plainSite(seen?.outerSite),
    innerSite: plainSite(seen?.innerSite),
    outerLock: labelOf(seen?.outerLock ?? ''),
    innerLock: labelOf(seen?.innerLock ?? ''),
    task: seen?.task ?? '',
    isNew: false,
  };
}

/** The dependency an acquisition is about to add, from the held entry at `index`. */
export function newHop(engine: Engine, { task, lock, how, classId, site }: Acquisition, index: number): Hop {
  return {
    from: engine.classRef(task.classOf(index)),
    to: engine.classRef(classId),
    heldMode: modeName(task.how(index)),
    wantMode: modeName(how),
    outerSite: plainSite(engine.heldSite(task, index)),
    innerSite: plainSite(site ?? nowhere()),
    outerLock: task.locks[index]!.label,
    innerLock: lock.label,
    task: task.name,
    isNew: true,
  };
}

/**
 * The hops of a path, in the direction of the dependencies. A dependency that was seen in several strengths is shown in the
 * strongest that goes on from the hop before; `weak` says that what leads to the first is a recursive reader.
 */
export function pathHops(engine: Engine, edges: readonly number[], weak = false): Hop[] {
  const hops: Hop[] = [];
  let afterReader = weak;
  for (const edge of edges) {
    const all = engine.order.bits[edge]!;
    const strength = STRONGEST.find((bit) => (all & bit) !== 0 && !(afterReader && (bit & SHARED_OUTER) !== 0)) ?? all;
    hops.push(recordedHop(engine, edge, strength));
    afterReader = (strength & BLOCKING_INNER) === 0;
  }
  return hops;
}

/** What blocks whoever comes next first, then what blocks whoever came before. */
const STRONGEST: readonly number[] = [EN, SN, ER, SR];
