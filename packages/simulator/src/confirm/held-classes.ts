/** Classes of all that a waiting task holds: as far as locks know it, and as the validator does, which knows of locks that nobody waits for too. */
import type { Validator } from '@lockdep/core';
import type { SimTask } from '../engine/sim-task.ts';
import type { World } from '../engine/world.ts';
import { isLock, lockClassOf } from './lock-step.ts';

export function heldClasses(world: World, validator: Validator, task: SimTask): Set<string> {
  const held = new Set<string>();
  for (const object of world.objects) {
    if (object !== undefined && isLock(object) && object.holders().includes(task.index)) held.add(object.name);
  }
  const known = task.taskOf(validator);
  const top = known.depth - 1;
  const name = (at: number): string => validator.engine.classes.get(known.classOf(at)).name;
  // What it waits for has been announced, and comes last.
  const depth = top >= 0 && name(top) === lockClassOf(task.pending!) ? top : top + 1;
  for (let at = 0; at < depth; at++) held.add(name(at));
  return held;
}
