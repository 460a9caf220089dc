/** `fallocate(0)`: blocks for a range, unwritten, so that it reads as zeroes; what was only reserved gets its block now. */
import type { Errno, Inode, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

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
