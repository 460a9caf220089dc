/**
 * A fair reader/writer semaphore (Linux' rw_semaphore): arriving in the queue and entering are two visible steps, and a queued
 * writer keeps later readers out. The split is what lets recursive readers and queued writers deadlock.
 *
 * Every access is exclusive, so the tasks that might enter after each step are all the analysis of races needs to know.
 */
import { READ, WRITE } from '@lockdep/core';
import { type ReaderBatch, RwSemaphoreState } from '@lockdep/locks';
import { EXCLUSIVE, SHARED } from '../engine/access.ts';
import { Op } from '../engine/op.ts';
import { INITIAL } from '../engine/sim-object.ts';
import {
  ACQUIRE,
  ACQUIRE_READ,
  DOWNGRADE,
  ENQUEUE,
  ENQUEUE_READ,
  RELEASE,
  RELEASE_EITHER,
  RELEASE_READ,
  TRY_ACQUIRE,
  TRY_ACQUIRE_READ,
} from './lock-codes.ts';
import { SimLock } from './sim-lock.ts';

/** Who may enter: those queued, and whether a newcomer could read or write. */
interface Entrance {
  readonly grantable: readonly number[];
  readonly newReader: boolean;
  readonly newWriter: boolean;
}

const OPEN: Entrance = { grantable: [], newReader: true, newWriter: true };

const entranceOf = (snapshot: unknown): Entrance => (snapshot === INITIAL ? OPEN : (snapshot as Entrance));

/** A fair reader/writer semaphore, with downgrade. */
export class SimRwSemaphore extends SimLock {
  readonly kind = 'fairrw';
  readonly #batch: ReaderBatch;
  #state: RwSemaphoreState<number>;
  #touched = false;
  readonly #acquire: Op<void>;
  readonly #acquireRead: Op<void>;
  readonly #tryAcquire = new Op<boolean>(this, TRY_ACQUIRE);
  readonly #tryAcquireRead = new Op<boolean>(this, TRY_ACQUIRE_READ);
  readonly #release = new Op<void>(this, RELEASE);
  readonly #releaseRead = new Op<void>(this, RELEASE_READ);
  readonly #downgrade = new Op<void>(this, DOWNGRADE);

  constructor(name: string, batch: ReaderBatch = 'head') {
    super(name);
    this.#batch = batch;
    this.#state = new RwSemaphoreState<number>('fifo', batch);
    this.#acquire = new Op<void>(this, ENQUEUE, { follow: new Op(this, ACQUIRE, { blocks: true, queuedIn: this }) });
    this.#acquireRead = new Op<void>(this, ENQUEUE_READ, {
      follow: new Op(this, ACQUIRE_READ, { blocks: true, queuedIn: this }),
    });
  }

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

  /** The writer becomes a reader; readers at the head of the queue may join it. */
  downgrade(): Op<void> {
    return this.#downgrade;
  }

  reset(): void {
    if (!this.#touched) return;
    this.#touched = false;
    this.#state = new RwSemaphoreState<number>('fifo', this.#batch);
  }

  override enabled(_op: Op, task: number): boolean {
    return this.#state.canGrant(task);
  }

  override mode(op: Op, task: number): number {
    if (op.code === TRY_ACQUIRE) return this.couldWrite(task) ? EXCLUSIVE : SHARED;
    if (op.code === TRY_ACQUIRE_READ) return this.#state.canAcquire(task, READ) ? EXCLUSIVE : SHARED;
    return EXCLUSIVE;
  }

  protected get isWritten(): boolean {
    return this.#state.writer !== null;
  }

  protected couldWrite(task: number): boolean {
    return this.#state.canAcquire(task, WRITE);
  }

  run(op: Op, task: number): unknown {
    const state = this.#state;
    this.#touched = true;
    switch (op.code) {
      case ENQUEUE:
        return state.enqueue(task, WRITE);
      case ENQUEUE_READ:
        return state.enqueue(task, READ);
      case ACQUIRE:
      case ACQUIRE_READ:
        return void state.grant(task);
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

  override snapshot(): Entrance {
    const state = this.#state;
    return {
      grantable: state.waiters().filter((waiter) => state.canGrant(waiter)),
      newReader: state.canAcquire(-1, READ),
      newWriter: state.canAcquire(-1, WRITE),
    };
  }

  override enabledIn(_op: Op, task: number, snapshot: unknown): boolean {
    return entranceOf(snapshot).grantable.includes(task);
  }

  override modeIn(op: Op, _task: number, snapshot: unknown): number {
    const entrance = entranceOf(snapshot);
    if (op.code === TRY_ACQUIRE) return entrance.newWriter ? EXCLUSIVE : SHARED;
    if (op.code === TRY_ACQUIRE_READ) return entrance.newReader ? EXCLUSIVE : SHARED;
    return EXCLUSIVE;
  }

  override cancel(_op: Op, task: number): void {
    this.#state.cancel(task);
  }

  override holders(): readonly number[] {
    return this.#state.holders();
  }

  /** Holders that keep the task out, itself among them if need be, and those queued before whom it may not pass. */
  override blockers(op: Op, task: number): readonly number[] {
    return this.#state.blockers(task, op.code === ACQUIRE_READ ? READ : WRITE);
  }

  override key(): unknown {
    return this.#state.key();
  }
}
