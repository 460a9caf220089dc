/**
 * The AGI buffers of an XFS-like file system, one an allocation group, and the rename that needs two: it gives the whiteout a name and takes
 * the last one from the target. A buffer is held until its transaction ends. Order: ascending group.
 */
import { type Lock, LockKey } from '@lockdep/core';
import { Mutex } from '@lockdep/locks';
import { type Inode, type Proc, vfsRename } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

const groupOf = new WeakMap<Lock, number>();

const agi = new LockKey({
  name: 'xfs_agi_buffer',
  kind: 'mutex',
  compare: (held, wanted) => (groupOf.get(held) ?? 0) - (groupOf.get(wanted) ?? 0),
});

/** One lock a group. Make at setup. */
export class AgiBuffers {
  readonly fs: BlockFileSystem;
  readonly #locks: readonly Mutex[];

  constructor(fs: BlockFileSystem, groups: number) {
    const { validator } = fs.engine;
    this.fs = fs;
    this.#locks = Array.from({ length: groups }, (_, group) => {
      const lock = new Mutex({ key: agi, label: `AGI(${group})`, validator });
      if (lock.instance !== null) groupOf.set(lock.instance, group);
      return lock;
    });
  }

  /** Takes those of two groups, exclusively (`xfs_read_agi`), until {@link release}. */
  *acquire(whiteout: number, target: number): Proc {
    const isSorted = this.fs.engine.rules.bugs['xfs.agiOrder'] !== 'argument';
    const groups = isSorted && whiteout > target ? [target, whiteout] : [whiteout, target];
    for (const group of new Set(groups)) yield* this.#locks[group]!.acquire();
  }

  *release(whiteout: number, target: number): Proc {
    for (const group of new Set([whiteout, target])) yield* this.#locks[group]!.release();
  }
}

/** `renameat2(RENAME_WHITEOUT)` over the last link of `target`, within a directory; the groups are those of whiteout and target. */
export function* renameWhiteout(
  buffers: AgiBuffers,
  directory: Inode,
  source: Inode,
  target: Inode,
  groups: readonly [whiteout: number, target: number],
): Proc {
  const { fs } = buffers;
  yield* fs.sb.writers.acquireRead();
  yield* vfsRename(directory, directory, source, target, () =>
    fs.inTransaction(function* () {
      yield* buffers.acquire(...groups);
      yield* buffers.release(...groups);
    }),
  );
  yield* fs.sb.writers.releaseRead();
}
