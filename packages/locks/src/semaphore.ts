/**
 * A counting semaphore. With permits to share (a pool, a limiter) each is a hold: waiting for a second permit of a pool
 * while holding one is the deadlock that is reported. With none to begin with it is a signal: nobody holds it.
 */
import { READ, SYNC, WRITE } from '@lockdep/core';
import { currentStrand } from './current-strand.ts';
import { ExclusiveLock } from './exclusive-lock.ts';
import type { LockOptions } from './lock-options.ts';
import type { Agent } from './runtime.ts';
import { SemaphoreState } from './state/semaphore-state.ts';

/** What a {@link Semaphore} is told when it is made. */
export interface SemaphoreOptions extends LockOptions {
  /**
   * The most permits there can be; a release beyond is misuse. Default: as many as there are at first, or for a semaphore that
   * starts with none, any number.
   */
  readonly limit?: number;
}

/**
 * @example
 * const connections = new Semaphore(10, { name: 'connections' });
 * await connections.runExclusive(async () => query());
 */
export class Semaphore extends ExclusiveLock {
  override readonly state: SemaphoreState<Agent>;

  constructor(permits: number, options: SemaphoreOptions = {}) {
    const limit = options.limit ?? (permits > 0 ? permits : Number.POSITIVE_INFINITY);
    const signal = limit === Number.POSITIVE_INFINITY;
    super('semaphore', options, signal ? SYNC : limit === 1 ? WRITE : READ, !signal);
    this.state = new SemaphoreState(permits, options.policy, limit);
  }

  /** Permits left. */
  get permits(): number {
    return this.state.count;
  }

  override get locked(): boolean {
    return this.state.count === 0;
  }

  /** Ends the flow's own hold, else the oldest, else adds a permit. */
  protected override releaseNow(mode: number): void {
    const strand = currentStrand();
    const hold = this.holdOf(strand, mode) ?? this.oldestHold(mode);
    if (hold !== null) {
      this.endHold(hold);
      return;
    }
    const woken = this.state.release(strand);
    if (woken === null) this.refuseRelease();
    this.admit(woken);
  }
}
