/** `umount(2)`. A system call is kernel code run by a task. */
import type { Errno, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { shutdownSuper } from '../shutdown-super.ts';

/** `umount`: null, `EBUSY` while inodes have users ({@link InodeCache.get}), `EINVAL` when nothing is mounted. Source: `fs/namespace.c`. */
export function* umount(fs: BlockFileSystem): Proc<Errno | null> {
  return yield* shutdownSuper(fs);
}
