/**
 * Zero, collapse and insert range of ext4: `i_rwsem`, then the eviction lock; what is moved is written and evicted with both held, since
 * whatever is written or stored between a flush and the locks would be thrown away.
 */
import {
  type Errno,
  filemapWriteAndWait,
  type Inode,
  type Proc,
  pagecacheIsizeExtended,
  truncatePagecache,
  truncatePagecacheRange,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import type { Ext4Like } from './ext4-like.ts';
import { removeExtents } from './free-blocks.ts';
import { convertToUnwritten } from './preallocate.ts';
import { mkcleanBoundaries } from './punch-hole.ts';
import { ShiftRequest, shiftExtents } from './shift-range.ts';
import { zeroEdges } from './zero-blocks.ts';

/**
 * Blocks for the whole range, then, with the eviction lock, its whole blocks leave the cache and become unwritten; the edges are zeroed
 * in the cache. Source: `fs/ext4/extents.c: ext4_zero_range`.
 */
export function* ext4ZeroRange(
  fs: Ext4Like,
  inode: Inode,
  from: number,
  to: number,
  keepSize: boolean,
): Proc<Errno | null> {
  const { blockSize } = fs.engine.geometry;
  const [first, last] = [Math.ceil(from / blockSize) * blockSize, Math.floor(to / blockSize) * blockSize];
  const lock = yield* fs.lockForEviction(inode);
  let error: Errno | null = null;
  if (first !== from || last !== to) error = yield* fs.allocateUnwritten(inode, from, to);
  if (error === null && first < last) {
    yield* fs.publishBeforePunch(inode);
    if (fs.engine.rules.boundaryMkclean) yield* mkcleanBoundaries(fs, inode, first, last);
    yield* truncatePagecacheRange(inode, first, last);
    error = yield* convertToUnwritten(fs, inode, first, last);
  }
  if (error === null) {
    if (!keepSize && to > inode.size) {
      const old = inode.size;
      yield* fs.zeroOldEnd(inode);
      yield* fs.inTransaction(() => fs.publishSize(inode, to));
      yield* pagecacheIsizeExtended(inode, old, to);
    }
    error = yield* zeroEdges(fs, inode, from, to);
  }
  yield* fs.unlockAfterEviction(inode, lock);
  return error;
}

/** The size changes last, with the map. Source: `fs/ext4/extents.c: ext4_collapse_range`. */
export function* ext4CollapseRange(fs: Ext4Like, inode: Inode, from: number, to: number): Proc<Errno | null> {
  if (flushesBeforeLocks(fs)) yield* filemapWriteAndWait(inode, fs.engine.pageOf(from));
  const lock = yield* fs.lockForEviction(inode);
  const error = to >= inode.size ? 'EINVAL' : null;
  if (error === null) yield* collapse(fs, inode, from, to);
  yield* fs.unlockAfterEviction(inode, lock);
  return error;
}

function* collapse(fs: Ext4Like, inode: Inode, from: number, to: number): Proc {
  const { pageSize, blockSize } = fs.engine.geometry;
  const size = inode.size - (to - from);
  const request = new ShiftRequest(fs, inode, size);
  const page = fs.engine.pageOf(from);
  if (!flushesBeforeLocks(fs)) {
    // What is in front of the range in its first page, and what will move. The range itself need not be written.
    if (from % pageSize !== 0) yield* filemapWriteAndWait(inode, page, page);
    yield* filemapWriteAndWait(inode, fs.engine.pageOf(to));
  }
  request.move(to, from);
  yield* truncatePagecache(inode, page * pageSize);
  const [first, end] = [from / blockSize, to / blockSize];
  const { diskSize } = fs.info(inode);
  yield* fs.inTransaction(() =>
    fs.changeMap(inode, function* (map) {
      yield* removeExtents(fs, inode, map, first, end);
      yield* shiftExtents(fs, inode, map, end, first - end);
      yield* inode.sizeWrite(size);
      yield* diskSize.write(size);
    }),
  );
  request.end();
}

/** The size changes first: in between, nothing lies behind the end. Source: `fs/ext4/extents.c: ext4_insert_range`. */
export function* ext4InsertRange(fs: Ext4Like, inode: Inode, from: number, to: number): Proc<Errno | null> {
  if (flushesBeforeLocks(fs)) yield* filemapWriteAndWait(inode, fs.engine.pageOf(from));
  const lock = yield* fs.lockForEviction(inode);
  const error = checkInsert(fs, inode, from, to);
  if (error === null) yield* insert(fs, inode, from, to);
  yield* fs.unlockAfterEviction(inode, lock);
  return error;
}

/** Only within the file, and not beyond the largest size. */
export function checkInsert(fs: BlockFileSystem, inode: Inode, from: number, to: number): Errno | null {
  const { filePages, pageSize } = fs.engine.geometry;
  if (inode.size + (to - from) > filePages * pageSize) return 'EFBIG';
  return from >= inode.size ? 'EINVAL' : null;
}

function* insert(fs: Ext4Like, inode: Inode, from: number, to: number): Proc {
  const { pageSize, blockSize } = fs.engine.geometry;
  const size = inode.size + (to - from);
  const request = new ShiftRequest(fs, inode, size);
  const page = fs.engine.pageOf(from);
  if (!flushesBeforeLocks(fs)) yield* filemapWriteAndWait(inode, page);
  request.move(from, to);
  yield* truncatePagecache(inode, page * pageSize);
  const [first, end] = [from / blockSize, to / blockSize];
  yield* fs.inTransaction(function* () {
    yield* fs.publishSize(inode, size);
    yield* fs.changeMap(inode, (map) => shiftExtents(fs, inode, map, first, end - first));
  });
  request.end();
}

function flushesBeforeLocks(fs: Ext4Like): boolean {
  return fs.engine.rules.bugs['ext4.flushBeforeLocks'] === true;
}
