/**
 * What every waiting rule answers, without promises, generators, tasks or time.
 *
 * A state machine knows who holds, who waits in which order, and whom a change lets in. It never runs anybody: `release` and
 * its like answer with the waiters that may now be granted, and the caller (promises, or a scheduler that picks one) grants them.
 * Between being woken and being granted a waiter is still queued, so under the `fifo` policy nobody can slip in before it.
 *
 * Misuse is an answer, not an exception: `null` from `release`, `cancel` and `downgrade` means "not so; nothing has changed".
 */

/** Whoever waits or holds: any identity the caller likes, compared with `===`. One waiter may hold or wait more than once. */
export type Waiter = number | string | object;

/**
 * Who may take a lock that is free while others wait for it: `fifo`, only the head of the queue (hand-off); `any`, whoever
 * is scheduled first, newcomers included, which is what an explorer of interleavings wants.
 */
export type Policy = 'fifo' | 'any';

/** How a waiter is written into a state key. */
export type WaiterName<W> = (waiter: W) => number | string;

/** The waiting half: everything that has a queue. Costs are O(queue) for questions about a waiter that is not at the head. */
export interface WaitState<W extends Waiter> {
  readonly policy: Policy;
  /** Puts `waiter` at the end of the queue, even when it could be granted at once. */
  enqueue(waiter: W, mode?: number): void;
  /** Whether {@link grant} would succeed now. False for one that is not queued. */
  canGrant(waiter: W): boolean;
  /** Takes `waiter` from the queue and lets it in; false, and nothing has changed, when {@link canGrant} is false. */
  grant(waiter: W): boolean;
  /** Takes `waiter` from the queue without letting it in. Answers who may be granted now; null when it was not queued. */
  cancel(waiter: W): readonly W[] | null;
  /** Queued waiters, the head first. */
  waiters(): readonly W[];
  /** The whole state as text: two states of one kind with equal keys behave alike from now on. */
  key(name?: WaiterName<W>): string;
}

/** A lock's rules: a queue, and holders that keep others out. `mode` is `WRITE` or `READ` of the core, default `WRITE`. */
export interface LockState<W extends Waiter> extends WaitState<W> {
  /** Whether {@link tryAcquire} of one that is not queued would succeed now. */
  canAcquire(waiter: W, mode?: number): boolean;
  /** Takes the lock without queueing, or answers false. A holder that asks again is refused like anybody else. */
  tryAcquire(waiter: W, mode?: number): boolean;
  /**
   * Ends one hold of `waiter`. Answers everybody who may be granted now, in queue order (under `any` that is a choice:
   * granting one may shut out the rest); null when `waiter` holds nothing here, or not in the `mode` named.
   */
  release(waiter: W, mode?: number): readonly W[] | null;
  /** Those inside, oldest hold first, once per hold. */
  holders(): readonly W[];
  /**
   * For whom `waiter` waits, or would if it were queued now in `mode`: holders that keep it out, and waiters it may not
   * pass. The edges of a wait-for graph; each of them has to move (of a semaphore's holders, one). Empty for a waiter that
   * may enter, and for one at a semaphore whose permits nobody holds.
   */
  blockers(waiter: W, mode?: number): readonly W[];
}

/** Nobody to wake, without an allocation. */
export const NOBODY: readonly never[] = Object.freeze([]);
