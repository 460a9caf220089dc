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

  protected override mayEnter(place: number, mode: number): boolean {
    if (mode === WRITE) return place === 0 || this.policy === 'any';
    const { firstWriter } = this.queue;
    return firstWriter < 0 || place < firstWriter;
  }

  protected override goesFirst(other: number, place: number, mode: number): boolean {
    if (other > place) return false;
    return mode === WRITE ? this.policy === 'fifo' : this.queue.modeAt(other) === WRITE;
  }

  protected override regroup(): void {
    if (this.batch === 'all' && this.queue.modeAt(0) !== WRITE) this.queue.readersFirst();
  }
}
