/**
 * A condition variable. Waiting is two visible steps: releasing the mutex and queueing is one, getting the mutex back after a signal the other.
 *
 * A signal wakes the longest waiter, and is lost when nobody waits. The signalled task's gate is the signalling event.
 */
import { ConditionState } from '@lockdep/locks';
import { Op } from '../engine/op.ts';
import { SimObject } from '../engine/sim-object.ts';
import { REACQUIRE } from './lock-codes.ts';
import type { SimMutex } from './sim-mutex.ts';

const WAIT = 0;
const SIGNAL = 1;
const BROADCAST = 2;

/** A condition variable: waiting gives up its mutex, and takes it again when signalled. */
export class Condition extends SimObject {
  readonly kind = 'cond';
  #state = new ConditionState<number>();
  #touched = false;
  readonly #waits = new Map<SimMutex, Op<void>>();
  readonly #signal = new Op<void>(this, SIGNAL);
  readonly #broadcast = new Op<void>(this, BROADCAST);

  /** Releases `mutex`, waits for a signal, and has the mutex again when it goes on. */
  wait(mutex: SimMutex): Op<void> {
    let op = this.#waits.get(mutex);
    if (op === undefined) {
      const follow = new Op<void>(mutex, REACQUIRE, { arg: this, blocks: true, gated: true, queuedIn: this });
      op = new Op<void>(this, WAIT, { arg: mutex, targets: [this, mutex], follow });
      this.#waits.set(mutex, op);
    }
    return op;
  }

  /** Wakes the longest waiter. */
  signal(): Op<void> {
    return this.#signal;
  }

  broadcast(): Op<void> {
    return this.#broadcast;
  }

  reset(): void {
    if (!this.#touched) return;
    this.#touched = false;
    this.#state = new ConditionState<number>();
  }

  run(op: Op, task: number): unknown {
    this.#touched = true;
    if (op.code === WAIT) {
      (op.arg as SimMutex).free(task);
      this.#state.enqueue(task);
      return undefined;
    }
    const woken = op.code === SIGNAL ? this.#state.signal() : this.#state.broadcast();
    for (const waiter of woken) {
      this.#state.grant(waiter);
      this.world?.wake(waiter);
    }
    return undefined;
  }

  /** @internal A waiter has been killed. */
  forget(task: number): void {
    this.#state.cancel(task);
  }

  override key(): unknown {
    return this.#state.key();
  }

  describe(op: Op): string {
    if (op.code === WAIT) return `wait for ${this.name}, unlock ${(op.arg as SimMutex).name}`;
    return `${op.code === SIGNAL ? 'signal' : 'broadcast'} ${this.name}`;
  }
}
