/**
 * Usage: a class taken in a context must never be held where that context can happen, directly or along a strong path.
 *
 * Each usage bit is set once per class; setting it checks the class itself (inconsistent state) and what it leads to, or
 * what leads to it (irq inversion). (kernel/locking/lockdep.c: mark_usage, mark_lock_irq, check_usage_forwards/backwards.)
 */
import type { Acquisition } from '../acquisition.ts';
import { NORMAL } from '../class-table.ts';
import type { Engine } from '../engine.ts';
import { pathHops } from '../hop.ts';
import type { Lock } from '../lock.ts';
import { MODE_MASK, RECURSIVE_READ, SYNC, TRYLOCK, UNCHECKED, WRITE } from '../mode.ts';
import type { Site } from '../report.ts';
import { plainSite } from '../site.ts';
import {
  DIRECTION_BIT,
  ENABLED_BITS,
  exclusiveBit,
  READ_BIT,
  stateName,
  USED,
  USED_IN_BITS,
  usageName,
  WRITE_BITS,
} from '../usage.ts';
import type { Found } from './check.ts';

/** The lock whose usage changes, as reports show it. */
export interface Used {
  readonly lock: Lock;
  readonly classId: number;
  readonly how: number;
  readonly site: Site | null;
}

/** Marks what an acquisition uses its class for. */
export function checkUsage(engine: Engine, acquisition: Acquisition, found: Found): void {
  const { task, how, enabled } = acquisition;
  let needs = engine.contexts.needs(task.entered, enabled)[how & (MODE_MASK | TRYLOCK | UNCHECKED)]!;
  // Waiting for all holders is no critical section: nothing can interrupt it while it is "held".
  if ((how & SYNC) !== 0) needs &= ~ENABLED_BITS;
  if ((needs & ~engine.classes.usage[acquisition.classId]!) === 0) return;
  markUsage(engine, acquisition, needs & USED_IN_BITS, found);
  markUsage(engine, acquisition, needs & ENABLED_BITS, found);
  markUsage(engine, acquisition, needs & ~(USED_IN_BITS | ENABLED_BITS), found);
}

/** Sets the bits that are new, lowest first, and checks each. */
export function markUsage(engine: Engine, used: Used, bits: number, found: Found): void {
  let fresh = bits & ~engine.classes.usage[used.classId]!;
  while (fresh !== 0) {
    const bit = 31 - Math.clz32(fresh & -fresh);
    fresh &= fresh - 1;
    engine.classes.usage[used.classId]! |= 1 << bit;
    engine.usageSeen |= 1 << bit;
    engine.classes.get(used.classId).usageSites[bit] = engine.siteFor(used.site);
    if (((1 << bit) & (USED_IN_BITS | ENABLED_BITS)) !== 0) checkNewBit(engine, used, bit, found);
    else if (bit === USED) engine.written(used.classId);
  }
}

function checkNewBit(engine: Engine, used: Used, bit: number, found: Found): void {
  const exclusive = exclusiveBit(bit);
  if (conflicts(engine, used, bit, exclusive, found)) return;
  if ((bit & READ_BIT) === 0 && conflicts(engine, used, bit, exclusive | READ_BIT, found)) return;
  searchConflict(engine, used, exclusive, (bit & DIRECTION_BIT) === 0, found);
}

/** Is the class already used the other way round? */
function conflicts(engine: Engine, used: Used, bit: number, other: number, found: Found): boolean {
  const { lock, classId, how, site } = used;
  if ((engine.classes.usage[classId]! & (1 << other)) === 0) return false;
  const { name, usageSites } = engine.classes.get(classId);
  const oldUsage = usageName(other, engine.contexts);
  const newUsage = usageName(bit, engine.contexts);
  found({
    kind: 'inconsistent-state',
    message: `${name} is used as {${oldUsage}} and now as {${newUsage}}`,
    lock: engine.lockRef(lock, classId, how, engine.siteFor(site)),
    oldUsage,
    newUsage,
    oldSite: plainSite(usageSites[other]),
  });
  return true;
}

/** Does a strong path lead to a class that is used the other way round? Forwards for used-in, backwards for enabled. */
function searchConflict(engine: Engine, used: Used, other: number, forwards: boolean, found: Found): void {
  const both = (1 << other) | (1 << (other | READ_BIT));
  if ((engine.usageSeen & both) === 0) return;
  const { lock, classId, how, site } = used;
  const { usage } = engine.classes;
  const mode = how & MODE_MASK;
  const onlyXr = forwards ? mode === RECURSIVE_READ : mode !== WRITE;
  let target = classId;
  const edges = engine.paths.find(
    classId,
    onlyXr,
    (node, weak) => {
      target = node;
      return (usage[node]! & both & (weak ? WRITE_BITS : -1)) !== 0;
    },
    { backward: !forwards, skip: (node) => engine.classes.type[node] !== NORMAL },
  );
  if (edges === null) return;
  const hit = (usage[target]! & (1 << other)) !== 0 ? other : other | READ_BIT;
  const state = stateName(hit, engine.contexts);
  const path = pathHops(engine, forwards ? edges : [...edges].reverse());
  found({
    kind: 'irq-inversion',
    message: `${engine.classes.get(classId).name} and ${engine.classes.get(target).name} can be taken in inverse order by ${state}`,
    lock: engine.lockRef(lock, classId, how, engine.siteFor(site)),
    other: engine.classRef(target),
    state,
    direction: forwards ? 'forwards' : 'backwards',
    otherSite: plainSite(engine.classes.get(target).usageSites[hit]),
    path,
  });
}
