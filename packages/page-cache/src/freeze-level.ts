/**
 * A freeze level of a super block: a percpu rwsem, held shared by whoever changes the file system and exclusively while it is frozen.
 *
 * Waited for only where the program says that it may freeze ({@link EngineOptions.freezes}). Elsewhere nobody ever has it exclusively, so
 * only the validator sees it: no step, and no dependence between tasks that share it.
 */
import type { LockKey } from '@lockdep/core';
import { RwSemaphore } from '@lockdep/locks';
import { AnnotatedLock } from './annotated-lock.ts';
import type { Engine } from './engine.ts';
import type { Proc } from './machine.ts';

/** One of the three freeze levels. Source: `include/linux/fs.h: struct sb_writers`. */
export class FreezeLevel {
  readonly #annotated: AnnotatedLock;
  readonly #rwsem: RwSemaphore | null;

  constructor(engine: Engine, key: LockKey, label: string) {
    const { machine, validator, freezes } = engine;
    this.#rwsem = freezes ? new RwSemaphore({ key, label, validator }) : null;
    this.#annotated = new AnnotatedLock(machine, validator, key, label, this.#rwsem?.instance ?? null);
  }

  /** `__sb_start_write`: waits while the level is frozen, or about to be. */
  *acquireRead(): Proc {
    if (this.#rwsem === null) this.#annotated.acquireRead();
    else yield* this.#rwsem.downRead();
  }

  /** `__sb_end_write` */
  *releaseRead(): Proc {
    if (this.#rwsem === null) this.#annotated.release();
    else yield* this.#rwsem.upRead();
  }

  /** `sb_wait_write`: nobody gets in any more; waits for those who are. */
  *freeze(): Proc {
    yield* this.#frozen().downWrite();
  }

  /** The freezer goes back to user space: it holds the level, but takes nothing more under it (`lockdep_sb_freeze_release`). */
  forget(): void {
    this.#annotated.release();
  }

  /** And is back to thaw (`lockdep_sb_freeze_acquire`). */
  recall(): void {
    this.#annotated.acquireTry();
  }

  /** `percpu_up_write`, by the task that froze. */
  *thaw(): Proc {
    yield* this.#frozen().upWrite();
  }

  #frozen(): RwSemaphore {
    if (this.#rwsem !== null) return this.#rwsem;
    throw new RangeError('this engine never freezes: make it with `freezes: true`');
  }
}
