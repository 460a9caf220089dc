/** Taking blocks away from a file: the map first, under its lock, then each block goes back to the allocator. */
import type { Inode, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

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

/** Frees every block wholly behind the end. */
export function* freeBehind(fs: BlockFileSystem, inode: Inode, size: number): Proc {
  const { blockSize, pageSize, filePages } = fs.engine.geometry;
  yield* freeBlocks(fs, inode, Math.ceil(size / blockSize) * blockSize, filePages * pageSize);
}
