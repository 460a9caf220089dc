/**
 * A reader-preferring reader/writer lock: a reader enters whenever no writer is inside, so a task may read again while it
 * reads. Writers can starve.
 */
import { RECURSIVE_READ } from '@lockdep/core';
import type { LockOptions } from './lock-options.ts';
import { ReaderWriterLock } from './reader-writer-lock.ts';
import type { Agent } from './runtime.ts';
import { RwLockState } from './state/rw-lock-state.ts';

/** What an {@link RwLock} is told when it is made. */
export interface RwLockOptions extends LockOptions {
  /** A section may wait for other sleeping locks; by default that is reported, as under the kernel's `rwlock_t`. */
  readonly sleeping?: boolean;
}

/** A reader/writer lock that prefers readers: a reader never waits behind a waiting writer. */
export class RwLock extends ReaderWriterLock {
  override readonly state: RwLockState<Agent>;

  constructor(options: RwLockOptions = {}) {
    super(options.sleeping === true ? 'rwsem' : 'rwlock', options, RECURSIVE_READ);
    this.state = new RwLockState(options.policy);
  }
}
