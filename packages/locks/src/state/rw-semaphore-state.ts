/**
 * A fair reader/writer semaphore, as Linux' `rw_semaphore`: a queued writer blocks every reader that comes after it, which is
 * why shared locks can deadlock; readers at the head enter together; a downgrade lets the readers at the head join.
 *
 * Under `any` a writer may steal a free semaphore from those queued (the kernel's optimistic spinners do), while a reader
 * still stays behind the writers that came before it.
 */
import { WRITE } from '@lockdep/core';
import type { Policy, Waiter } from './lock-state.ts';
import { ReaderWriterState } from './reader-writer-state.ts';

/**
 * Which readers make one batch when a reader is at the head: `head`, those before the next writer (strict FIFO); `all`, every
 * reader then queued, writers in between notwithstanding (Linux since 5.3).
 */
export type ReaderBatch = 'head' | 'all';

export class RwSemaphoreState<W extends Waiter = Waiter> extends ReaderWriterState<W> {
  readonly batch: ReaderBatch;

  constructor(policy: Policy = 'fifo', batch: ReaderBatch = 'head') {
    super(policy);
    this.batch = batch;
  }

  protected override mayPass(mode: number): boolean {
    if (this.queue.size === 0) return true;
    return this.policy === 'any' && (mode === WRITE || !this.#writerBefore(this.queue.size));
  }

  protected override mayEnter(place: number): boolean {
    if (this.queue.modeAt(place) !== WRITE) return !this.#writerBefore(place);
    return place === 0 || this.policy === 'any';
  }

  protected override regroup(): void {
    if (this.batch === 'all' && this.queue.modeAt(0) !== WRITE) this.queue.readersFirst();
  }

  #writerBefore(place: number): boolean {
    for (let i = 0; i < place; i++) if (this.queue.modeAt(i) === WRITE) return true;
    return false;
  }
}
