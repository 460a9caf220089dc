/** Reclaim of one clean folio (`shrink_folio_list`): only tries its lock, unmaps it, and takes it out of the cache. */
import type { AddressSpace } from './address-space.ts';
import type { Proc } from './machine.ts';
import { unmapFolio } from './unmap.ts';

/** True when the folio has been reclaimed. */
export function* shrinkFolio(mapping: AddressSpace, index: number): Proc<boolean> {
  const folio = yield* mapping.lookup(index);
  if (folio === null || !(yield* folio.lock.tryAcquire())) return false;
  const { machine } = folio.sb.engine;
  const isBusy = () =>
    machine.access([folio.state], [], `busy ${folio.label}?`, () => folio.dirty || folio.writeback !== null);
  let reclaimed = false;
  if (folio.mapping === mapping && !(yield* isBusy())) {
    yield* unmapFolio(mapping, folio);
    // A dirty pte may have made it dirty just now.
    reclaimed = !(yield* isBusy());
    if (reclaimed) yield* mapping.remove(folio);
  }
  yield* folio.lock.release();
  return reclaimed;
}

/** Only takes the ptes of a page away (page aging, migration): the next access faults. */
export function* unmapPage(mapping: AddressSpace, index: number): Proc {
  const folio = yield* mapping.lookup(index);
  if (folio === null || !(yield* folio.lock.tryAcquire())) return;
  if (folio.mapping === mapping) yield* unmapFolio(mapping, folio);
  yield* folio.lock.release();
}
