/**
 * `XFS_IREMAPPING` (since v6.8): a file whose blocks are being shared with another is locked shared only, so that it can be read meanwhile. Who
 * would write with a shared lock looks at the flag, and takes the lock exclusively instead, which waits for the end.
 *
 * Set with the locks held exclusively, cleared with them still held shared; looked at under either of them.
 */
import type { Act, Inode, Machine, Proc, Region } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

/** One per inode. */
export class RemapFlag {
  readonly #machine: Machine;
  readonly #region: Region;
  #isSet = false;

  constructor(machine: Machine, file: string) {
    this.#machine = machine;
    this.#region = machine.region(`IREMAPPING(${file})`);
  }

  /** For who holds the locks, in whichever mode: nobody else changes it. */
  get isSet(): boolean {
    return this.#isSet;
  }

  set(value: boolean): Act {
    return this.#machine.access([], [this.#region], `${value ? 'set' : 'clear'} ${this.#region.name}`, () => {
      this.#isSet = value;
    });
  }

  test(): Act<boolean> {
    return this.#machine.access([this.#region], [], `${this.#region.name}?`, () => this.#isSet);
  }
}

/** All is ready to share blocks: readers of the source may go on. Duty of the caller: all four locks held exclusively. */
export function* demoteSource(fs: BlockFileSystem, source: Inode, target: Inode): Proc {
  if (!fs.demotesSource || source === target) return;
  yield* fs.info(source).remapping.set(true);
  yield* fs.evictLock(source)!.downgradeWrite();
  yield* source.iRwsem.downgradeWrite();
}

/** Releases what {@link demoteSource} has left. Source: `fs/xfs/xfs_inode.c: xfs_iunlock2_remapping`. */
export function* unlockRemapping(fs: BlockFileSystem, source: Inode, target: Inode): Proc {
  yield* fs.info(source).remapping.set(false);
  yield* fs.evictLock(source)!.upRead();
  yield* fs.evictLock(target)!.upWrite();
  yield* source.iRwsem.upRead();
  yield* target.iRwsem.upWrite();
}
