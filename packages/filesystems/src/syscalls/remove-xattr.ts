/** `removexattr(2)` of a large attribute. A system call is kernel code run by a task. */
import type { Inode, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { evictAttributes } from '../evict-inode.ts';

/** `removexattr` of an attribute in an inode of its own, which nobody else refers to. Source: `fs/ext4/xattr.c: ext4_xattr_set`. */
export function* removeXattr(fs: BlockFileSystem, attribute: Inode): Proc {
  const isEarly = fs.engine.rules.bugs['ext4.putsEaInodeInTransaction'] === true;
  yield* fs.sb.writers.acquireRead();
  yield* fs.inTransaction(function* () {
    if (isEarly) yield* evictAttributes(fs, [attribute]);
  });
  if (!isEarly) yield* evictAttributes(fs, [attribute]);
  yield* fs.sb.writers.releaseRead();
}
