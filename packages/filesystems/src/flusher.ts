/** The flusher of a backing device: writes what is dirty in the background. A task for workloads to start. */
import { Completion } from '@lockdep/locks';
import { type Proc, writeCachePages } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

/** How much {@link flusher} does. */
export interface FlusherOptions {
  /** How often it goes over all inodes. Default 1. */
  readonly rounds?: number;
}

/**
 * Submits the dirty pages of every inode, and waits for no writeback; answers how many. Not at all while somebody mounts, unmounts or
 * freezes, since it only tries `s_umount`. Source: `fs/fs-writeback.c: wb_writeback`, `trylock_super`.
 */
export function* flusher(fs: BlockFileSystem, { rounds = 1 }: FlusherOptions = {}): Proc<number> {
  const { sb, icache } = fs;
  let submitted = 0;
  for (let round = 0; round < rounds; round++) {
    if (!(yield* sb.sUmount.tryDownRead())) continue;
    for (const name of sb.isActive ? icache.names : []) {
      const inode = yield* icache.beginSync(name);
      if (inode === null) continue;
      submitted += (yield* writeCachePages(inode, 0, inode.mapping.pages - 1, 'none')).length;
      yield* icache.endSync(name);
    }
    yield* sb.sUmount.upRead();
  }
  return submitted;
}

/** A flusher of its own, for one who waits until everything that was dirty has been written (`btrfs_start_delalloc_roots`). */
export function* flushSpace(fs: BlockFileSystem): Proc {
  const { machine } = fs.engine;
  const done = new Completion({ name: 'reservation', label: `reservation(${fs.sb.name})`, validator: null });
  yield* machine.start(`flush ${fs.sb.name}`, function* () {
    yield* flusher(fs);
    yield* done.completeAll();
  });
  yield* done.wait();
}
