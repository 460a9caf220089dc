/**
 * An inode leaves memory (`evict`). Its pages go without i_rwsem and invalidate_lock, since nobody can reach it any more: that is what
 * lets reclaim evict inodes for an allocation under the invalidate_lock of another.
 */
import { asOperation, filemapWriteAndWait, type Inode, type Proc, truncateInodePagesFinal } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { freeBehind } from './free-blocks.ts';

/**
 * Duty of the caller: no users, and nobody finds it (`I_FREEING`). A file that still has a name is written first (`write_inode_now`);
 * one that has none loses its blocks, in a transaction. `attributes`: inodes of its large extended attributes (`ea_inode`), which go with it, when
 * the transaction is over and freeze protection dropped: both are taken anew for each. Source: `fs/inode.c: evict`, `fs/ext4/inode.c: ext4_evict_inode`.
 */
export function* evictInode(
  fs: BlockFileSystem,
  inode: Inode,
  name: 'linked' | 'unlinked',
  attributes: readonly Inode[] = [],
): Proc {
  if (name === 'linked') yield* filemapWriteAndWait(inode);
  yield* asOperation('evict_inode', [inode], () =>
    name === 'linked' ? truncateInodePagesFinal(inode.mapping) : evictBlocks(fs, inode, attributes),
  );
}

function* evictBlocks(fs: BlockFileSystem, inode: Inode, attributes: readonly Inode[]): Proc {
  // Where a transaction is what takes level 3, that is soon enough.
  const takesInternal = fs.transactionLock !== fs.sb.internal;
  if (takesInternal) yield* fs.sb.internal.acquireRead();
  yield* truncateInodePagesFinal(inode.mapping);
  const isEarly = fs.engine.rules.bugs['ext4.putsEaInodeInTransaction'] === true;
  yield* fs.inTransaction(function* () {
    yield* freeBehind(fs, inode, 0);
    if (isEarly) yield* evictAttributes(fs, attributes);
  });
  if (takesInternal) yield* fs.sb.internal.releaseRead();
  if (!isEarly) yield* evictAttributes(fs, attributes);
}

/** The last references to these inodes are put. */
export function* evictAttributes(fs: BlockFileSystem, attributes: readonly Inode[]): Proc {
  for (const attribute of attributes) yield* evictInode(fs, attribute, 'unlinked');
}
