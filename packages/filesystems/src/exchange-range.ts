/**
 * `XFS_IOC_EXCHANGE_RANGE` (v6.10): two ranges of whole blocks change places, block by block, without a byte being copied. Locks as for
 * sharing blocks, see {@link lockBoth}; the two may be one file.
 */
import type { RwSemaphore } from '@lockdep/locks';
import {
  type Errno,
  filemapWriteAndWait,
  type Inode,
  inodeDioWait,
  lockPair,
  type Proc,
  truncatePagecacheRange,
  unlockPair,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import type { BlockMap, Extent } from './block-map.ts';
import type { RemapRange } from './remap-bytes.ts';
import { lockBoth, unlockBoth } from './remap-file-range.ts';

/** Duty of the caller: freeze protection held. Source: `fs/xfs/xfs_exchrange.c: xfs_exchange_range_prep`, `xfs_exchrange_mappings`. */
export function* exchangeBlocks(fs: BlockFileSystem, a: Inode, b: Inode, range: RemapRange): Proc<Errno | null> {
  if (!fs.canExchange) return 'EOPNOTSUPP';
  yield* lockBoth(fs, a, b, 'clone');
  const error = checkRange(fs, a, b, range);
  if (error === null && range.count > 0) yield* exchangeLocked(fs, a, b, range);
  yield* unlockBoth(fs, a, b);
  return error;
}

/** Whole blocks inside of both files, and no overlap. */
function checkRange(fs: BlockFileSystem, a: Inode, b: Inode, { from, to, count }: RemapRange): Errno | null {
  const { blockSize } = fs.engine.geometry;
  if ([from, to, count].some((number) => number < 0 || number % blockSize !== 0)) return 'EINVAL';
  if (from + count > a.size || to + count > b.size) return 'EINVAL';
  return a === b && Math.abs(from - to) < count ? 'EINVAL' : null;
}

function* exchangeLocked(fs: BlockFileSystem, a: Inode, b: Inode, { from, to, count }: RemapRange): Proc {
  const { oracle, geometry } = fs.engine;
  const { pageSize, blockSize } = geometry;
  const sides = [
    { inode: a, first: fs.engine.pageOf(from), last: fs.engine.pageOf(from + count - 1) },
    { inode: b, first: fs.engine.pageOf(to), last: fs.engine.pageOf(to + count - 1) },
  ];
  for (const inode of new Set([a, b])) yield* inodeDioWait(inode);
  for (const { inode, first, last } of sides) yield* filemapWriteAndWait(inode, first, last);
  // One moment for both: each gets what the other has held until now.
  const time = oracle.tick();
  const [fileA, fileB] = [oracle.file(a.name), oracle.file(b.name)];
  const moved = [fileB.copy(fileA, from, to, count, time), fileA.copy(fileB, to, from, count, time)];
  for (const { inode, first, last } of sides) {
    yield* truncatePagecacheRange(inode, first * pageSize, (last + 1) * pageSize);
  }
  for (let at = 0; at < count; at += blockSize) {
    yield* fs.inTransaction(() => exchangeBlock(fs, a, (from + at) / blockSize, b, (to + at) / blockSize));
  }
  const end = oracle.tick();
  for (const write of moved) write.end(end);
}

/** The extents of two places change places. A transaction runs. */
function* exchangeBlock(fs: BlockFileSystem, a: Inode, atA: number, b: Inode, atB: number): Proc {
  const mapLockOf = (inode: Inode): RwSemaphore => fs.info(inode).mapLock;
  yield* lockPair(a, b, 'ino', mapLockOf);
  const [mapA, mapB] = [fs.info(a).map, fs.info(b).map];
  const [extentA, extentB] = [mapA.get(atA), mapB.get(atB)];
  // Of one shared block there is nothing to exchange, and who owns it could not be told from who did.
  if (blockOf(extentA) !== blockOf(extentB) || blockOf(extentA) === null) {
    put(mapB, atB, extentA);
    put(mapA, atA, extentB);
    yield* give(fs, extentA, a, atA, b, atB);
    yield* give(fs, extentB, b, atB, a, atA);
  }
  yield* unlockPair(a, b, mapLockOf);
}

function blockOf(extent: Extent | undefined): number | null {
  return extent === undefined || extent.state === 'delayed' ? null : extent.block;
}

function put(map: BlockMap, index: number, extent: Extent | undefined): void {
  if (extent === undefined) map.delete(index);
  else map.set(index, extent);
}

/** Claimed first: a block that nobody owns is free. */
function* give(
  fs: BlockFileSystem,
  extent: Extent | undefined,
  from: Inode,
  index: number,
  to: Inode,
  place: number,
): Proc {
  if (extent === undefined || extent.state === 'delayed') return;
  yield* fs.allocator.claim(extent.block, to, place);
  yield* fs.allocator.release(extent.block, from, index);
}
