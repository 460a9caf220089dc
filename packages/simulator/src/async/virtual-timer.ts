/** A timer of async code under virtual time, with the methods that Node's has. */

import type { SimObject } from '../engine/sim-object.ts';
import type { ClockTimer } from '../objects/clock.ts';
import type { AsyncLine } from './async-line.ts';

export class VirtualTimer implements ClockTimer {
  readonly ms: number;
  readonly callback: () => unknown;
  readonly isInterval: boolean;
  readonly #arm: (timer: VirtualTimer) => void;
  /** The line that runs the callback, and its task. */
  line: AsyncLine | null = null;
  task = -1;
  isCleared = false;
  /** An abort signal may end the wait for it. */
  heeds: SimObject | null = null;
  fired = 0;
  #isRef = true;

  constructor(arm: (timer: VirtualTimer) => void, ms: number, callback: () => unknown, isInterval: boolean) {
    this.#arm = arm;
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
    this.isCleared = false;
    this.#arm(this);
    return this;
  }

  close(): this {
    this.isCleared = true;
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
