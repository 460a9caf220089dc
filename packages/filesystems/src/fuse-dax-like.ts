/**
 * FUSE with DAX, as far as its locks go: a file needs one of a few ranges of shared memory before a page of it can be mapped, and a range
 * that is taken away from a file is taken under its invalidate_lock, exclusively.
 *
 * So a fault, which holds that lock shared, must not reclaim a range itself: it lets go, waits for one, and starts over.
 */
import { Completion, type RwSemaphore } from '@lockdep/locks';
import {
  type Engine,
  type FaultResult,
  FileSystemType,
  filemapInvalidateLock,
  filemapInvalidateLockShared,
  filemapInvalidateUnlock,
  filemapInvalidateUnlockShared,
  type Inode,
  type Proc,
  type Region,
  unmapMappingPages,
  type VmFault,
} from '@lockdep/page-cache';
import type { BlockFileSystemOptions } from './block-file-system.ts';
import { Ext4Like } from './ext4-like.ts';

const fuse = new FileSystemType('fuse');

/** All ranges are taken at first. Source: `fs/fuse/dax.c`. */
export class FuseDaxLike extends Ext4Like {
  readonly #region: Region;
  #free = 0;
  #waiting: Completion[] = [];

  constructor(engine: Engine, options: BlockFileSystemOptions = {}) {
    super(engine, options, fuse);
    this.#region = engine.machine.region('free dax ranges');
  }

  override *fault(vmf: VmFault): Proc<FaultResult> {
    const { inode } = vmf.vma;
    for (;;) {
      yield* filemapInvalidateLockShared(inode.mapping);
      const wait = yield* this.#take();
      if (wait !== null && this.engine.rules.bugs['fuse.inlineReclaimUnderFault'] === true)
        yield* this.freeRange(inode);
      yield* filemapInvalidateUnlockShared(inode.mapping);
      if (wait === null) return yield* super.fault(vmf);
      yield* wait.wait();
    }
  }

  /** Takes a range away from a file (`inode_inline_reclaim_one_dmap`, and the worker that frees some ahead of time). */
  *freeRange(inode: Inode): Proc {
    yield* filemapInvalidateLock(inode.mapping);
    yield* unmapMappingPages(inode.mapping, 0, inode.mapping.pages - 1, false);
    const woken = yield* this.engine.machine.access([], [this.#region], 'free a dax range', () => {
      this.#free += 1;
      return this.#waiting.splice(0);
    });
    for (const wait of woken) yield* wait.completeAll();
    yield* filemapInvalidateUnlock(inode.mapping);
  }

  /** Null: there was one. */
  *#take(): Proc<Completion | null> {
    const wait = new Completion({ name: 'free dax range', label: 'free dax range', validator: null });
    return yield* this.engine.machine.access([], [this.#region], 'take a dax range', () => {
      if (this.#free === 0) {
        this.#waiting.push(wait);
        return wait;
      }
      this.#free -= 1;
      return null;
    });
  }

  protected override makePrivateLock(_inode: Inode): RwSemaphore | null {
    return null;
  }
}
