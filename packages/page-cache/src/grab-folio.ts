/** `__filemap_get_folio(FGP_LOCK | FGP_CREAT)`: the folio at an index, locked, in the cache, with a reference; made when there is none. */
import type { AddressSpace } from './address-space.ts';
import { allocPages } from './alloc-pages.ts';
import { Folio } from './folio.ts';
import type { Proc } from './machine.ts';

/**
 * The folio at a page index, locked, cached and with a reference; a new one is not uptodate. Waits for its lock. Null: no memory.
 *
 * Source: `mm/filemap.c: __filemap_get_folio` with `FGP_LOCK | FGP_CREAT`.
 */
export function* grabFolio(mapping: AddressSpace, index: number): Proc<Folio | null> {
  for (;;) {
    const found = yield* lockFolioAt(mapping, index);
    if (found !== null) return found;
    yield* allocPages(mapping.sb.engine, mapping.gfpMask);
    if (yield* mapping.sb.engine.faults.fails('allocation', `page ${index} of ${mapping.host.name}`)) return null;
    const folio = new Folio(mapping, index);
    yield* folio.lock.tryAcquire();
    if (yield* mapping.add(folio)) return folio;
    yield* folio.unlockAndPut();
  }
}

/** `filemap_lock_folio`: the cached folio, locked, with a reference; null when there is none. */
export function* lockFolioAt(mapping: AddressSpace, index: number): Proc<Folio | null> {
  for (;;) {
    const folio = yield* mapping.lookup(index);
    if (folio === null) return null;
    yield* folio.lock.acquire();
    if (folio.mapping === mapping) return folio;
    yield* folio.unlockAndPut();
  }
}

/** The cached folio, locked, with a reference; null when there is none or somebody else has locked it. */
export function* tryLockFolioAt(mapping: AddressSpace, index: number): Proc<Folio | null> {
  const folio = yield* mapping.lookup(index);
  if (folio === null) return null;
  if (yield* folio.lock.tryAcquire()) return folio;
  yield* folio.put();
  return null;
}
