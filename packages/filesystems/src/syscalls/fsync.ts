/** `fsync(2)`. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import type { Inode, Proc } from '@lockdep/page-cache';

/** `fsync`: returns when all dirty pages of the file are on disk. Source: `fs/sync.c: vfs_fsync`. */
export function* fsync(inode: Inode): Proc {
  yield* inode.fs.fsync(inode);
}
