/** The end of a mounted file system: everything is written, every inode leaves memory, and the file system puts what is its own. */
import type { Errno, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

/**
 * `EBUSY` when an inode has users, `EINVAL` when it is unmounted already. All of it under `s_umount`, exclusive, so that no flusher is at work. An inode
 * that gets users meanwhile stays, which is a finding. Source: `fs/super.c: generic_shutdown_super`.
 */
export function* shutdownSuper(fs: BlockFileSystem): Proc<Errno | null> {
  const { sb, icache, engine } = fs;
  if (yield* icache.isBusy()) return 'EBUSY';
  yield* sb.sUmount.downWrite();
  const wasActive = sb.isActive;
  if (wasActive) {
    yield* fs.syncFs();
    sb.isActive = false;
    for (const file of yield* icache.evictAll()) {
      const message = `${file} has users when ${sb.name} is unmounted`;
      engine.oracle.add({ kind: 'leak', via: 'end', file, offset: 0, saw: 'users', message });
    }
    yield* fs.putSuper();
  }
  yield* sb.sUmount.upWrite();
  return wasActive ? null : 'EINVAL';
}
