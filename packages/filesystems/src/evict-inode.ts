/**
 * An inode leaves memory (`evict`). Its pages go without i_rwsem and invalidate_lock, since nobody can reach it any more: that is what
 * lets reclaim evict inodes for an allocation under the invalidate_lock of another.
 */
import { asOperation, filemapWriteAndWait, type Inode, type Proc, truncateInodePagesFinal } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { freeBehind } from './free-blocks.ts';

/**
 * Duty of the caller: no users, and nobody finds it (`I_FREEING`). A file that still has a name is written first (`write_inode_now`);
 * one that has none loses its blocks, in a transaction. Source: `fs/inode.c: evict`.
 */
export function* evictInode(fs: BlockFileSystem, inode: Inode, name: 'linked' | 'unlinked'): Proc {
  if (name === 'linked') yield* filemapWriteAndWait(inode);
  yield* asOperation('evict_inode', [inode], () =>
    name === 'linked' ? truncateInodePagesFinal(inode.mapping) : evictBlocks(fs, inode),
  );
}

function* evictBlocks(fs: BlockFileSystem, inode: Inode): Proc {
  // Where a transaction is what takes level 3, that is soon enough.
  const takesInternal = fs.transactionLock !== fs.sb.internal;
  if (takesInternal) yield* fs.sb.internal.acquireRead();
  yield* truncateInodePagesFinal(inode.mapping);
  yield* fs.inTransaction(() => freeBehind(fs, inode, 0));
  if (takesInternal) yield* fs.sb.internal.releaseRead();
}
