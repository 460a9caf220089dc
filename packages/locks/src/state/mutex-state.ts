/**
 * One holder at a time. `fifo` hands the lock from holder to head of the queue; `any` leaves it free for whoever comes first.
 *
 * Invariant: at most one holder. Every operation O(1) but `cancel` and grants from the middle of the queue.
 */
import { WRITE } from '@lockdep/core';
import { type LockState, NOBODY, type Policy, type Waiter, type WaiterName } from './lock-state.ts';
import { WaitQueue } from './wait-queue.ts';

export class MutexState<W extends Waiter = Waiter> implements LockState<W> {
  readonly policy: Policy;
  readonly #queue = new WaitQueue<W>();
  #owner: W | null = null;

  constructor(policy: Policy = 'fifo') {
    this.policy = policy;
  }

  get owner(): W | null {
    return this.#owner;
  }

  canAcquire(_waiter: W, _mode: number = WRITE): boolean {
    return this.#owner === null && (this.#queue.size === 0 || this.policy === 'any');
  }

  tryAcquire(waiter: W, mode: number = WRITE): boolean {
    if (!this.canAcquire(waiter, mode)) return false;
    this.#owner = waiter;
    return true;
  }

  enqueue(waiter: W, mode: number = WRITE): void {
    this.#queue.push(waiter, mode);
  }

  canGrant(waiter: W): boolean {
    if (this.#owner !== null) return false;
    const place = this.#queue.indexOf(waiter);
    return place === 0 || (place > 0 && this.policy === 'any');
  }

  grant(waiter: W): boolean {
    if (!this.canGrant(waiter)) return false;
    this.#queue.removeAt(this.#queue.indexOf(waiter));
    this.#owner = waiter;
    return true;
  }

  release(waiter: W, _mode: number = WRITE): readonly W[] | null {
    return this.#owner === waiter ? this.free() : null;
  }

  cancel(waiter: W): readonly W[] | null {
    const place = this.#queue.indexOf(waiter);
    if (place < 0) return null;
    this.#queue.removeAt(place);
    return this.#grantable();
  }

  holders(): readonly W[] {
    return this.#owner === null ? NOBODY : [this.#owner];
  }

  blockers(waiter: W, _mode: number = WRITE): readonly W[] {
    if (this.#owner !== null) return [this.#owner];
    if (this.policy === 'any') return NOBODY;
    const place = this.#queue.indexOf(waiter);
    return this.#queue.first(place < 0 ? this.#queue.size : place);
  }

  waiters(): readonly W[] {
    return this.#queue.toArray();
  }

  key(name: WaiterName<W> = String as WaiterName<W>): string {
    return `${this.#owner === null ? '-' : name(this.#owner)};${this.#queue.key(name)}`;
  }

  /** The hold goes on in another name, without anybody getting in between; false when `from` is not the holder. */
  transfer(from: W, to: W): boolean {
    if (this.#owner !== from) return false;
    this.#owner = to;
    return true;
  }

  /** Ends the hold, whoever has it. */
  protected free(): readonly W[] {
    this.#owner = null;
    return this.#grantable();
  }

  #grantable(): readonly W[] {
    if (this.#owner !== null) return NOBODY;
    return this.policy === 'fifo' ? this.#queue.first(1) : this.#queue.toArray();
  }
}
