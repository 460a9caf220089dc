/**
 * What the simulator's own locks share: the words for diagrams, and the rule for releasing what one does not hold.
 *
 * They are fronts over the waiting rules of `@lockdep/locks` with task numbers as waiters. Who gets a free lock is the
 * scheduler's choice (policy `any`); only the fair reader/writer semaphore makes arriving a visible step of its own.
 */
import type { AcquireOptions } from '@lockdep/core';
import { SimulatorError } from '../engine/error.ts';
import type { Op } from '../engine/op.ts';
import { SimObject } from '../engine/sim-object.ts';
import { LOCK_WORDS, TRY_ACQUIRE, TRY_ACQUIRE_READ } from './lock-codes.ts';

export abstract class SimLock extends SimObject {
  override readonly owned: boolean = true;
  /** Options the validator is told with each acquisition, by op code; most locks need none. */
  acquireOptions: AcquireOptions | null = null;

  describe(op: Op, result?: unknown): string {
    const words = `${LOCK_WORDS[op.code]} ${this.name}`;
    const isTry = op.code === TRY_ACQUIRE || op.code === TRY_ACQUIRE_READ;
    return isTry && result !== undefined ? `${words} -> ${result === true ? 'taken' : 'busy'}` : words;
  }

  /** A try that was refused: others should go on before it is tried again. */
  protected refused(task: number): false {
    this.world?.giveWay(task);
    return false;
  }

  protected notHeld(task: number, action: string): never {
    const by = this.holders().map((holder) => this.#nameOf(holder));
    const held = by.length === 0 ? 'nobody holds it' : `it is held by ${by.join(', ')}`;
    throw new SimulatorError(
      'misuse',
      `${this.#nameOf(task)} ${action} ${this.kind} '${this.name}', which it does not hold: ${held}`,
    );
  }

  #nameOf(task: number): string {
    return this.world?.tasks[task]?.name ?? `task ${task}`;
  }
}
