/** A mutex of a simulated program: one holder, and whoever is scheduled first gets it when it is free. */
import { MutexState } from '@lockdep/locks';
import { EXCLUSIVE, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import { INITIAL, NOBODY } from '../engine/sim-object.ts';
import type { Condition } from './condition.ts';
import { ACQUIRE, REACQUIRE, RELEASE, TRANSFER, TRY_ACQUIRE } from './lock-codes.ts';
import { SimLock } from './sim-lock.ts';

/** A mutual exclusion lock of the simulation. */
export class SimMutex extends SimLock {
  readonly kind: string = 'mutex';
  #state: MutexState<number> = this.newState();
  readonly #acquire = new Op<void>(this, ACQUIRE, { blocks: true, access: EXCLUSIVE });
  readonly #tryAcquire = new Op<boolean>(this, TRY_ACQUIRE);
  readonly #release = new Op<void>(this, RELEASE, { access: EXCLUSIVE });

  acquire(): Op<void> {
    return this.#acquire;
  }

  /** Gives true when it got the lock. */
  tryAcquire(): Op<boolean> {
    return this.#tryAcquire;
  }

  release(): Op<void> {
    return this.#release;
  }

  /** Number of the task that holds it; null when it is free. */
  get owner(): number | null {
    return this.#state.owner;
  }

  reset(): void {
    if (this.#state.owner !== null) this.#state = this.newState();
  }

  override enabled(_op: Op, _task: number): boolean {
    return this.#state.owner === null;
  }

  override mode(op: Op, _task: number): number {
    return op.code === TRY_ACQUIRE && this.#state.owner !== null ? SHARED : EXCLUSIVE;
  }

  run(op: Op, task: number): unknown {
    switch (op.code) {
      case TRY_ACQUIRE:
        return this.#state.tryAcquire(task) || this.refused(task);
      case RELEASE:
        this.free(task);
        return undefined;
      case TRANSFER:
        this.#state.transfer(this.#state.owner!, task);
        return undefined;
      default:
        this.#state.tryAcquire(task);
        return undefined;
    }
  }

  protected newState(): MutexState<number> {
    return new MutexState<number>('any');
  }

  /** @internal Ends the hold of `task`. */
  free(task: number): void {
    if (this.#state.release(task) === null) this.notHeld(task, 'releases');
  }

  /** Only one parked in a condition's wait leaves something behind when it is killed. */
  override cancel(op: Op, task: number): void {
    if (op.code === REACQUIRE) (op.arg as Condition).forget(task);
  }

  override snapshot(): unknown {
    return this.#state.owner;
  }

  override enabledIn(_op: Op, _task: number, owner: unknown): boolean {
    return owner === null || owner === INITIAL;
  }

  override modeIn(op: Op, _task: number, owner: unknown): number {
    return op.code === TRY_ACQUIRE && owner !== null && owner !== INITIAL ? SHARED : EXCLUSIVE;
  }

  override holders(): readonly number[] {
    return this.#state.owner === null ? NOBODY : [this.#state.owner];
  }
}
