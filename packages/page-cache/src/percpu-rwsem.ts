/**
 * A percpu rwsem: shared by very many, exclusive for very few.
 *
 * Waited for only where the program says that somebody may take it exclusively. Elsewhere nobody ever does, so only the validator sees it:
 * no step, and no dependence between tasks that share it (which would multiply the interleavings to explore by tens).
 */
import type { LockKey } from '@lockdep/core';
import { RwSemaphore } from '@lockdep/locks';
import { AnnotatedLock } from './annotated-lock.ts';
import type { Engine } from './engine.ts';
import type { Proc } from './machine.ts';

/** How a {@link PercpuRwsem} is made. */
export interface PercpuRwsemOptions {
  readonly key: LockKey;
  /** How reports call it. */
  readonly label: string;
  /** What of the engine has to be true for anybody to take it exclusively. */
  readonly option: 'freezes' | 'changesFlags';
}

/** A reader/writer lock that is cheap to share. Source: `kernel/locking/percpu-rwsem.c`. */
export class PercpuRwsem {
  protected readonly annotated: AnnotatedLock;
  readonly #rwsem: RwSemaphore | null;
  readonly #option: string;

  constructor(engine: Engine, { key, label, option }: PercpuRwsemOptions) {
    const { machine, validator } = engine;
    this.#option = option;
    this.#rwsem = engine[option] ? new RwSemaphore({ key, label, validator }) : null;
    this.annotated = new AnnotatedLock(machine, validator, key, label, this.#rwsem?.instance ?? null);
  }

  /** `percpu_down_read` */
  *downRead(): Proc {
    if (this.#rwsem === null) this.annotated.acquireRead();
    else yield* this.#rwsem.downRead();
  }

  /** `percpu_down_read_trylock`: answers whether. */
  *tryDownRead(): Proc<boolean> {
    if (this.#rwsem !== null) return yield* this.#rwsem.tryDownRead();
    this.annotated.acquireTryRead();
    return true;
  }

  /** `percpu_up_read` */
  *upRead(): Proc {
    if (this.#rwsem === null) this.annotated.release();
    else yield* this.#rwsem.upRead();
  }

  /**
   * `percpu_down_write`: nobody gets in any more; waits for those who are.
   *
   * @throws RangeError when the engine was told that nobody would.
   */
  *downWrite(): Proc {
    yield* this.#waited().downWrite();
  }

  /** `percpu_up_write` */
  *upWrite(): Proc {
    yield* this.#waited().upWrite();
  }

  /** Tells the validator that the current task may wait for whoever shares it, and takes no step. */
  mightWait(): void {
    this.annotated.acquire();
    this.annotated.release();
  }

  #waited(): RwSemaphore {
    if (this.#rwsem !== null) return this.#rwsem;
    throw new RangeError(
      `nobody takes ${this.annotated.label} exclusively in this engine: make it with \`${this.#option}: true\``,
    );
  }
}
