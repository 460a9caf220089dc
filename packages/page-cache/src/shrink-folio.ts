/**
 * Reclaim of one folio (`shrink_folio_list`): only tries its lock, leaves it when it is dirty or under writeback, unmaps it, and takes it
 * out of the cache if nobody uses it.
 *
 * Invariant: it waits for nothing while it holds the folio lock but for i_mmap_rwsem; and for writeback only on behalf of a memory
 * cgroup of the old kind, holding nothing of its own, but whatever its caller holds.
 */
import type { AddressSpace } from './address-space.ts';
import type { Folio } from './folio.ts';
import { mayEnterFs } from './gfp.ts';
import { tryLockFolioAt } from './grab-folio.ts';
import type { Proc } from './machine.ts';
import { KSWAPD, type ShrinkControl, type Shrinker } from './shrink-control.ts';
import { unmapFolio } from './unmap.ts';
import { waitOnFolioWriteback } from './wait-writeback.ts';

/** True when the folio has been reclaimed. Source: `mm/vmscan.c: shrink_folio_list`. */
export function* shrinkFolio(mapping: AddressSpace, index: number, control: ShrinkControl = KSWAPD): Proc<boolean> {
  for (;;) {
    const folio = yield* tryLockFolioAt(mapping, index);
    if (folio === null) return false;
    const fate = folio.mapping === mapping ? yield* judge(folio, control) : 'keep';
    if (fate === 'wait') {
      yield* folio.lock.release();
      yield* waitOnFolioWriteback(folio);
      yield* folio.put();
      continue;
    }
    const reclaimed = fate !== 'keep' && (yield* reclaim(mapping, folio, fate === 'unmap', control));
    yield* folio.unlockAndPut();
    return reclaimed;
  }
}

/** A page of a mapping as something that can be reclaimed. */
export function folioShrinker(mapping: AddressSpace, index: number): Shrinker {
  return { name: `${mapping.host.name}[${index}]`, scan: (control) => shrinkFolio(mapping, index, control) };
}

/** Only takes the ptes of a page away (page aging): the next access faults. */
export function* unmapPage(mapping: AddressSpace, index: number): Proc {
  const folio = yield* tryLockFolioAt(mapping, index);
  if (folio === null) return;
  if (folio.mapping === mapping) yield* unmapFolio(mapping, folio);
  yield* folio.unlockAndPut();
}

/** What can be done with a locked folio. One that is in the way of reclaim is tagged, so that the next one to meet it knows. */
function* judge(folio: Folio, control: ShrinkControl): Proc<'keep' | 'wait' | 'unmap' | 'remove'> {
  const { machine } = folio.sb.engine;
  const { busy, fate } = yield* machine.access([folio.state], [], `busy ${folio.label}?`, () => {
    const { dirty, writeback, reclaim: tagged, mapcount } = folio;
    const waits = writeback !== null && tagged && control.memcg && mayEnterFs(control.gfp);
    const free = mapcount > 0 ? ('unmap' as const) : ('remove' as const);
    return { busy: dirty || writeback !== null, fate: waits ? ('wait' as const) : free };
  });
  if (!busy || fate === 'wait') return fate;
  yield* machine.access([], [folio.state], `tag ${folio.label} for reclaim`, () => {
    folio.reclaim = folio.dirty || folio.writeback !== null;
  });
  return 'keep';
}

/** A dirty pte may have made it dirty just now, or somebody may have found it: then it stays. */
function* reclaim(mapping: AddressSpace, folio: Folio, mapped: boolean, { gfp }: ShrinkControl): Proc<boolean> {
  if (mapped) {
    if (!(yield* folioReferenced(mapping))) return false;
    yield* unmapFolio(mapping, folio);
  }
  if (!(yield* mapping.host.fs.releaseFolio(folio, gfp))) return false;
  return yield* mapping.removeUnused(folio);
}

/** `folio_referenced`: looks whether the ptes were used; nobody's were. False where it would have to wait for i_mmap_rwsem and does not. */
function* folioReferenced(mapping: AddressSpace): Proc<boolean> {
  const { iMmapRwsem } = mapping;
  if (!mapping.sb.engine.rules.referencedTriesIMmap) yield* iMmapRwsem.downRead();
  else if (!(yield* iMmapRwsem.tryDownRead())) return false;
  yield* iMmapRwsem.upRead();
  return true;
}
