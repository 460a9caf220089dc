/** Taking blocks away from a file: the map first, under its lock, then each block goes back to the allocator. */
import type { Inode, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { type BlockMap, isReserved } from './block-map.ts';

/** Frees the blocks wholly inside [from, to). */
export function* freeBlocks(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc {
  const { blockSize } = fs.engine.geometry;
  yield* fs.changeMap(inode, (map) =>
    removeExtents(fs, inode, map, Math.ceil(from / blockSize), Math.floor(to / blockSize)),
  );
}

/** Frees every block wholly behind the end; the size on disk becomes `diskSize`, by default no larger than the end. */
export function* freeBehind(fs: BlockFileSystem, inode: Inode, size: number, diskSize?: number): Proc {
  const { blockSize } = fs.engine.geometry;
  yield* fs.changeMap(inode, function* (map) {
    const onDisk = fs.info(inode).diskSize;
    yield* onDisk.write(diskSize ?? Math.min(onDisk.value, size));
    yield* removeExtents(fs, inode, map, Math.ceil(size / blockSize), Number.POSITIVE_INFINITY);
  });
}

/** Places first … end - 1 become holes; the map lock is held. */
export function* removeExtents(fs: BlockFileSystem, inode: Inode, map: BlockMap, first: number, end: number): Proc {
  for (const [index, extent] of map.range(first, end)) {
    map.delete(index);
    if (isReserved(extent)) yield* fs.allocator.unreserve();
    if (extent.state !== 'delayed') yield* fs.allocator.release(extent.block, inode, index);
  }
}
