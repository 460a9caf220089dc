/**
 * Multi-mount protection: a block of the disk that says who has the file system mounted, written when that changes and every few seconds after.
 *
 * A frozen file system must not be written to, so the thread that writes the block takes freeze protection. Who mounts has `s_umount`, which
 * comes after freeze protection, and writes the block without. Of all that, the locks alone are modelled.
 */
import type { Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

/** `mount(2)` with `MS_REMOUNT`. Source: `fs/ext4/mmp.c: ext4_multi_mount_protect`, `write_mmp_block_thawed`. */
export function* remount(fs: BlockFileSystem): Proc {
  const { sUmount } = fs.sb;
  yield* sUmount.downWrite();
  if (fs.engine.rules.bugs['ext4.mmpTakesFreezeProtection'] === true) yield* writeMmpBlock(fs);
  yield* sUmount.upWrite();
}

/** `write_mmp_block`, as `kmmpd` calls it. */
export function* writeMmpBlock(fs: BlockFileSystem): Proc {
  yield* fs.sb.writers.acquireRead();
  yield* fs.sb.writers.releaseRead();
}

/** `quotactl_fd(2)`: something that is written, under `s_umount` shared. Source: `fs/quota/quota.c`. */
export function* quotactl(fs: BlockFileSystem): Proc {
  yield* fs.sb.writers.acquireRead();
  yield* fs.sb.sUmount.downRead();
  yield* fs.sb.sUmount.upRead();
  yield* fs.sb.writers.releaseRead();
}
