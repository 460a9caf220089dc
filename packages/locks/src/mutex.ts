/** A mutual exclusion lock: one holder, waiters in order of arrival. Not reentrant. */
import { WRITE } from '@lockdep/core';
import { ExclusiveLock } from './exclusive-lock.ts';
import { Hold } from './hold.ts';
import type { LockOptions } from './lock-options.ts';
import type { Agent } from './runtime.ts';
import { MutexState } from './state/mutex-state.ts';
import type { Strand } from './strand.ts';

/**
 * @example
 * const accounts = new Mutex({ name: 'accounts' });
 * await accounts.runExclusive(async () => transfer(from, to));
 */
export class Mutex extends ExclusiveLock {
  override readonly state: MutexState<Agent>;

  constructor(options: LockOptions = {}) {
    super('mutex', options, WRITE);
    this.state = new MutexState(options.policy);
  }

  override get locked(): boolean {
    return this.state.owner !== null;
  }

  protected override holdOf(strand: Strand, _mode: number): Hold | null {
    const { owner } = this.state;
    return owner instanceof Hold && owner.strand.flow === strand.flow ? owner : null;
  }
}
