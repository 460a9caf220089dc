/** A freeze level of a super block: held shared by whoever changes the file system and exclusively while it is frozen. */
import type { LockKey } from '@lockdep/core';
import type { Engine } from './engine.ts';
import type { Proc } from './machine.ts';
import { PercpuRwsem } from './percpu-rwsem.ts';

/**
 * One of the three freeze levels; waited for where the program may freeze ({@link EngineOptions.freezes}). Source: `include/linux/fs.h:
 * struct sb_writers`.
 */
export class FreezeLevel extends PercpuRwsem {
  constructor(engine: Engine, key: LockKey, label: string) {
    super(engine, { key, label, option: 'freezes' });
  }

  /** `__sb_start_write`: waits while the level is frozen, or about to be. */
  *acquireRead(): Proc {
    yield* this.downRead();
  }

  /** `sb_start_write_trylock`: false while the level is frozen, or about to be. */
  *tryAcquireRead(): Proc<boolean> {
    return yield* this.tryDownRead();
  }

  /** `__sb_end_write` */
  *releaseRead(): Proc {
    yield* this.upRead();
  }

  /** `sb_wait_write`: nobody gets in any more; waits for those who are. */
  *freeze(): Proc {
    yield* this.downWrite();
  }

  /**
   * Who holds the level goes back to user space: it takes nothing more under it (`lockdep_sb_freeze_release`, `__sb_writers_release`). It
   * keeps the level; the validator does not know that any more.
   */
  forget(): void {
    this.annotated.release();
  }

  /** The end of a write for which the level was kept (`__sb_writers_acquired`). */
  recallRead(): void {
    this.annotated.acquireTryRead();
  }

  /** The freezer is back to thaw (`lockdep_sb_freeze_acquire`). */
  recall(): void {
    this.annotated.acquireTry();
  }

  /** `percpu_up_write`, by the task that froze. */
  *thaw(): Proc {
    yield* this.upWrite();
  }
}
