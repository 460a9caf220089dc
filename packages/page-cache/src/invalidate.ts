/**
 * Dropping clean cache, which unlike truncate keeps every byte: what is dirty stays.
 *
 * `invalidate_mapping_pages` never waits, and leaves what is used too; `invalidate_inode_pages2_range` waits for locks and writeback, and says
 * when something stayed.
 */
import type { AddressSpace } from './address-space.ts';
import type { Errno } from './errno.ts';
import type { Folio } from './folio.ts';
import { tryLockFolioAt } from './grab-folio.ts';
import type { Inode } from './inode.ts';
import { filemapInvalidateLock, filemapInvalidateUnlock } from './invalidate-lock.ts';
import type { Proc } from './machine.ts';
import { unmapFolio, unmapMappingPages } from './unmap.ts';
import { waitOnFolioWriteback } from './wait-writeback.ts';
import { writeCachePages } from './write-cache-pages.ts';

/** `invalidate_mapping_pages` (`POSIX_FADV_DONTNEED`): pages first … last that nobody uses; answers how many went. */
export function* invalidateMappingPages(mapping: AddressSpace, first: number, last: number): Proc<number> {
  let count = 0;
  for (let index = first; index <= last; index++) {
    const folio = yield* tryLockFolioAt(mapping, index);
    if (folio === null) continue;
    const { machine } = folio.sb.engine;
    const isIdle = yield* machine.access([folio.state], [], `idle ${folio.label}?`, () => {
      return folio.mapcount === 0 && !folio.dirty && folio.writeback === null;
    });
    if (folio.mapping === mapping && isIdle && (yield* mapping.removeUnused(folio))) count++;
    yield* folio.unlockAndPut();
  }
  return count;
}

/** `invalidate_inode_pages2_range`: all of pages first … last; `EBUSY` when one is dirty. Who has a reference keeps a page of nobody. */
export function* invalidateInodePages2Range(mapping: AddressSpace, first: number, last: number): Proc<Errno | null> {
  let error: Errno | null = null;
  for (const folio of yield* mapping.lookupRange(first, last)) {
    yield* folio.lock.acquire();
    if (folio.mapping === mapping) {
      yield* waitOnFolioWriteback(folio);
      if (yield* isMapped(folio)) yield* unmapFolio(mapping, folio);
      if (!(yield* mapping.removeClean(folio))) error = 'EBUSY';
    }
    yield* folio.unlockAndPut();
  }
  return error;
}

/** `filemap_invalidate_inode` (since v6.10): takes invalidate_lock itself; `flush` writes what is dirty first. */
export function* filemapInvalidateInode(inode: Inode, flush: boolean, first: number, last: number): Proc {
  const { mapping } = inode;
  yield* filemapInvalidateLock(mapping);
  yield* unmapMappingPages(mapping, first, last, false);
  if (flush) yield* writeCachePages(inode, first, last);
  yield* invalidateInodePages2Range(mapping, first, last);
  yield* filemapInvalidateUnlock(mapping);
}

function* isMapped(folio: Folio): Proc<boolean> {
  const { machine } = folio.sb.engine;
  return yield* machine.access([folio.state], [], `mapped ${folio.label}?`, () => folio.mapcount > 0);
}
