/** Reclaim of one clean folio (`shrink_folio_list`): only tries its lock, unmaps it, and takes it out of the cache if nobody uses it. */
import type { AddressSpace } from './address-space.ts';
import type { Folio } from './folio.ts';
import { tryLockFolioAt } from './grab-folio.ts';
import type { Proc } from './machine.ts';
import { unmapFolio } from './unmap.ts';

/** True when the folio has been reclaimed. */
export function* shrinkFolio(mapping: AddressSpace, index: number): Proc<boolean> {
  const folio = yield* tryLockFolioAt(mapping, index);
  if (folio === null) return false;
  let reclaimed = false;
  if (folio.mapping === mapping && !(yield* isBusy(folio))) {
    yield* unmapFolio(mapping, folio);
    // A dirty pte may have made it dirty just now, or somebody may have found it.
    reclaimed = yield* mapping.removeUnused(folio);
  }
  yield* folio.unlockAndPut();
  return reclaimed;
}

/** Only takes the ptes of a page away (page aging, migration): the next access faults. */
export function* unmapPage(mapping: AddressSpace, index: number): Proc {
  const folio = yield* tryLockFolioAt(mapping, index);
  if (folio === null) return;
  if (folio.mapping === mapping) yield* unmapFolio(mapping, folio);
  yield* folio.unlockAndPut();
}

/** Dirty or under writeback. */
function* isBusy(folio: Folio): Proc<boolean> {
  const { machine } = folio.sb.engine;
  const words = `busy ${folio.label}?`;
  return yield* machine.access([folio.state], [], words, () => folio.dirty || folio.writeback !== null);
}
