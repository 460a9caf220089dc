/** A timer of async code under virtual time, with the methods that Node's has. */
import type { ClockTimer } from '../objects/clock.ts';
import type { AsyncLine } from './async-line.ts';

/** What one does with timers. */
export interface TimerOwner {
  clear(timer: VirtualTimer): void;
  again(timer: VirtualTimer): VirtualTimer;
}

export class VirtualTimer implements ClockTimer {
  readonly ms: number;
  readonly callback: () => unknown;
  readonly isInterval: boolean;
  readonly #owner: TimerOwner;
  /** The line that runs the callback, and its task. */
  line: AsyncLine | null = null;
  task = -1;
  isCleared = false;
  fired = 0;
  #isRef = true;

  constructor(owner: TimerOwner, ms: number, callback: () => unknown, isInterval: boolean) {
    this.#owner = owner;
    this.ms = ms;
    this.callback = callback;
    this.isInterval = isInterval;
  }

  /** Whether the program is to wait for it; an execution waits for every timer. */
  hasRef(): boolean {
    return this.#isRef;
  }

  ref(): this {
    this.#isRef = true;
    return this;
  }

  unref(): this {
    this.#isRef = false;
    return this;
  }

  /** Starts anew. */
  refresh(): this {
    this.#owner.again(this);
    return this;
  }

  close(): this {
    this.#owner.clear(this);
    return this;
  }

  [Symbol.dispose](): void {
    this.#owner.clear(this);
  }
}
