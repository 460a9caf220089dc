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

  protected override mayPass(mode: number): boolean {
    return mode !== WRITE || this.queue.size === 0 || this.policy === 'any';
  }

  protected override mayEnter(place: number): boolean {
    if (this.queue.modeAt(place) !== WRITE || this.policy === 'any') return true;
    for (let i = 0; i < this.queue.size; i++) {
      if (this.queue.modeAt(i) !== WRITE || i < place) return false;
    }
    return true;
  }
}
