/**
 * What a write(2) reserved and did not use is given back: past the end by a truncate, with the locks of a truncate; inside the file, where
 * blocks are reserved before the folio is locked, by taking those away that no dirty page needs.
 */
import {
  type Inode,
  lockFolioAt,
  type Proc,
  truncateInodePagesRange,
  truncatePagecacheRange,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { isReserved } from './block-map.ts';
import { freeBehind } from './free-blocks.ts';

/** Duty of the caller: `i_rwsem` exclusive. Source: `fs/ext4/truncate.h: ext4_truncate_failed_write`. */
export function* truncateFailedWrite(fs: BlockFileSystem, inode: Inode): Proc {
  const lock = fs.engine.rules.bugs['fs.errorPathTruncateLocks'] === false ? null : fs.evictLock(inode);
  const { filePages, pageSize } = fs.engine.geometry;
  if (lock !== null) yield* lock.downWrite();
  yield* truncateInodePagesRange(inode.mapping, inode.size, filePages * pageSize);
  yield* fs.inTransaction(() => freeBehind(fs, inode, inode.size));
  if (lock !== null) yield* lock.upWrite();
}

/**
 * Takes back reservations of a write that failed, but for those that a page made dirty through a mapping needs now. Behind the end nothing
 * needs any: no writeback goes there.
 *
 * Duty of the caller: `i_rwsem` exclusive. `holdsEvictLock`: the eviction lock too, so it is not taken again. Source:
 * `fs/xfs/xfs_iomap.c: xfs_buffered_write_delalloc_punch`.
 */
export function* punchFailedWrite(
  fs: BlockFileSystem,
  inode: Inode,
  fresh: readonly number[],
  holdsEvictLock: boolean,
): Proc {
  const how = fs.engine.rules.bugs['iomap.punchUnderInvalidateLock'];
  const lock = how === false || (holdsEvictLock && how !== 'recursive') ? null : fs.evictLock(inode);
  if (lock !== null) yield* lock.downWrite();
  for (const index of fresh) {
    if (how === false) yield* dropPages(fs, inode, index);
    else if (yield* isNeeded(fs, inode, index)) continue;
    yield* takeBack(fs, inode, index);
  }
  if (lock !== null) yield* lock.upWrite();
}

/** The way until v6.2: the page goes, as if nobody but this write could have made it. */
function* dropPages(fs: BlockFileSystem, inode: Inode, index: number): Proc {
  const { blockSize } = fs.engine.geometry;
  yield* truncatePagecacheRange(inode, index * blockSize, (index + 1) * blockSize);
}

function* isNeeded(fs: BlockFileSystem, inode: Inode, index: number): Proc<boolean> {
  const { blockSize } = fs.engine.geometry;
  if (index * blockSize >= inode.size) return false;
  const folio = yield* lockFolioAt(inode.mapping, fs.engine.pageOf(index * blockSize));
  if (folio === null) return false;
  const { dirty } = folio.buffers[index - folio.start / blockSize]!;
  yield* folio.unlockAndPut();
  return dirty;
}

/** Only what is still a promise: writeback may have made a block of it. */
function* takeBack(fs: BlockFileSystem, inode: Inode, index: number): Proc {
  yield* fs.changeMap(inode, function* (map) {
    const extent = map.get(index);
    if (!isReserved(extent)) return;
    if (extent?.state === 'mapped') map.set(index, { state: 'mapped', block: extent.block, shared: true });
    else map.delete(index);
    yield* fs.allocator.unreserve();
  });
}
