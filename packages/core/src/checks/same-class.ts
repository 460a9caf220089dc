/**
 * Same-class nesting: a class already held is taken again. Legal for a recursive reader under readers, for instances that
 * the class's comparison puts in order, and under a nest lock taken before the first lock of the class.
 * Rows held, columns wanted: W any ✗; r→R ok; R→R ok; r→r ✗; R→r ✗; any→W ✗. (lockdep.c: check_deadlock.)
 *
 * Exact mode also sees through subclasses: the same *instance* taken twice is a certain deadlock whatever the annotation.
 */
import type { Acquisition } from '../acquisition.ts';
import type { Engine } from '../engine.ts';
import { hasOrder } from '../instance-order.ts';
import { UNPUBLISHED } from '../lock.ts';
import { MODE_MASK, RECURSIVE_READ, WRITE } from '../mode.ts';
import type { Found } from './check.ts';

/** What follows for the dependencies: learn them, or leave them out because a nest lock serialises this nesting. */
export type SameClassVerdict = 'learn' | 'excused';

export function checkSameClass(engine: Engine, acquisition: Acquisition, found: Found): SameClassVerdict {
  const { task, lock, nest, how, classId } = acquisition;
  let nestHeld = false;
  for (let index = 0; index < task.depth; index++) {
    const held = task.locks[index]!;
    if (nest !== null && held === nest) nestHeld = true;
    const sameClass = task.classOf(index) === classId;
    if (!sameClass && !(engine.exact && held === lock)) continue;
    if ((how & MODE_MASK) === RECURSIVE_READ && (task.how(index) & MODE_MASK) !== WRITE) continue;
    if (held.key === lock.key && hasOrder(held, lock)) continue; // judged by their keys instead
    if (held !== lock && (held.scope === UNPUBLISHED || lock.scope === UNPUBLISHED)) continue; // nobody else can want that one
    const compared = sameClass ? lock.key.compare?.(held, lock) : undefined;
    if (compared !== undefined && compared < 0 && held !== lock) continue;
    if (nestHeld && sameClass) return 'excused';
    reportRecursion(engine, acquisition, index, compared, found);
    return 'learn';
  }
  return 'learn';
}

/** Reports the acquisition as recursive with the held entry at `index`. */
export function reportRecursion(
  engine: Engine,
  acquisition: Acquisition,
  index: number,
  compared: number | undefined,
  found: Found,
): void {
  const { task, lock, how, classId, site } = acquisition;
  const sameLock = task.locks[index] === lock;
  const { name } = engine.classes.get(classId);
  found({
    kind: 'recursive',
    message: sameLock
      ? `${name} is taken again by the task that holds it`
      : `two locks of class ${name} are nested without an order between them`,
    want: engine.lockRef(lock, classId, how, engine.siteFor(site)),
    holding: engine.heldRef(task, index),
    sameLock,
    ...(compared === undefined ? {} : { compared }),
  });
}
