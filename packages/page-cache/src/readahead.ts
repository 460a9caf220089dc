/**
 * Readahead: brings runs of new folios into the cache and submits their reads, without waiting for them.
 *
 * `page_cache_ra_unbounded` is where invalidate_lock is held: from before the first folio is added until all reads are submitted.
 * Folios stay locked until their I/O ends. It holds many folio locks at once, in ascending index, which is safe since all are new.
 */
import { allocPages } from './alloc-pages.ts';
import { assertInvalidateLock } from './assert-invalidate-lock.ts';
import { Folio } from './folio.ts';
import {
  filemapInvalidateLockSharedKillable,
  filemapInvalidateTrylockShared,
  filemapInvalidateUnlockShared,
} from './invalidate-lock.ts';
import type { Kiocb } from './kiocb.ts';
import type { Proc } from './machine.ts';

/** A miss at `index`: reads `count` pages, and the window beyond them. */
export function* pageCacheSyncRa(kiocb: Kiocb, index: number, count: number): Proc {
  const ahead = kiocb.inode.sb.engine.readaheadPages;
  if (ahead < 0) return;
  kiocb.ra.start = index;
  kiocb.ra.size = count + ahead;
  yield* doPageCacheRa(kiocb, index, count + ahead, ahead);
}

/** A hit on the folio that was marked: starts the next window. */
export function* pageCacheAsyncRa(kiocb: Kiocb, folio: Folio): Proc {
  const { machine } = folio.sb.engine;
  const wasMarked = yield* machine.access([], [folio.state], `take the mark of ${folio.label}`, () => {
    const { readahead } = folio;
    folio.readahead = false;
    return readahead;
  });
  if (!wasMarked) return;
  const ahead = kiocb.inode.sb.engine.readaheadPages;
  if (ahead <= 0) return;
  kiocb.ra.start += kiocb.ra.size;
  kiocb.ra.size = ahead;
  yield* doPageCacheRa(kiocb, kiocb.ra.start, ahead, ahead);
}

/** Advice: exactly the range, whatever the file's state (`force_page_cache_ra`). */
export function* forcePageCacheRa(kiocb: Kiocb, index: number, count: number): Proc {
  yield* doPageCacheRa(kiocb, index, count, 0);
}

/** Cuts the window at the end of the file, which it reads without a lock. */
function* doPageCacheRa(kiocb: Kiocb, index: number, count: number, lookahead: number): Proc {
  const { engine } = kiocb.inode.sb;
  const size = yield* kiocb.inode.sizeRead();
  const pages = Math.min(count, Math.ceil(size / engine.geometry.pageSize) - index, kiocb.mapping.pages - index);
  if (pages <= 0) return;
  // In the latest kernel the callers take the lock, and page_cache_ra_unbounded asserts it; the nesting is the same.
  const { rules } = engine;
  const locks = rules.readersTakeInvalidateLock;
  if (locks) {
    if (kiocb.nowait && rules.bugs['readahead.nowaitTrylock'] === true) {
      if (!(yield* filemapInvalidateTrylockShared(kiocb.mapping))) return;
    } else {
      if (kiocb.nowait) reportSleep(kiocb, index);
      if (!(yield* filemapInvalidateLockSharedKillable(kiocb.mapping))) return;
    }
  }
  yield* pageCacheRaUnbounded(kiocb, index, pages, lookahead, locks);
}

/** Readahead for who holds invalidate_lock already, as the readahead of a page may read others first (the hashes of fs-verity). */
export function* pageCacheRaLocked(kiocb: Kiocb, index: number, pages: number): Proc {
  const { engine } = kiocb.inode.sb;
  if (engine.rules.readersTakeInvalidateLock) assertInvalidateLock(kiocb.mapping, false);
  yield* pageCacheRaUnbounded(kiocb, index, pages, 0, false);
}

function* pageCacheRaUnbounded(kiocb: Kiocb, index: number, pages: number, lookahead: number, locked: boolean): Proc {
  const { mapping } = kiocb;
  const { engine } = mapping.sb;
  if (locked && engine.rules.profile === 'latest') assertInvalidateLock(mapping, false);
  // Folios that are locked and in the cache already: reclaim must not come back for them through the file system.
  const nofs = engine.memory.nofsSave();
  const batch: Folio[] = [];
  for (let i = 0; i < pages; i++) {
    yield* allocPages(engine, mapping.gfpMask);
    if (yield* engine.faults.fails('allocation', `page ${index + i} of ${mapping.host.name}`)) break;
    const folio = new Folio(mapping, index + i);
    yield* folio.lock.tryAcquire();
    if (yield* mapping.add(folio)) {
      if (lookahead > 0 && i === pages - lookahead) folio.readahead = true;
      // Locked and in the cache it stays without this reference.
      folio.drop();
      batch.push(folio);
    } else yield* folio.unlockAndPut();
  }
  const drops = locked && engine.rules.dropAfterAdd === 'all';
  if (drops) yield* filemapInvalidateUnlockShared(mapping);
  if (batch.length > 0) yield* mapping.host.fs.readahead(mapping, batch);
  engine.memory.nofsRestore(nofs);
  if (locked && !drops) yield* filemapInvalidateUnlockShared(mapping);
}

/** Known and documented: a read that must not sleep may sleep here. */
function reportSleep(kiocb: Kiocb, index: number): void {
  const { oracle, geometry } = kiocb.inode.sb.engine;
  const message = 'a NOWAIT read may sleep for invalidate_lock in readahead';
  const offset = index * geometry.pageSize;
  oracle.add({ kind: 'nowait-violation', via: 'read', file: kiocb.inode.name, offset, saw: 'sleep', message });
}
