/**
 * Circular dependency: does the wanted class already lead, along a strong path, to the held one?
 * (lockdep.c: check_noncircular, hlock_conflict.) The joint at the held lock counts too: it blocks if the lock is held
 * exclusively or the path ends in something other than a recursive reader.
 */
import type { Acquisition } from '../acquisition.ts';
import type { Engine } from '../engine.ts';
import { newHop, pathHops } from '../hop.ts';
import { MODE_MASK, RECURSIVE_READ, WRITE } from '../mode.ts';
import type { Found } from './check.ts';
import { reportRecursion } from './same-class.ts';

export function checkCircular(engine: Engine, acquisition: Acquisition, index: number, found: Found): void {
  const { task, lock, how, classId, site } = acquisition;
  const { order } = engine;
  const from = task.classOf(index);
  if (!order.mayClose(from, classId)) return;
  const heldExclusively = (task.how(index) & MODE_MASK) === WRITE;
  const edges = engine.paths.find(
    classId,
    (how & MODE_MASK) === RECURSIVE_READ,
    (node, onlyXr) => node === from && (heldExclusively || !onlyXr),
    { maxRank: Math.max(order.rank[from]!, order.highestBackSource()) },
  );
  if (edges === null) return;
  if (from === classId) {
    // A second lock of the class under the first, with something else in between, that the same-class rules let pass.
    reportRecursion(engine, acquisition, index, undefined, found);
    return;
  }
  const attempt = { ...acquisition, site: engine.siteFor(site) };
  found({
    kind: 'circular',
    message: `${engine.classes.get(classId).name} is wanted under ${engine.classes.get(from).name}, which has been wanted under it`,
    want: engine.lockRef(lock, classId, how, attempt.site),
    holding: engine.heldRef(task, index),
    cycle: [newHop(engine, attempt, index), ...pathHops(engine, edges)],
  });
}
