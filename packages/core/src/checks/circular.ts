/**
 * Circular dependency: does the wanted class already lead, along a strong path, to the held one?
 * (lockdep.c: check_noncircular, hlock_conflict.) The joint at the held lock counts too: it blocks if the lock is held
 * exclusively or the path ends in something other than a recursive reader.
 */
import type { Acquisition } from '../acquisition.ts';
import { surestCircle } from '../circles.ts';
import type { Engine } from '../engine.ts';
import { newHop, pathHops } from '../hop.ts';
import { MODE_MASK, RECURSIVE_READ, WRITE } from '../mode.ts';
import type { Found } from './check.ts';
import { reportRecursion } from './same-class.ts';

/** The edges that lead from the wanted class back to the one held at `index`; null when there is no circle. */
export function findCircle(engine: Engine, { task, how, classId }: Acquisition, index: number): number[] | null {
  const { order } = engine;
  const from = task.classOf(index);
  if (!order.mayClose(from, classId)) return null;
  const heldExclusively = (task.how(index) & MODE_MASK) === WRITE;
  return engine.paths.find(
    classId,
    (how & MODE_MASK) === RECURSIVE_READ,
    (node, onlyXr) => node === from && (heldExclusively || !onlyXr),
    { maxRank: Math.max(order.ranks.rank[from]!, order.highestBackSource()) },
  );
}

/** Reports a circle closed by `edge`, the new dependency from the class held at `index`. */
export function reportCircle(
  engine: Engine,
  acquisition: Acquisition,
  index: number,
  edge: number,
  path: readonly number[],
  found: Found,
): void {
  const { task, lock, how, classId, site } = acquisition;
  const from = task.classOf(index);
  if (from === classId) {
    // A second lock of the class under the first, with something else in between, that the same-class rules let pass.
    reportRecursion(engine, acquisition, index, undefined, found);
    return;
  }
  const attempt = { ...acquisition, site: engine.siteFor(site) };
  const { circle, verdict } = surestCircle(engine, [edge, ...path]);
  const report = found({
    kind: 'circular',
    message: `${engine.classes.get(classId).name} is wanted under ${engine.classes.get(from).name}, which has been wanted under it`,
    want: engine.lockRef(lock, classId, how, attempt.site),
    holding: engine.heldRef(task, index),
    cycle: [newHop(engine, attempt, index), ...pathHops(engine, circle.slice(1), (how & MODE_MASK) === RECURSIVE_READ)],
    verdict,
  });
  if (report.kind === 'circular') engine.circles.add(report, circle);
}
