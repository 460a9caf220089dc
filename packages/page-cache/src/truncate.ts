/**
 * Removing folios: truncate and hole punch.
 *
 * Duty of the caller, asserted where the file system is converted: `i_rwsem` and `invalidate_lock` held exclusively, so that nobody adds
 * folios to the range until the block map says the new truth.
 */
import type { AddressSpace } from './address-space.ts';
import { assertInvalidateLock } from './assert-invalidate-lock.ts';
import type { Folio } from './folio.ts';
import type { Inode } from './inode.ts';
import type { Proc } from './machine.ts';
import { noteOperation } from './observe-operations.ts';
import { ZERO } from './tag.ts';
import { unmapFolio, unmapMappingPages } from './unmap.ts';
import { waitOnFolioWriteback } from './wait-writeback.ts';

/** `truncate_pagecache_range`: pages wholly inside [from, to) lose their ptes first, then the range is evicted. */
export function* truncatePagecacheRange(inode: Inode, from: number, to: number): Proc {
  const { pageSize } = inode.sb.engine.geometry;
  yield* unmapMappingPages(inode.mapping, Math.ceil(from / pageSize), Math.floor(to / pageSize) - 1, false);
  yield* truncateInodePagesRange(inode.mapping, from, to);
}

/** `truncate_pagecache`: everything from `size` on. Ptes go twice, for private copies made in between. */
export function* truncatePagecache(inode: Inode, size: number): Proc {
  const { mapping } = inode;
  const first = Math.ceil(size / inode.sb.engine.geometry.pageSize);
  const { geometry, rules } = inode.sb.engine;
  yield* unmapMappingPages(mapping, first, mapping.pages - 1, true);
  yield* truncateInodePagesRange(mapping, size, mapping.pages * geometry.pageSize);
  if (rules.bugs['truncate.unmapsOnce'] !== true) yield* unmapMappingPages(mapping, first, mapping.pages - 1, true);
}

/** `truncate_inode_pages_range`: bytes [from, to) leave the cache; a page covered in part stays, with the part zeroed. */
export function* truncateInodePagesRange(mapping: AddressSpace, from: number, to: number): Proc {
  assertCallersLocks(mapping);
  const { pageSize } = mapping.sb.engine.geometry;
  const first = Math.ceil(from / pageSize);
  const last = Math.min(Math.floor(to / pageSize), mapping.pages) - 1;
  if (first <= last) yield* truncateTrying(mapping, first, last);
  const head = Math.floor(from / pageSize);
  const tail = Math.floor(to / pageSize);
  const startsInside = from % pageSize !== 0;
  if (startsInside)
    yield* truncatePartial(mapping, head, from - head * pageSize, Math.min(to - head * pageSize, pageSize));
  if (to % pageSize !== 0 && (tail !== head || !startsInside))
    yield* truncatePartial(mapping, tail, 0, to - tail * pageSize);
  yield* truncateWaiting(mapping, first, last);
}

/**
 * `truncate_inode_pages_final`: everything leaves the cache of an inode that is being evicted. Nobody else can reach it, so it takes
 * neither i_rwsem nor invalidate_lock; only reads and writebacks under way may still have to end.
 */
export function* truncateInodePagesFinal(mapping: AddressSpace): Proc {
  yield* truncateTrying(mapping, 0, mapping.pages - 1);
  yield* truncateWaiting(mapping, 0, mapping.pages - 1);
}

function assertCallersLocks(mapping: AddressSpace): void {
  if (!mapping.host.fs.assertsInvalidateLock()) return;
  const { engine } = mapping.sb;
  engine.assertHeldWrite(mapping.host.iRwsem);
  assertInvalidateLock(mapping, true);
}

/** The first pass takes what is not locked at this moment; many folio locks at once are fine, since none is waited for. */
function* truncateTrying(mapping: AddressSpace, first: number, last: number): Proc {
  for (const folio of yield* mapping.lookupRange(first, last)) {
    if (!(yield* folio.lock.tryAcquire())) {
      yield* folio.put();
      continue;
    }
    const busy = yield* isUnderWriteback(folio);
    if (folio.mapping === mapping && !busy) yield* removeLocked(mapping, folio);
    yield* folio.unlockAndPut();
  }
}

function* isUnderWriteback(folio: Folio): Proc<boolean> {
  const { machine } = folio.sb.engine;
  return yield* machine.access([folio.state], [], `writeback ${folio.label}?`, () => folio.writeback !== null);
}

/** The second pass waits, until there is nothing left. */
function* truncateWaiting(mapping: AddressSpace, first: number, last: number): Proc {
  while (first <= last) {
    const folios = yield* mapping.lookupRange(first, last);
    if (folios.length === 0) break;
    for (const folio of folios) yield* truncateFolio(mapping, folio);
  }
}

/** Waits for the lock, and for writeback. */
function* truncateFolio(mapping: AddressSpace, folio: Folio): Proc {
  yield* folio.lock.acquire();
  if (folio.mapping === mapping) {
    yield* waitOnFolioWriteback(folio);
    yield* removeLocked(mapping, folio);
  }
  yield* folio.unlockAndPut();
}

/** Unmaps, forgets dirt, removes: whoever still has a reference keeps the bytes, but not a page of the file. */
function* removeLocked(mapping: AddressSpace, folio: Folio): Proc {
  const { machine } = folio.sb.engine;
  const mapped = yield* machine.access([folio.state], [], `mapped ${folio.label}?`, () => folio.mapcount > 0);
  if (mapped) yield* unmapFolio(mapping, folio);
  noteOperation('invalidate_folio', folio);
  folio.dirty = false;
  yield* mapping.remove(folio);
  noteOperation('free_folio', folio);
}

/** Zeroes part of a page that stays in the cache. Its blocks become no more uptodate by that. */
function* truncatePartial(mapping: AddressSpace, index: number, from: number, to: number): Proc {
  const folio = yield* mapping.lookup(index);
  if (folio === null) return;
  yield* folio.lock.acquire();
  if (folio.mapping === mapping) {
    yield* waitOnFolioWriteback(folio);
    const { machine, rules } = mapping.sb.engine;
    yield* machine.access([], [folio.state], `zero ${folio.label}[${from}..${to})`, () => {
      for (let i = from; i < to; i++) folio.data[i] = ZERO;
      forgetDirt(folio, from, to);
      if (rules.bugs['truncate.zeroedIsUptodate'] === true) markUptodate(folio, from, to);
    });
  }
  yield* folio.unlockAndPut();
}

/** `block_invalidate_folio` for part of one: blocks wholly inside are not dirty any more, and have no place on disk. */
function forgetDirt(folio: Folio, from: number, to: number): void {
  noteOperation('invalidate_folio', folio);
  const blockSize = folio.data.length / folio.buffers.length;
  for (const [b, buffer] of folio.buffers.entries()) {
    if (b * blockSize >= from && (b + 1) * blockSize <= to) {
      buffer.dirty = false;
      buffer.discarded = true;
    }
  }
}

function markUptodate(folio: Folio, from: number, to: number): void {
  const blockSize = folio.data.length / folio.buffers.length;
  for (const [b, buffer] of folio.buffers.entries()) {
    if (b * blockSize >= from && (b + 1) * blockSize <= to) buffer.uptodate = true;
  }
}
