/**
 * A spin lock: a mutex for sections that must not wait. Taking a sleeping lock while holding one is reported.
 *
 * Nothing spins here: asynchronous waiters queue, simulated ones are not enabled.
 */
import { WRITE } from '@lockdep/core';
import { ExclusiveLock } from './exclusive-lock.ts';
import type { LockOptions } from './lock-options.ts';
import type { Agent } from './runtime.ts';
import { SpinLockState } from './state/spin-lock-state.ts';

/** What a {@link SpinLock} is told when it is made. */
export interface SpinLockOptions extends LockOptions {
  /** `true` for the kernel's `raw_spinlock_t`, inside which not even a `spinlock_t` may be taken. Default false. */
  readonly raw?: boolean;
}

/** A lock for short sections in which nothing is waited for. */
export class SpinLock extends ExclusiveLock {
  override readonly state: SpinLockState<Agent>;

  constructor(options: SpinLockOptions = {}) {
    super(options.raw === true ? 'raw_spinlock' : 'spinlock', options, WRITE);
    this.state = new SpinLockState(options.policy);
  }
}
