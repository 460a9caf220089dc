/**
 * The queue under every waiting rule: arrival order, with the mode each waiter wants.
 *
 * Two parallel arrays, so an entry is no object. The head costs O(1); finding anybody else is a scan, which is what short
 * queues want (V8 trims a shifted array in place).
 */
import { WRITE } from '@lockdep/core';
import { NOBODY, type Waiter, type WaiterName } from './lock-state.ts';

export class WaitQueue<W extends Waiter> {
  #waiters: W[] = [];
  #modes: number[] = [];
  #firstWriter = -1;
  #writers = 0;

  get size(): number {
    return this.#waiters.length;
  }

  /** The waiter at `index`, which must be below {@link size}. */
  at(index: number): W {
    return this.#waiters[index]!;
  }

  modeAt(index: number): number {
    return this.#modes[index]!;
  }

  /** Place of the oldest entry of `waiter`; -1 when it is not queued. */
  indexOf(waiter: W): number {
    return this.#waiters.length > 0 && this.#waiters[0] === waiter ? 0 : this.#waiters.indexOf(waiter);
  }

  /** Place of the writer nearest the head; -1 when only readers wait. */
  get firstWriter(): number {
    return this.#firstWriter;
  }

  get readers(): number {
    return this.#waiters.length - this.#writers;
  }

  push(waiter: W, mode: number): void {
    if (mode === WRITE) {
      this.#writers++;
      if (this.#firstWriter < 0) this.#firstWriter = this.#waiters.length;
    }
    this.#waiters.push(waiter);
    this.#modes.push(mode);
  }

  removeAt(index: number): void {
    if (this.#modes[index] === WRITE) this.#writers--;
    if (index === 0) {
      this.#waiters.shift();
      this.#modes.shift();
    } else {
      this.#waiters.splice(index, 1);
      this.#modes.splice(index, 1);
    }
    if (index < this.#firstWriter) this.#firstWriter--;
    else if (index === this.#firstWriter) this.#firstWriter = this.#modes.indexOf(WRITE, index);
  }

  /** The first `count` waiters. */
  first(count: number): readonly W[] {
    return count <= 0 || this.#waiters.length === 0 ? NOBODY : this.#waiters.slice(0, count);
  }

  toArray(): readonly W[] {
    return this.#waiters.length === 0 ? NOBODY : this.#waiters.slice();
  }

  /** Moves all readers before all writers, keeping the order within each: one batch out of several. */
  readersFirst(): void {
    const order = this.#waiters.map((_, index) => index);
    const isWriter = (index: number): number => (this.#modes[index] === WRITE ? 1 : 0);
    order.sort((a, b) => isWriter(a) - isWriter(b) || a - b);
    this.#waiters = order.map((index) => this.#waiters[index]!);
    this.#modes = order.map((index) => this.#modes[index]!);
    this.#firstWriter = this.#modes.indexOf(WRITE);
  }

  key(name: WaiterName<W>): string {
    let text = '';
    for (let i = 0; i < this.#waiters.length; i++)
      text += `${i === 0 ? '' : ','}${'wrR'[this.#modes[i]!]}${name(this.#waiters[i]!)}`;
    return text;
  }
}
