/**
 * A fair reader/writer semaphore: readers share, and a queued writer holds up the readers that come after it, so that even
 * readers can deadlock. The kernel's names for its methods work too.
 */
import { READ } from '@lockdep/core';
import type { AcquireLockOptions, LockOptions } from './lock-options.ts';
import type { Operation, Step } from './operation.ts';
import { ReaderWriterLock } from './reader-writer-lock.ts';
import type { Agent } from './runtime.ts';
import { type ReaderBatch, RwSemaphoreState } from './state/rw-semaphore-state.ts';

/** What an {@link RwSemaphore} is told when it is made. */
export interface RwSemaphoreOptions extends LockOptions {
  /** Which queued readers enter together. Default `head`. */
  readonly batch?: ReaderBatch;
}

/**
 * @example
 * const tree = new RwSemaphore({ name: 'tree' });
 * await tree.downRead();
 * const node = find(key);
 * tree.upRead();
 */
export class RwSemaphore extends ReaderWriterLock {
  override readonly state: RwSemaphoreState<Agent>;
  /** Under a scheduler, joining the queue is a step of its own: that is what holds up later readers. */
  override readonly queues: boolean;

  constructor(options: RwSemaphoreOptions = {}) {
    super('rwsem', options, READ);
    this.state = new RwSemaphoreState(options.policy, options.batch);
    this.queues = this.state.policy === 'fifo';
  }

  /** `down_read`: {@link ReaderWriterLock.acquireRead}. */
  downRead(options?: AcquireLockOptions): Operation<void> {
    return this.acquireRead(options);
  }

  /** `down_read_trylock` */
  tryDownRead(options?: AcquireLockOptions): Operation<boolean> {
    return this.tryAcquireRead(options);
  }

  /** `up_read` */
  upRead(): Step {
    return this.releaseRead();
  }

  /** `down_write`: {@link ExclusiveLock.acquire}. */
  downWrite(options?: AcquireLockOptions): Operation<void> {
    return this.acquire(options);
  }

  /** `down_write_trylock` */
  tryDownWrite(options?: AcquireLockOptions): Operation<boolean> {
    return this.tryAcquire(options);
  }

  /** `up_write` */
  upWrite(): Step {
    return this.release();
  }

  /** `downgrade_write` */
  downgradeWrite(): Step {
    return this.downgrade();
  }
}
