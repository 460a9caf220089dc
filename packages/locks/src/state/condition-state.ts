/**
 * A condition's wait queue: a signal is lost when nobody waits, and wakes the longest waiter otherwise.
 *
 * Waking and going on are two moments: a signalled waiter stays in the queue, marked, until it is granted (its task has to get the
 * mutex back first). Invariant: a signal is not lost with a waiter that is cancelled after it was woken; it goes to the next one.
 */
import { NOBODY, type Policy, type Waiter, type WaiterName, type WaitState } from './lock-state.ts';

export class ConditionState<W extends Waiter = Waiter> implements WaitState<W> {
  readonly policy: Policy;
  readonly #asleep: W[] = [];
  readonly #woken: W[] = [];

  /** The order of waking is FIFO under either policy; that of going on is the scheduler's. */
  constructor(policy: Policy = 'fifo') {
    this.policy = policy;
  }

  enqueue(waiter: W): void {
    this.#asleep.push(waiter);
  }

  canGrant(waiter: W): boolean {
    return this.#woken.includes(waiter);
  }

  grant(waiter: W): boolean {
    return remove(this.#woken, waiter);
  }

  cancel(waiter: W): readonly W[] | null {
    if (remove(this.#woken, waiter)) return this.signal();
    return remove(this.#asleep, waiter) ? NOBODY : null;
  }

  /** Wakes the longest waiter; answers it, or nobody. */
  signal(): readonly W[] {
    return this.#asleep.length === 0 ? NOBODY : this.#wake(1);
  }

  /** Wakes all; answers them, the longest waiter first. */
  broadcast(): readonly W[] {
    return this.#asleep.length === 0 ? NOBODY : this.#wake(this.#asleep.length);
  }

  waiters(): readonly W[] {
    return this.#asleep.length + this.#woken.length === 0 ? NOBODY : [...this.#woken, ...this.#asleep];
  }

  key(name: WaiterName<W> = String as WaiterName<W>): string {
    return `${this.#woken.map(name).sort().join()};${this.#asleep.map(name).join()}`;
  }

  #wake(count: number): readonly W[] {
    const woken = this.#asleep.splice(0, count);
    this.#woken.push(...woken);
    return woken;
  }
}

function remove<W>(list: W[], item: W): boolean {
  const place = list.indexOf(item);
  if (place < 0) return false;
  list.splice(place, 1);
  return true;
}
