/** A lock was not granted in time. */
import { describeHolders, type Holder } from './holder.ts';

/** An acquisition that gave up waiting: for how long, and who holds the lock, taken where. */
export class LockTimeoutError extends Error {
  /** The lock's label. */
  readonly lock: string;
  readonly waitedMs: number;
  /** Who held it when the time was up. */
  readonly holders: readonly Holder[];
  /** How many waiters were ahead. */
  readonly ahead: number;

  constructor(lock: string, waitedMs: number, holders: readonly Holder[], ahead: number) {
    const queue = ahead === 0 ? '' : `, ${ahead} ahead in the queue`;
    super(`'${lock}' was not granted within ${Math.round(waitedMs)} ms: held by ${describeHolders(holders)}${queue}`);
    this.name = 'LockTimeoutError';
    this.lock = lock;
    this.waitedMs = waitedMs;
    this.holders = holders;
    this.ahead = ahead;
  }
}
