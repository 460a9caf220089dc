/**
 * A completion: an event that is waited for, perhaps before and perhaps after it happens.
 *
 * `complete` lets one waiter through, `completeAll` every one for ever, `reinit` forgets. Nobody holds a completion; what
 * `holders` answers are its claims, those who have promised to complete it, for whom waiters therefore wait.
 */
import { type LockState, NOBODY, type Policy, type Waiter, type WaiterName } from './lock-state.ts';
import { WaitQueue } from './wait-queue.ts';

const FOR_EVER = Number.POSITIVE_INFINITY;

export class CompletionState<W extends Waiter = Waiter> implements LockState<W> {
  readonly policy: Policy;
  readonly #queue = new WaitQueue<W>();
  readonly #claims: W[] = [];
  #done = 0;

  constructor(policy: Policy = 'fifo') {
    this.policy = policy;
  }

  /** Whether a wait would go through at once: `complete` calls not yet used up, or `completeAll`. */
  get done(): boolean {
    return this.#done > 0;
  }

  canAcquire(_waiter: W): boolean {
    return this.#done > 0 && (this.policy === 'any' || this.#queue.size < this.#done);
  }

  /** Goes through without waiting, using up one `complete`, or answers false. */
  tryAcquire(waiter: W): boolean {
    if (!this.canAcquire(waiter)) return false;
    this.#done--;
    return true;
  }

  enqueue(waiter: W, mode = 0): void {
    this.#queue.push(waiter, mode);
  }

  canGrant(waiter: W): boolean {
    const place = this.#queue.indexOf(waiter);
    return place >= 0 && this.#done > 0 && (place < this.#done || this.policy === 'any');
  }

  grant(waiter: W): boolean {
    if (!this.canGrant(waiter)) return false;
    this.#queue.removeAt(this.#queue.indexOf(waiter));
    this.#done--;
    return true;
  }

  cancel(waiter: W): readonly W[] | null {
    const place = this.#queue.indexOf(waiter);
    if (place < 0) return null;
    this.#queue.removeAt(place);
    return this.#grantable();
  }

  /** It has happened once more; answers who may go on. */
  complete(): readonly W[] {
    this.#done++;
    return this.#grantable();
  }

  /** It has happened for everybody, now and later; answers who may go on. */
  completeAll(): readonly W[] {
    this.#done = FOR_EVER;
    return this.#grantable();
  }

  /** Forgets what has happened. Those woken but not yet granted wait again. */
  reinit(): void {
    this.#done = 0;
  }

  /** `waiter` promises to complete it. */
  claim(waiter: W): void {
    this.#claims.push(waiter);
  }

  /** Takes back one promise of `waiter`; null when there is none. Wakes nobody. */
  release(waiter: W): readonly W[] | null {
    const claim = this.#claims.indexOf(waiter);
    if (claim < 0) return null;
    this.#claims.splice(claim, 1);
    return NOBODY;
  }

  holders(): readonly W[] {
    return this.#claims.length === 0 ? NOBODY : this.#claims.slice();
  }

  blockers(waiter: W): readonly W[] {
    const place = this.#queue.indexOf(waiter);
    const passes = this.#done > 0 && (this.policy === 'any' || (place < 0 ? this.#queue.size : place) < this.#done);
    return passes ? NOBODY : this.holders();
  }

  waiters(): readonly W[] {
    return this.#queue.toArray();
  }

  key(name: WaiterName<W> = String as WaiterName<W>): string {
    return `${this.#done};${this.#queue.key(name)}`;
  }

  #grantable(): readonly W[] {
    if (this.#done === 0) return NOBODY;
    return this.policy === 'fifo' ? this.#queue.first(this.#done) : this.#queue.toArray();
  }
}
