/** `fsync(2)`. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import type { Errno, Inode, Proc, WritebackErrorCursor } from '@lockdep/page-cache';

/**
 * `fsync`: returns when all dirty pages of the file are on disk; the error of writeback that failed since `opener` asked last.
 *
 * Source: `fs/sync.c: vfs_fsync`.
 */
export function* fsync(inode: Inode, opener?: WritebackErrorCursor): Proc<Errno | null> {
  yield* inode.fs.fsync(inode);
  return yield* inode.mapping.wbErr.check(opener);
}
