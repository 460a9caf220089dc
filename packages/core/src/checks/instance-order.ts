/**
 * Instances of one class nested in an order: the declared one, or the one learned so far; and the rule that lets two classes have
 * different orders: all locks of one class are taken before the first of the next. (Darrick Wong and Jan Kara on the patch
 * that introduced invalidate_lock: "all IOLOCKs, then all MMAPLOCKs".)
 *
 * Looks at keys, not at subclasses: a subclass asserts an order, it does not make it true. A trylock cannot wait, so it obeys
 * no order.
 */
import type { Acquisition } from '../acquisition.ts';
import type { Engine } from '../engine.ts';
import { hasOrder, type NestedPair, type OrderVerdict } from '../instance-order.ts';
import { UNCHECKED } from '../mode.ts';
import type { Found } from './check.ts';

export function checkInstanceOrder(engine: Engine, acquisition: Acquisition, found: Found): void {
  const { task, lock, chainStart } = acquisition;
  if (lock.orderKeys === null) return;
  for (let index = task.depth - 1; index >= chainStart; index--) {
    const held = task.locks[index]!;
    if (held.key !== lock.key || !hasOrder(held, lock) || (task.how(index) & UNCHECKED) !== 0) continue;
    judgePair(engine, acquisition, index, found);
    checkInterleaving(engine, acquisition, index, found);
    return;
  }
}

function judgePair(engine: Engine, acquisition: Acquisition, index: number, found: Found): void {
  const { task, lock } = acquisition;
  const held = task.locks[index]!;
  const pair: NestedPair = {
    outer: held.orderKeys!,
    inner: lock.orderKeys!,
    outerLock: held.label,
    innerLock: lock.label,
  };
  const verdict = engine.instanceOrder(lock.key).nested(pair);
  if (verdict.kind !== 'explained') report(engine, acquisition, index, pair, verdict, found);
}

function report(
  engine: Engine,
  acquisition: Acquisition,
  index: number,
  pair: NestedPair,
  verdict: Exclude<OrderVerdict, { kind: 'explained' }>,
  found: Found,
): void {
  const { task, lock, how, classId, site } = acquisition;
  const { name } = lock.key;
  const messages: Readonly<Record<typeof verdict.kind, string>> = {
    broken: `two locks of class ${name} are nested against its order (by ${verdict.by})`,
    incomparable: `two locks of class ${name} are nested that its order (by ${verdict.by}) cannot compare`,
    flipped: `the same two objects are nested both ways round by class ${name}, whose order (by ${verdict.by}) follows their addresses`,
  };
  found({
    kind: verdict.kind === 'flipped' ? 'order-flip' : 'instance-order',
    message: messages[verdict.kind],
    want: engine.lockRef(lock, classId, how, engine.siteFor(site)),
    holding: engine.heldRef(task, index),
    by: verdict.by,
    comparable: verdict.kind !== 'incomparable',
    pair,
    earlier: verdict.kind === 'incomparable' ? null : verdict.earlier,
  });
}

/** Between two locks of one ordered class that are held together, no lock of another ordered class may have been taken. */
function checkInterleaving(engine: Engine, acquisition: Acquisition, first: number, found: Found): void {
  const { task, lock, how, classId, site } = acquisition;
  for (let index = first + 1; index < task.depth; index++) {
    const between = task.locks[index]!;
    if (between.key === lock.key || between.orderKeys === null || (task.how(index) & UNCHECKED) !== 0) continue;
    found({
      kind: 'interleaved-order',
      message: `a second lock of class ${lock.key.name} is wanted under ${between.key.name}, which was taken after the first`,
      want: engine.lockRef(lock, classId, how, engine.siteFor(site)),
      holding: engine.heldRef(task, first),
      between: engine.heldRef(task, index),
    });
    return;
  }
}
