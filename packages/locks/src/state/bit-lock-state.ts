/**
 * A lock bit (the folio lock): one holder, and no owner in the strict sense, so that anybody may release it. The taker starts
 * a read, the completion of that read unlocks.
 */
import { WRITE } from '@lockdep/core';
import type { Waiter } from './lock-state.ts';
import { MutexState } from './mutex-state.ts';

export class BitLockState<W extends Waiter = Waiter> extends MutexState<W> {
  /** Ends the hold, whoever has it; null only when the bit is clear. */
  override release(_waiter: W, _mode: number = WRITE): readonly W[] | null {
    return this.owner === null ? null : this.free();
  }
}
