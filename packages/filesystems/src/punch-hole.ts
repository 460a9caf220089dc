/**
 * `fallocate(FALLOC_FL_PUNCH_HOLE)`: evict, then free, with the eviction lock held over both. What lies between is the race of 2021.
 */
import { filemapWriteAndWait, type Inode, type Proc, truncatePagecacheRange } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

/** Everything that is done with `i_rwsem` and the eviction lock held: the range leaves the cache, then its blocks the file. */
export function* evictAndFree(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc {
  yield* truncatePagecacheRange(inode, from, to);
  yield* fs.inTransaction(() => freeBlocks(fs, inode, from, to));
}

/** Frees the blocks wholly inside [from, to). */
export function* freeBlocks(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc {
  const { blockSize } = fs.engine.geometry;
  const first = Math.ceil(from / blockSize);
  const end = Math.floor(to / blockSize);
  yield* fs.changeMap(inode, function* (map) {
    for (const [index, extent] of map.range(first, end)) {
      map.delete(index);
      if (extent.state !== 'delayed') yield* fs.allocator.release(extent.block, inode, index);
    }
  });
}

/** Writes what is dirty in the range, so that partly covered pages lose nothing. */
export function* flushRange(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc {
  yield* filemapWriteAndWait(inode, fs.engine.pageOf(from), fs.engine.pageOf(to - 1));
}
