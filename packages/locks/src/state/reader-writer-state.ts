/**
 * What reader/writer locks share: one writer or any number of readers, a queue of both, downgrade.
 *
 * Invariant: a writer is alone. Who has to let whom go first is the one thing subclasses decide; a newcomer is judged as if
 * it stood at the end of the queue. A reader may hold more than once; each hold ends separately.
 */
import { WRITE } from '@lockdep/core';
import { type LockState, NOBODY, type Policy, type Waiter, type WaiterName } from './lock-state.ts';
import { WaitQueue } from './wait-queue.ts';

export abstract class ReaderWriterState<W extends Waiter> implements LockState<W> {
  readonly policy: Policy;
  protected readonly queue: WaitQueue<W> = new WaitQueue<W>();
  #writer: W | null = null;
  readonly #readers: W[] = [];

  constructor(policy: Policy) {
    this.policy = policy;
  }

  get writer(): W | null {
    return this.#writer;
  }

  get readerCount(): number {
    return this.#readers.length;
  }

  /** Whether the holders, leaving the queue aside, let this mode in. */
  protected compatible(mode: number): boolean {
    return this.#writer === null && (mode !== WRITE || this.#readers.length === 0);
  }

  /** Whether one at `place` that wants `mode` may pass those queued before it (and, if it must, those behind). */
  protected abstract mayEnter(place: number, mode: number): boolean;

  /** The same for one pair: whether the waiter queued at `other` has to enter before one at `place` that wants `mode`. */
  protected abstract goesFirst(other: number, place: number, mode: number): boolean;

  /** Called after a hold has ended or weakened, or a waiter has left: the moment at which a batch is formed. */
  protected regroup(): void {}

  canAcquire(_waiter: W, mode: number = WRITE): boolean {
    return this.compatible(mode) && this.mayEnter(this.queue.size, mode);
  }

  tryAcquire(waiter: W, mode: number = WRITE): boolean {
    if (!this.canAcquire(waiter, mode)) return false;
    this.#enter(waiter, mode);
    return true;
  }

  enqueue(waiter: W, mode: number = WRITE): void {
    this.queue.push(waiter, mode);
  }

  canGrant(waiter: W): boolean {
    const place = this.queue.indexOf(waiter);
    return place >= 0 && this.#grantableAt(place);
  }

  grant(waiter: W): boolean {
    const place = this.queue.indexOf(waiter);
    if (place < 0 || !this.#grantableAt(place)) return false;
    const mode = this.queue.modeAt(place);
    this.queue.removeAt(place);
    this.#enter(waiter, mode);
    return true;
  }

  release(waiter: W, mode?: number): readonly W[] | null {
    if (this.#writer === waiter && (mode === undefined || mode === WRITE)) {
      this.#writer = null;
    } else {
      const hold = mode === WRITE ? -1 : this.#readers.indexOf(waiter);
      if (hold < 0) return null;
      this.#readers.splice(hold, 1);
    }
    return this.#woken();
  }

  /** The writer becomes a reader without anybody getting in between; answers who may join it, null when it does not write. */
  downgrade(waiter: W): readonly W[] | null {
    if (this.#writer !== waiter) return null;
    this.#writer = null;
    this.#readers.push(waiter);
    return this.#woken();
  }

  cancel(waiter: W): readonly W[] | null {
    const place = this.queue.indexOf(waiter);
    if (place < 0) return null;
    this.queue.removeAt(place);
    return this.#woken();
  }

  holders(): readonly W[] {
    if (this.#writer !== null) return [this.#writer];
    return this.#readers.length === 0 ? NOBODY : this.#readers.slice();
  }

  blockers(waiter: W, mode: number = WRITE): readonly W[] {
    const place = this.queue.indexOf(waiter);
    const wanted = place < 0 ? mode : this.queue.modeAt(place);
    const blockers = this.compatible(wanted) ? [] : [...this.holders()];
    const end = place < 0 ? this.queue.size : place;
    for (let other = 0; other < this.queue.size; other++) {
      if (other !== place && this.goesFirst(other, end, wanted)) blockers.push(this.queue.at(other));
    }
    return blockers;
  }

  waiters(): readonly W[] {
    return this.queue.toArray();
  }

  key(name: WaiterName<W> = String as WaiterName<W>): string {
    const readers = this.#readers.map(name).sort().join();
    return `${this.#writer === null ? '-' : name(this.#writer)};${readers};${this.queue.key(name)}`;
  }

  #enter(waiter: W, mode: number): void {
    if (mode === WRITE) this.#writer = waiter;
    else this.#readers.push(waiter);
  }

  #grantableAt(place: number): boolean {
    const mode = this.queue.modeAt(place);
    return this.compatible(mode) && this.mayEnter(place, mode);
  }

  #woken(): readonly W[] {
    if (this.queue.size === 0 || this.#writer !== null) return NOBODY;
    this.regroup();
    const woken: W[] = [];
    for (let place = 0; place < this.queue.size; place++) {
      if (this.#grantableAt(place)) woken.push(this.queue.at(place));
    }
    return woken;
  }
}
