/**
 * Wait types: may a lock that can wait this long be taken here? The strictest inner type of all held entries of the current
 * chain decides, together with the context's own limit; a wait-override entry replaces what came before it.
 * (kernel/locking/lockdep.c: check_wait_context.)
 */
import type { Acquisition } from '../acquisition.ts';
import { WAIT_OVERRIDE } from '../class-table.ts';
import type { Engine } from '../engine.ts';
import { TRYLOCK } from '../mode.ts';
import type { Found } from './check.ts';

export function checkWaitContext(engine: Engine, acquisition: Acquisition, found: Found): void {
  const { task, lock, how, classId, chainStart, site } = acquisition;
  const { waitInner, waitOuter, type } = engine.classes;
  const inner = waitInner[classId]!;
  if (inner === 0 || (how & TRYLOCK) !== 0) return;
  const wants = waitOuter[classId]! || inner;
  let have = engine.contexts.waitLimit(task.entered, task.threaded);
  let limitedBy = -1;
  for (let index = chainStart; index < task.depth; index++) {
    const held = task.classOf(index);
    const limit = waitInner[held]!;
    if (limit === 0) continue;
    if (limit < have || type[held] === WAIT_OVERRIDE) {
      have = limit;
      limitedBy = index;
    }
  }
  if (wants <= have) return;
  found({
    kind: 'invalid-wait-context',
    message: `${engine.classes.get(classId).name} may wait longer than is allowed here`,
    want: engine.lockRef(lock, classId, how, site),
    wants,
    have,
    limitedBy: limitedBy < 0 ? null : engine.heldRef(task, limitedBy),
    context: engine.contexts.describe(task.entered),
  });
}
