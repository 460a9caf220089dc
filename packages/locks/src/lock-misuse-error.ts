/** A lock method was called that makes no sense in the lock's state; nothing has changed. */
import { describeHolders, type Holder } from './holder.ts';

/** Thrown when a lock is used in a way that has no meaning, with who holds it. */
export class LockMisuseError extends Error {
  /** The lock's label. */
  readonly lock: string;
  readonly action: string;
  readonly holders: readonly Holder[];

  constructor(lock: string, action: string, advice: string, holders: readonly Holder[] = []) {
    super(`${action} of '${lock}', which is held by ${describeHolders(holders)}: ${advice}`);
    this.name = 'LockMisuseError';
    this.lock = lock;
    this.action = action;
    this.holders = holders;
  }
}
