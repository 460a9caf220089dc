/** A nest lock that is named must be held (kernel/locking/lockdep.c: print_lock_nested_lock_not_held). */
import type { Acquisition } from '../acquisition.ts';
import type { Engine } from '../engine.ts';
import { findAnywhere } from '../find-held.ts';
import type { Found } from './check.ts';

export function checkNestHeld(
  engine: Engine,
  { task, lock, how, nest, classId, site }: Acquisition,
  found: Found,
): void {
  if (nest === null || findAnywhere(task, nest) >= 0) return;
  found({
    kind: 'nest-not-held',
    message: `${engine.classes.get(classId).name} names the nest lock ${nest.key.name}, which is not held`,
    want: engine.lockRef(lock, classId, how, engine.siteFor(site)),
    nest: nest.label,
    nestClass: nest.key.name,
  });
}
