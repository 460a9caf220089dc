/**
 * A file is about to get longer by something that begins behind its end: what has been stored past the end, through a mapping of the last
 * page, becomes zero before it becomes part of the file (generic/363).
 */
import type { Errno, Inode, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { flushRange } from './punch-hole.ts';
import { zeroTail } from './zero-blocks.ts';

/**
 * Zeroes the rest of the block that the end lies in. The latest XFS writes the page first, which zeroes all of it: zeroing skips blocks that
 * are not written yet, whatever is cached of them. Duty of the caller: `i_rwsem` exclusive.
 *
 * Source: `fs/xfs/xfs_file.c: xfs_file_write_checks`, `fs/iomap/buffered-io.c: iomap_zero_range` (v6.12); `fs/ext4/inode.c: ext4_setattr` (v6.13).
 */
export function* zeroOldEnd(fs: BlockFileSystem, inode: Inode): Proc<Errno | null> {
  const { size } = inode;
  if (size % fs.engine.geometry.pageSize === 0) return null;
  if (fs.zeroingSkipsUnwritten && fs.engine.rules.zeroingFlushes) yield* flushRange(fs, inode, size, size + 1);
  return yield* zeroTail(fs, inode, size);
}
