/**
 * `->page_mkwrite`: a page is about to become writable. Called with mmap_lock and no folio lock; answers with the folio locked and
 * checked, or with nothing locked.
 *
 * The file system locks out remapping of blocks under the page, by invalidate_lock or a lock of its own, if it has one.
 */
import type { Folio } from './folio.ts';
import type { Proc } from './machine.ts';
import type { Vma } from './vma.ts';
import { waitOnFolioWriteback } from './wait-writeback.ts';
import { dirtyBlocks, dirtyFolio } from './write-cache-pages.ts';

/**
 * How page_mkwrite ended. `LOCKED`: the folio is locked and dirty; `NOPAGE`: it is gone or past the end, look again; `SIGBUS`: no blocks to be had.
 */
export type MkwriteCode = 'LOCKED' | 'NOPAGE' | 'SIGBUS';

/**
 * Reserves blocks for a page that becomes writable, makes it dirty, and waits for its writeback.
 *
 * Duty of the caller: mmap_lock held, folio lock not. Source: `fs/buffer.c: block_page_mkwrite`, within `sb_start_pagefault`.
 */
export function* pageMkwrite(vma: Vma, folio: Folio): Proc<MkwriteCode> {
  const { inode } = vma;
  const { bugs } = inode.sb.engine.rules;
  const level = bugs['fs.mkwriteUsesStartWrite'] === true ? inode.sb.writers : inode.sb.pagefaults;
  yield* level.acquireRead();
  const lock = inode.fs.mkwriteLock(inode);
  const mode = lock === null ? null : yield* inode.fs.lockForMkwrite(inode, lock);
  const error = yield* inode.fs.prepareMkwrite(inode);
  const code = error === null ? yield* lockAndDirty(vma, folio) : 'SIGBUS';
  if (mode === 'exclusive') yield* lock!.upWrite();
  else if (mode === 'shared') yield* lock!.upRead();
  yield* level.releaseRead();
  return code;
}

/** Tried again while the disk is full and the file system can do something about that. */
function* lockAndDirty(vma: Vma, folio: Folio): Proc<MkwriteCode> {
  for (let times = 1; ; times++) {
    yield* folio.lock.acquire();
    const code = yield* checkAndDirty(vma, folio);
    if (code === 'LOCKED') return code;
    yield* folio.lock.release();
    if (code !== 'SIGBUS' || !(yield* vma.inode.fs.mayRetryAllocation(times))) return code;
  }
}

function* checkAndDirty(vma: Vma, folio: Folio): Proc<MkwriteCode> {
  const { inode } = vma;
  const { geometry } = inode.sb.engine;
  const size = yield* inode.sizeRead();
  if (folio.mapping !== inode.mapping || folio.start >= size) return 'NOPAGE';
  const end = Math.min(folio.start + geometry.pageSize, Math.ceil(size / geometry.blockSize) * geometry.blockSize);
  const fresh: number[] = [];
  const error = yield* inode.fs.reserveForMkwrite(inode, folio.start, end, fresh);
  if (error !== null) {
    // What it got before the disk was full has to be written, or nobody would ever give it back.
    if (fresh.length > 0) yield* dirtyBlocks(folio, fresh);
    return 'SIGBUS';
  }
  yield* dirtyFolio(folio);
  yield* waitOnFolioWriteback(folio);
  return 'LOCKED';
}
