/**
 * A reader-preferring reader/writer lock: a reader enters whenever no writer is inside.
 *
 * Readers commute (two readers are one trace), so the state is not a function of the exclusive accesses alone and the analysis
 * of races works on a twin.
 */
import { READ, WRITE } from '@lockdep/core';
import { RwLockState } from '@lockdep/locks';
import { EXCLUSIVE, REFUSED, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import {
  ACQUIRE,
  ACQUIRE_READ,
  DOWNGRADE,
  RELEASE,
  RELEASE_EITHER,
  RELEASE_READ,
  TRY_ACQUIRE,
  TRY_ACQUIRE_READ,
} from './lock-codes.ts';
import { SimLock } from './sim-lock.ts';

/** A reader/writer lock that prefers readers. */
export class SimRwLock extends SimLock {
  readonly kind = 'rwlock';
  override readonly registerLike = false;
  #state = new RwLockState<number>('any');
  readonly #acquire = new Op<void>(this, ACQUIRE, { blocks: true, access: EXCLUSIVE });
  readonly #acquireRead = new Op<void>(this, ACQUIRE_READ, { blocks: true, access: SHARED });
  readonly #tryAcquire = new Op<boolean>(this, TRY_ACQUIRE);
  readonly #tryAcquireRead = new Op<boolean>(this, TRY_ACQUIRE_READ);
  readonly #release = new Op<void>(this, RELEASE, { access: EXCLUSIVE });
  readonly #releaseRead = new Op<void>(this, RELEASE_READ, { access: SHARED });
  readonly #downgrade = new Op<void>(this, DOWNGRADE);

  acquire(): Op<void> {
    return this.#acquire;
  }

  acquireRead(): Op<void> {
    return this.#acquireRead;
  }

  tryAcquire(): Op<boolean> {
    return this.#tryAcquire;
  }

  tryAcquireRead(): Op<boolean> {
    return this.#tryAcquireRead;
  }

  release(): Op<void> {
    return this.#release;
  }

  releaseRead(): Op<void> {
    return this.#releaseRead;
  }

  /** The writer becomes a reader without anybody getting in between. */
  downgrade(): Op<void> {
    return this.#downgrade;
  }

  reset(): void {
    if (this.#state.writer !== null || this.#state.readerCount > 0) this.#state = new RwLockState<number>('any');
  }

  override enabled(op: Op, task: number): boolean {
    return this.#state.canAcquire(task, op.code === ACQUIRE_READ ? READ : WRITE);
  }

  override mode(op: Op, task: number): number {
    switch (op.code) {
      case ACQUIRE_READ:
      case TRY_ACQUIRE_READ:
      case RELEASE_READ:
        return SHARED;
      case RELEASE_EITHER:
        return this.#state.writer === null ? SHARED : EXCLUSIVE;
      case TRY_ACQUIRE:
        return this.#state.canAcquire(task, WRITE) ? EXCLUSIVE : REFUSED;
      default:
        return EXCLUSIVE;
    }
  }

  run(op: Op, task: number): unknown {
    const state = this.#state;
    switch (op.code) {
      case ACQUIRE:
        return void state.tryAcquire(task, WRITE);
      case ACQUIRE_READ:
        return void state.tryAcquire(task, READ);
      case TRY_ACQUIRE:
        return state.tryAcquire(task, WRITE) || this.refused(task);
      case TRY_ACQUIRE_READ:
        return state.tryAcquire(task, READ) || this.refused(task);
      case DOWNGRADE:
        return state.downgrade(task) === null ? this.notHeld(task, 'downgrades') : undefined;
      case RELEASE_EITHER:
        return state.release(task) === null ? this.notHeld(task, 'releases') : undefined;
      default:
        if (state.release(task, op.code === RELEASE ? WRITE : READ) === null) this.notHeld(task, 'releases');
        return undefined;
    }
  }

  override twin(): SimRwLock {
    return new SimRwLock(this.name);
  }

  override holders(): readonly number[] {
    return this.#state.holders();
  }

  override blockers(op: Op, task: number): readonly number[] {
    return this.#state.blockers(task, op.code === ACQUIRE_READ ? READ : WRITE);
  }

  override key(): unknown {
    return this.#state.key();
  }
}
