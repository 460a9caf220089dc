/**
 * A counting semaphore: `count` permits, each taken by one waiter.
 *
 * A permit has no owner in the strict sense: whoever releases ends its own hold if it has one, else the oldest (a producer's
 * slot is given back by the consumer), else it adds a permit, up to `limit`. Holders are therefore bounded by the permits out.
 */
import { WRITE } from '@lockdep/core';
import { type LockState, NOBODY, type Policy, type Waiter, type WaiterName } from './lock-state.ts';
import { WaitQueue } from './wait-queue.ts';

export class SemaphoreState<W extends Waiter = Waiter> implements LockState<W> {
  readonly policy: Policy;
  /** More permits than this there cannot be; a release that would make them is misuse. */
  readonly limit: number;
  readonly #queue = new WaitQueue<W>();
  readonly #holders: W[] = [];
  #count: number;

  /** @throws RangeError when `count` is not a whole number from 0 to `limit`. */
  constructor(count: number, policy: Policy = 'fifo', limit: number = Number.POSITIVE_INFINITY) {
    if (!Number.isInteger(count) || count < 0 || count > limit) {
      throw new RangeError(
        `a semaphore starts with a whole number of permits from 0 to its limit ${limit}, not ${count}`,
      );
    }
    this.#count = count;
    this.policy = policy;
    this.limit = limit;
  }

  /** Permits left. */
  get count(): number {
    return this.#count;
  }

  canAcquire(_waiter: W, _mode: number = WRITE): boolean {
    return this.#count > 0 && (this.policy === 'any' || this.#queue.size === 0);
  }

  tryAcquire(waiter: W, mode: number = WRITE): boolean {
    if (!this.canAcquire(waiter, mode)) return false;
    this.#take(waiter);
    return true;
  }

  enqueue(waiter: W, mode: number = WRITE): void {
    this.#queue.push(waiter, mode);
  }

  canGrant(waiter: W): boolean {
    const place = this.#queue.indexOf(waiter);
    return place >= 0 && this.#count > 0 && (place < this.#count || this.policy === 'any');
  }

  grant(waiter: W): boolean {
    if (!this.canGrant(waiter)) return false;
    this.#queue.removeAt(this.#queue.indexOf(waiter));
    this.#take(waiter);
    return true;
  }

  release(waiter: W, _mode: number = WRITE): readonly W[] | null {
    if (this.#count >= this.limit) return null;
    const own = this.#holders.indexOf(waiter);
    if (own >= 0) this.#holders.splice(own, 1);
    else this.#holders.shift();
    this.#count++;
    return this.#grantable();
  }

  cancel(waiter: W): readonly W[] | null {
    const place = this.#queue.indexOf(waiter);
    if (place < 0) return null;
    this.#queue.removeAt(place);
    return this.#grantable();
  }

  holders(): readonly W[] {
    return this.#holders.length === 0 ? NOBODY : this.#holders.slice();
  }

  blockers(waiter: W, _mode: number = WRITE): readonly W[] {
    if (this.#count === 0) return this.holders();
    if (this.policy === 'any') return NOBODY;
    const place = this.#queue.indexOf(waiter);
    return this.#queue.first((place < 0 ? this.#queue.size : place) - this.#count + 1);
  }

  waiters(): readonly W[] {
    return this.#queue.toArray();
  }

  key(name: WaiterName<W> = String as WaiterName<W>): string {
    // Who holds decides nothing about who may enter.
    return `${this.#count};${this.#queue.key(name)}`;
  }

  #take(waiter: W): void {
    this.#count--;
    this.#holders.push(waiter);
  }

  #grantable(): readonly W[] {
    if (this.#count === 0) return NOBODY;
    return this.policy === 'fifo' ? this.#queue.first(this.#count) : this.#queue.toArray();
  }
}
