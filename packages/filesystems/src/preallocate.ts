/** `fallocate(0)`: blocks for a range, unwritten, so that it reads as zeroes; what was only reserved gets its block now. */
import type { Errno, Inode, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { removeExtents } from './free-blocks.ts';

/** Gives every place of bytes [from, to) a block, in one transaction; `ENOSPC` leaves what it got. */
export function* allocateUnwritten(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc<Errno | null> {
  const { blockSize } = fs.engine.geometry;
  const allocate = () =>
    fs.changeMap(inode, function* (map): Proc<Errno | null> {
      for (let index = Math.floor(from / blockSize); index * blockSize < to; index++) {
        const extent = map.get(index);
        if (extent !== undefined && extent.state !== 'delayed') continue;
        const block = yield* fs.allocator.allocate(inode, index, extent?.state === 'delayed');
        if (block < 0) return 'ENOSPC';
        map.set(index, { state: 'unwritten', block });
      }
      return null;
    });
  return yield* fs.inTransaction(allocate);
}

/** The same for whole blocks that hold data already, which they lose (`EXT4_GET_BLOCKS_CONVERT_UNWRITTEN`). */
export function* convertToUnwritten(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc<Errno | null> {
  const { blockSize } = fs.engine.geometry;
  const convert = () =>
    fs.changeMap(inode, function* (map): Proc {
      for (const [index, extent] of map.range(from / blockSize, to / blockSize)) {
        if (extent.state === 'mapped' && extent.shared !== true)
          map.set(index, { state: 'unwritten', block: extent.block });
        else if (extent.state === 'mapped') yield* removeExtents(fs, inode, map, index, index + 1);
      }
    });
  yield* fs.inTransaction(convert);
  return yield* allocateUnwritten(fs, inode, from, to);
}
