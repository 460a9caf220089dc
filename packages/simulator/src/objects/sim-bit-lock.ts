/** A lock bit (the folio lock): a mutex that any task may release, for the completion of an I/O unlocks what its submitter locked. */
import { BitLockState } from '@lockdep/locks';
import { SimMutex } from './sim-mutex.ts';

/** A lock that one task takes and any may release (a folio lock). */
export class SimBitLock extends SimMutex {
  override readonly kind: string = 'bit';

  protected override newState(): BitLockState<number> {
    return new BitLockState<number>('any');
  }
}
