/**
 * A reader-preferring reader/writer lock (Linux' `rwlock_t` as an interrupt handler meets it): a reader enters whenever no writer is inside,
 * so reading recursively is safe and a writer can starve. Writers enter in order, and only when no reader waits.
 */
import { WRITE } from '@lockdep/core';
import type { Policy, Waiter } from './lock-state.ts';
import { ReaderWriterState } from './reader-writer-state.ts';

export class RwLockState<W extends Waiter = Waiter> extends ReaderWriterState<W> {
  constructor(policy: Policy = 'fifo') {
    super(policy);
  }

  protected override mayEnter(place: number, mode: number): boolean {
    return mode !== WRITE || this.policy === 'any' || (place === 0 && this.queue.readers === 0);
  }

  protected override goesFirst(other: number, place: number, mode: number): boolean {
    if (mode !== WRITE || this.policy === 'any') return false;
    return other < place || this.queue.modeAt(other) !== WRITE;
  }
}
