/**
 * A lock of `@lockdep/locks` as an object of the simulation.
 *
 * The lock itself does what is done (its own waiting rules, its validator, its guards); beside it goes a *shadow*, the simulator's
 * own lock of that kind, which answers what the explorer asks: may this run, which class of access is it, what if. Both stand on the same
 * state machines and take the same steps, so they agree.
 */
import { MODE_MASK, WRITE } from '@lockdep/core';
import {
  type BaseLock,
  BitLock,
  blocks,
  Completion as LibraryCompletion,
  type Operation,
  ReaderWriterLock,
  RwLock,
  RwSemaphore,
  Semaphore,
} from '@lockdep/locks';
import { SimulatorError } from '../engine/error.ts';
import { Op } from '../engine/op.ts';
import { SimObject } from '../engine/sim-object.ts';
import type { SimTask } from '../engine/sim-task.ts';
import { CommutingRwSemaphore } from '../objects/commuting-rw-semaphore.ts';
import { CLAIM, COMPLETE, COMPLETE_ALL, Completion, REINIT, TRY_WAIT, WAIT } from '../objects/completion.ts';
import {
  ACQUIRE,
  ACQUIRE_READ,
  DOWNGRADE,
  ENQUEUE,
  ENQUEUE_READ,
  GIVE_UP,
  RELEASE,
  RELEASE_EITHER,
  RELEASE_READ,
  TRANSFER,
  TRY_ACQUIRE,
  TRY_ACQUIRE_READ,
} from '../objects/lock-codes.ts';
import { LockPart } from '../objects/lock-part.ts';
import { SimBitLock } from '../objects/sim-bit-lock.ts';
import { SimMutex } from '../objects/sim-mutex.ts';
import { SimRwLock } from '../objects/sim-rw-lock.ts';
import { SimRwSemaphore } from '../objects/sim-rw-semaphore.ts';
import { SimSemaphore } from '../objects/sim-semaphore.ts';

export class LibraryLock extends SimObject {
  readonly kind: string;
  override readonly registerLike: boolean;
  override readonly owned: boolean;
  override readonly announces = true;
  override readonly parts: readonly SimObject[];
  readonly #shadow: SimObject;
  /** What arriving accesses; what entering and leaving do. */
  readonly #queue: readonly SimObject[];
  readonly #holders: readonly SimObject[];
  readonly #ops = new WeakMap<Operation<unknown>, Op>();
  readonly lock: BaseLock;

  constructor(lock: BaseLock, name: string) {
    super(name);
    this.lock = lock;
    this.#shadow = shadowOf(lock, name);
    this.kind = this.#shadow.kind;
    this.registerLike = this.#shadow.registerLike;
    this.owned = this.#shadow.owned;
    this.parts = isSplit(lock)
      ? [new LockPart(this, `queue of ${name}`), new LockPart(this, `holders of ${name}`)]
      : [this];
    this.#queue = this.parts.slice(0, 1);
    this.#holders = this.parts.slice(-1);
  }

  /** The op that stands for an operation; `arg` is the operation itself. */
  opOf(operation: Operation<unknown>): Op {
    let op = this.#ops.get(operation);
    if (op === undefined) {
      op = this.#make(operation);
      this.#ops.set(operation, op);
    }
    return op;
  }

  /** Locks are made anew for each execution; see {@link rejoin} for one that is not. */
  reset(): void {
    this.#shadow.reset();
  }

  /** The lock was made outside of the program and is used in a further execution: it must have come free in the last. */
  rejoin(): void {
    if (this.lock.state.holders().length > 0 || this.lock.state.waiters().length > 0) {
      throw new SimulatorError(
        'nondeterministic',
        `'${this.name}' is still held or waited for from the execution before: make it inside the program, new for each execution`,
      );
    }
  }

  /** Ends a wait that is given up. */
  giveUp(wait: Op): Op {
    return new Op(this, GIVE_UP, { withdraws: wait });
  }

  /** A release in the name of another line of the same code. */
  releaseFor(operation: Operation<unknown>, performer: number): Op {
    const { code, arg } = this.opOf(operation);
    return new Op(this, code, { arg, performer });
  }

  override enabled(op: Op, task: number): boolean {
    return this.#shadow.enabled(op, task);
  }

  override mode(op: Op, task: number): number {
    return this.#shadow.mode(op, task);
  }

  run(op: Op, task: number): unknown {
    if (op.withdraws !== null) {
      this.cancel(op.withdraws, task);
      return undefined;
    }
    const operation = op.arg as Operation<unknown>;
    const performer = op.performer < 0 ? task : op.performer;
    const agent = this.#agent(performer);
    if (op.code === ENQUEUE || op.code === ENQUEUE_READ) {
      operation.enqueue(agent);
      this.#shadow.run(op, task);
      return undefined;
    }
    const result = operation.perform(agent);
    this.#shadow.run(op, op.code === TRANSFER ? (operation.detail.to as SimTask).index : performer);
    if (result === false) this.world?.giveWay(task);
    return result;
  }

  override parked(op: Op, task: number): void {
    if (op.withdraws !== null) return;
    // Of two steps (queue, enter) the first announces.
    const isSecond = op.code <= ACQUIRE_READ && op.blocks && this.lock.queues;
    if (!isSecond) (op.arg as Operation<unknown>).announce(this.#agent(task));
  }

  override cancel(op: Op, task: number): void {
    const operation = op.arg as Operation<unknown>;
    if (!blocks(operation)) return;
    operation.abandon(this.#agent(task));
    this.#shadow.cancel(op, task);
  }

  override snapshot(): unknown {
    return this.#shadow.snapshot();
  }

  override enabledIn(op: Op, task: number, snapshot: unknown): boolean {
    return this.#shadow.enabledIn(op, task, snapshot);
  }

  override modeIn(op: Op, task: number, snapshot: unknown): number {
    return this.#shadow.modeIn(op, task, snapshot);
  }

  override twin(): SimObject {
    return this.#shadow.registerLike ? shadowOf(this.lock, this.name) : this.#shadow.twin();
  }

  override holders(): readonly number[] {
    return this.#shadow.holders();
  }

  override blockers(op: Op, task: number): readonly number[] {
    return this.#shadow.blockers(op, task);
  }

  override key(): unknown {
    return this.#shadow.key();
  }

  describe(op: Op, result?: unknown): string {
    return this.#shadow.describe(op, result);
  }

  #agent(task: number): SimTask {
    return this.world!.tasks[task]!;
  }

  #make(operation: Operation<unknown>): Op {
    const isWrite = operation.mode === WRITE || !(this.lock instanceof ReaderWriterLock);
    const isBlocking = blocks(operation);
    if (isBlocking && this.lock.queues) {
      const options = { arg: operation, targets: this.#holders, blocks: true, queuedIn: this.parts.at(-1)! };
      const enter = new Op(this, isWrite ? ACQUIRE : ACQUIRE_READ, options);
      return new Op(this, isWrite ? ENQUEUE : ENQUEUE_READ, { arg: operation, targets: this.#queue, follow: enter });
    }
    const targets = operation.kind === 'release' || operation.kind === 'downgrade' ? this.#holders : this.parts;
    return new Op(this, codeOf(operation, isWrite), { arg: operation, targets, blocks: isBlocking });
  }
}

function codeOf({ kind, lock, mode }: Operation<unknown>, isWrite: boolean): number {
  switch (kind) {
    case 'acquire':
      return isWrite ? ACQUIRE : ACQUIRE_READ;
    case 'try-acquire':
      return isWrite ? TRY_ACQUIRE : TRY_ACQUIRE_READ;
    case 'release':
      if (!isWrite && mode === MODE_MASK) return RELEASE_EITHER;
      return isWrite ? RELEASE : RELEASE_READ;
    case 'downgrade':
      return DOWNGRADE;
    case 'transfer':
      return TRANSFER;
    case 'wait':
      return WAIT;
    case 'try-wait':
      return TRY_WAIT;
    case 'complete':
      return COMPLETE;
    case 'complete-all':
      return COMPLETE_ALL;
    case 'reinit':
      return REINIT;
    case 'claim':
      return CLAIM;
    default:
      throw new SimulatorError(
        'misuse',
        `'${lock.label}' has the operation '${String(kind)}', which the simulator does not know`,
      );
  }
}

/** Arriving and leaving commute. */
function isSplit(lock: BaseLock): boolean {
  return lock instanceof RwSemaphore && lock.queues && lock.state.batch === 'head';
}

/** How many parts a lock may have; asked while it is being made, when only its class is known. */
export function mostParts(lock: BaseLock): number {
  return lock instanceof RwSemaphore ? 2 : 0;
}

/** Semaphores start with what they have when the simulation first meets them, which is before their first step. */
function shadowOf(lock: BaseLock, name: string): SimObject {
  if (isSplit(lock)) return new CommutingRwSemaphore(name);
  if (lock instanceof RwSemaphore && lock.queues) return new SimRwSemaphore(name, lock.state.batch);
  if (lock instanceof RwLock || lock instanceof RwSemaphore) return new SimRwLock(name);
  if (lock instanceof Semaphore) return new SimSemaphore(name, lock.permits);
  if (lock instanceof LibraryCompletion) return new Completion(name);
  if (lock instanceof BitLock) return new SimBitLock(name);
  return new SimMutex(name);
}
