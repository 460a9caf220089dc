/** A completion: something another context will announce, before or after it is waited for. */
import { CompletionState } from '@lockdep/locks';
import { EXCLUSIVE, GIVING, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import { SimObject } from '../engine/sim-object.ts';

export const WAIT = 0;
export const COMPLETE = 1;
export const COMPLETE_ALL = 2;
export const REINIT = 3;
export const TRY_WAIT = 4;
/** A promise to complete it: of interest to validators only. */
export const CLAIM = 5;
const WORDS = ['wait for', 'complete', 'complete all', 'reinit', 'try wait for', 'claim'];

/** An event that tasks wait for, before or after it happens. */
export class Completion extends SimObject {
  readonly kind = 'completion';
  override readonly registerLike = false;
  #state = new CompletionState<number>('any');
  #forEver = false;
  #touched = false;
  readonly #wait = new Op<void>(this, WAIT, { blocks: true });
  readonly #complete = new Op<void>(this, COMPLETE);
  readonly #completeAll = new Op<void>(this, COMPLETE_ALL);
  readonly #reinit = new Op<void>(this, REINIT);
  readonly #tryWait = new Op<boolean>(this, TRY_WAIT);

  /** Waits until it has happened; uses up one `complete`. */
  wait(): Op<void> {
    return this.#wait;
  }

  tryWait(): Op<boolean> {
    return this.#tryWait;
  }

  /** It has happened once more: lets one waiter through. */
  complete(): Op<void> {
    return this.#complete;
  }

  /** It has happened for everybody, now and later. */
  completeAll(): Op<void> {
    return this.#completeAll;
  }

  /** Forgets what has happened. */
  reinit(): Op<void> {
    return this.#reinit;
  }

  get done(): boolean {
    return this.#state.done;
  }

  reset(): void {
    if (!this.#touched) return;
    this.#touched = false;
    this.#forEver = false;
    this.#state = new CompletionState<number>('any');
  }

  override enabled(_op: Op, _task: number): boolean {
    return this.#state.done;
  }

  override mode(op: Op, _task: number): number {
    if (op.code === COMPLETE) return GIVING;
    if (op.code === WAIT) return this.#forEver ? SHARED : EXCLUSIVE;
    return op.code === TRY_WAIT && (this.#forEver || !this.#state.done) ? SHARED : EXCLUSIVE;
  }

  run(op: Op, task: number): unknown {
    this.#touched = true;
    switch (op.code) {
      case COMPLETE:
        return void this.#state.complete();
      case COMPLETE_ALL:
        this.#forEver = true;
        return void this.#state.completeAll();
      case REINIT:
        this.#forEver = false;
        return this.#state.reinit();
      case TRY_WAIT:
        return this.#state.tryAcquire(task);
      case CLAIM:
        return undefined;
      default:
        return void this.#state.tryAcquire(task);
    }
  }

  override twin(): Completion {
    return new Completion(this.name);
  }

  override key(): unknown {
    return this.#state.key();
  }

  describe(op: Op, result?: unknown): string {
    const outcome = op.code === TRY_WAIT && result !== undefined ? (result === true ? ' -> done' : ' -> not yet') : '';
    return `${WORDS[op.code]} ${this.name}${outcome}`;
  }
}
