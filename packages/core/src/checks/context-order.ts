/**
 * Context order: a new dependency must not connect a class used in a context to one held with that context enabled; the
 * interrupt could then wait for a lock whose holder it keeps from running. (lockdep.c: check_irq_usage.)
 *
 * Three searches: gather the used-in bits backwards from the held lock, look forwards from the wanted one for a conflicting
 * enabled bit, then find the class behind that conflicts with the one found.
 */
import type { Acquisition } from '../acquisition.ts';
import { NORMAL } from '../class-table.ts';
import type { Engine } from '../engine.ts';
import { newHop, pathHops } from '../hop.ts';
import { MODE_MASK, RECURSIVE_READ, WRITE } from '../mode.ts';
import { plainSite } from '../site.ts';
import {
  ENABLED_BITS,
  exclusiveBit,
  exclusiveMask,
  READ_BIT,
  stateName,
  USED,
  USED_IN_BITS,
  WRITE_BITS,
} from '../usage.ts';
import type { Found } from './check.ts';

export function checkContextOrder(engine: Engine, acquisition: Acquisition, index: number, found: Found): void {
  if ((engine.usageSeen & USED_IN_BITS) !== 0) search(engine, acquisition, index, found);
}

function search(engine: Engine, acquisition: Acquisition, index: number, found: Found): void {
  const { task, lock, how, classId, site } = acquisition;
  const { usage, type } = engine.classes;
  const from = task.classOf(index);
  const heldShared = (task.how(index) & MODE_MASK) !== WRITE;
  const skip = (node: number): boolean => type[node] !== NORMAL;

  let usedIn = 0;
  const gather = (node: number, weak: boolean): boolean => {
    usedIn |= usage[node]! & (weak ? WRITE_BITS : -1);
    return false;
  };
  engine.paths.find(from, heldShared, gather, { backward: true, skip });
  usedIn &= USED_IN_BITS;
  if (usedIn === 0) return;

  let unsafe = classId;
  const ahead = searchUsage(
    engine,
    classId,
    (how & MODE_MASK) === RECURSIVE_READ,
    exclusiveMask(usedIn),
    false,
    (node) => {
      unsafe = node;
    },
  );
  if (ahead === null) return;

  let safe = from;
  const behind = searchUsage(engine, from, heldShared, exclusiveMask(usage[unsafe]! & ENABLED_BITS), true, (node) => {
    safe = node;
  });
  if (behind === null) return;

  const pair = conflictingBits(usage[safe]!, usage[unsafe]!, engine.exact);
  if (pair === null) return;
  const state = stateName(pair.safe, engine.contexts);
  const attempt = { ...acquisition, site: engine.siteFor(site) };
  found({
    kind: 'irq-order',
    message: `${state}-safe ${engine.classes.get(safe).name} now leads to ${state}-unsafe ${engine.classes.get(unsafe).name}`,
    want: engine.lockRef(lock, classId, how, attempt.site),
    holding: engine.heldRef(task, index),
    state,
    safe: engine.classRef(safe),
    unsafe: engine.classRef(unsafe),
    safeSite: plainSite(engine.classes.get(safe).usageSites[pair.safe]),
    unsafeSite: plainSite(engine.classes.get(unsafe).usageSites[pair.unsafe]),
    path: [...pathHops(engine, [...behind].reverse()), newHop(engine, attempt, index), ...pathHops(engine, ahead)],
  });
}

function searchUsage(
  engine: Engine,
  root: number,
  onlyXr: boolean,
  mask: number,
  backward: boolean,
  visit: (node: number) => void,
): number[] | null {
  const { usage, type } = engine.classes;
  return engine.paths.find(
    root,
    onlyXr,
    (node, weak) => {
      visit(node);
      return (usage[node]! & mask & (weak ? WRITE_BITS : -1)) !== 0;
    },
    { backward, skip: (node) => type[node] !== NORMAL },
  );
}

/**
 * The first pair of bits in conflict. Exact mode fixes the direction (safe is *used in*, unsafe is *enabled*); Linux scans
 * all bits and may name the wrong context.
 */
function conflictingBits(
  safeUsage: number,
  unsafeUsage: number,
  exact: boolean,
): { safe: number; unsafe: number } | null {
  const candidates = exact ? safeUsage & USED_IN_BITS : safeUsage;
  for (let bit = 0; bit < USED; bit++) {
    if ((candidates & (1 << bit)) === 0) continue;
    const other = exclusiveBit(bit);
    if ((unsafeUsage & (1 << other)) !== 0) return { safe: bit, unsafe: other };
    if ((unsafeUsage & (1 << (other | READ_BIT))) !== 0) return { safe: bit, unsafe: other | READ_BIT };
  }
  return null;
}
