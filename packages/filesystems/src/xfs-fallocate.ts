/**
 * Punch, zero, collapse, insert and unshare range of XFS: IOLOCK and MMAPLOCK over everything, whole pages written back and evicted, and a
 * transaction for each extent that moves.
 */
import {
  type Errno,
  filemapWriteAndWait,
  grabFolio,
  type Inode,
  type Proc,
  truncatePagecacheRange,
  UNINIT,
} from '@lockdep/page-cache';
import { checkInsert } from './ext4-fallocate.ts';
import { freeBlocks } from './free-blocks.ts';
import { allocateUnwritten } from './preallocate.ts';
import { flushRange } from './punch-hole.ts';
import { insertExtents, ShiftRequest, shiftExtentsOneByOne } from './shift-range.ts';
import type { XfsLike } from './xfs-like.ts';
import { zeroEdges } from './zero-blocks.ts';

/**
 * The range becomes a hole; pages that it covers in part are written back and evicted as a whole (`xfs_flush_unmap_range`). The locks of an
 * eviction are held. Source: `fs/xfs/xfs_bmap_util.c: xfs_free_file_space`.
 */
export function* xfsFreeFileSpace(fs: XfsLike, inode: Inode, from: number, to: number): Proc<Errno | null> {
  const { pageSize } = fs.engine.geometry;
  yield* flushRange(fs, inode, from, to);
  yield* truncatePagecacheRange(inode, Math.floor(from / pageSize) * pageSize, Math.ceil(to / pageSize) * pageSize);
  yield* fs.inTransaction(() => freeBlocks(fs, inode, from, to));
  return yield* zeroEdges(fs, inode, from, to);
}

/** A hole, then unwritten blocks in it. Source: `fs/xfs/xfs_file.c: xfs_falloc_zero_range`. */
export function* xfsZeroRange(
  fs: XfsLike,
  inode: Inode,
  from: number,
  to: number,
  keepSize: boolean,
): Proc<Errno | null> {
  const lock = yield* fs.lockForEviction(inode);
  let error = (yield* xfsFreeFileSpace(fs, inode, from, to)) ?? (yield* allocateUnwritten(fs, inode, from, to));
  if (error === null && !keepSize && to > inode.size) error = yield* fs.resize(inode, to);
  yield* fs.unlockAfterEviction(inode, lock);
  return error;
}

/** The size changes last, as a truncate. Source: `fs/xfs/xfs_file.c: xfs_falloc_collapse_range`. */
export function* xfsCollapseRange(fs: XfsLike, inode: Inode, from: number, to: number): Proc<Errno | null> {
  const lock = yield* fs.lockForEviction(inode);
  let error: Errno | null = to >= inode.size ? 'EINVAL' : null;
  if (error === null) {
    const { blockSize } = fs.engine.geometry;
    const size = inode.size - (to - from);
    const request = new ShiftRequest(fs, inode, size);
    yield* xfsFreeFileSpace(fs, inode, from, to);
    yield* prepareShift(fs, inode, from, () => request.move(to, from));
    yield* shiftExtentsOneByOne(fs, inode, to / blockSize, (from - to) / blockSize);
    // What has moved stays so when the page of the new end cannot be read: with the old size, and a hole at the end.
    error = yield* fs.resize(inode, size);
    request.end(error === null);
  }
  yield* fs.unlockAfterEviction(inode, lock);
  return error;
}

/** The size changes first. Source: `fs/xfs/xfs_file.c: xfs_falloc_insert_range`. */
export function* xfsInsertRange(fs: XfsLike, inode: Inode, from: number, to: number): Proc<Errno | null> {
  const lock = yield* fs.lockForEviction(inode);
  let error = checkInsert(fs, inode, from, to);
  if (error === null) {
    const { blockSize } = fs.engine.geometry;
    const size = inode.size + (to - from);
    const request = new ShiftRequest(fs, inode, size);
    error = yield* fs.resize(inode, size);
    if (error === null) {
      yield* prepareShift(fs, inode, from, () => request.move(from, to));
      yield* insertExtents(fs, inode, from / blockSize, (to - from) / blockSize);
      request.end();
    } else request.cancel();
  }
  yield* fs.unlockAfterEviction(inode, lock);
  return error;
}

/**
 * Nothing of the file is cached from one block in front of the range on: what is written back to that block could else be merged with what
 * moves. `moves` is told when nobody can store any more. Source: `fs/xfs/xfs_bmap_util.c: xfs_prepare_shift`.
 */
function* prepareShift(fs: XfsLike, inode: Inode, from: number, moves: () => void): Proc {
  const { blockSize, pageSize, filePages } = fs.engine.geometry;
  const before = fs.engine.rules.bugs['xfs.insertFlushesBlockBefore'] === false ? 0 : blockSize;
  const page = fs.engine.pageOf(Math.max(0, from - before));
  yield* filemapWriteAndWait(inode, page);
  moves();
  yield* truncatePagecacheRange(inode, page * pageSize, filePages * pageSize);
}

/**
 * Makes every shared block dirty, so that writeback copies it; then blocks for the holes. Source:
 * `fs/xfs/xfs_file.c: xfs_falloc_unshare_range`, `fs/iomap/buffered-io.c: iomap_file_unshare`.
 */
export function* xfsUnshareRange(
  fs: XfsLike,
  inode: Inode,
  from: number,
  to: number,
  keepSize: boolean,
): Proc<Errno | null> {
  const { blockSize } = fs.engine.geometry;
  const lock = yield* fs.lockForEviction(inode);
  const end = Math.min(to, inode.size);
  let error: Errno | null = null;
  for (let index = Math.floor(from / blockSize); error === null && index * blockSize < end; index++) {
    error = yield* unshareBlock(fs, inode, index);
  }
  if (from < end) yield* flushRange(fs, inode, from, end);
  error ??= yield* allocateUnwritten(fs, inode, from, to);
  if (error === null && !keepSize && to > inode.size) error = yield* fs.resize(inode, to);
  yield* fs.unlockAfterEviction(inode, lock);
  return error;
}

/** Overwrites a shared block with what it holds, which has to be read for that. */
function* unshareBlock(fs: XfsLike, inode: Inode, index: number): Proc<Errno | null> {
  const { blockSize } = fs.engine.geometry;
  const [extent] = yield* fs.lookupBlocks(inode, [index]);
  if (extent?.state !== 'mapped' || extent.shared !== true) return null;
  const fresh: number[] = [];
  const error = yield* fs.prepareBlock(inode, index, fresh);
  if (error !== null) return error;
  const folio = yield* grabFolio(inode.mapping, fs.engine.pageOf(index * blockSize));
  if (folio === null) {
    yield* fs.undoZeroing(inode, fresh);
    return 'ENOMEM';
  }
  const b = index - folio.start / blockSize;
  const buffer = folio.buffers[b]!;
  if (!buffer.uptodate && fs.engine.rules.bugs['iomap.unshareReads'] !== false) {
    const done = yield* fs.device.submitReadLocked(folio, [{ buffer: b, block: extent.block }]);
    yield* done.wait();
    if (!buffer.uptodate) {
      yield* folio.unlockAndPut();
      yield* fs.undoZeroing(inode, fresh);
      return 'EIO';
    }
  }
  yield* fs.engine.machine.access([], [folio.state], `unshare ${folio.label} block ${b}`, () => {
    if (!buffer.uptodate) folio.data.fill(UNINIT, b * blockSize, (b + 1) * blockSize);
    buffer.uptodate = true;
    buffer.dirty = true;
    buffer.discarded = false;
    folio.dirty = true;
  });
  yield* folio.unlockAndPut();
  return null;
}
