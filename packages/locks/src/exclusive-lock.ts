/**
 * The methods of a lock that one holder has at a time, the same for asynchronous code and under a scheduler.
 *
 * What `await` is to the one, `yield*` is to the other; `release` has taken effect when it returns in asynchronous code, and
 * is a step to be yielded under a scheduler.
 */
import { type LockKindName, SUBCLASS_SHIFT, WRITE } from '@lockdep/core';
import { AsyncLock } from './async-lock.ts';
import { EITHER_MODE } from './base-lock.ts';
import { currentStrand } from './current-strand.ts';
import { Guard } from './guard.ts';
import { LockMisuseError } from './lock-misuse-error.ts';
import type { AcquireLockOptions, LockOptions } from './lock-options.ts';
import { Operation, type Step } from './operation.ts';
import { currentRuntime } from './runtime.ts';

/** A body that a scheduler drives. */
export type StepFunction<T> = () => Generator<Operation<unknown>, T, unknown>;

/** What all locks share that one holder takes for itself. */
export abstract class ExclusiveLock extends AsyncLock {
  /** How the validator sees an acquisition of this lock. */
  protected readonly how: number;

  protected constructor(kind: LockKindName, options: LockOptions, how: number = WRITE, holds = true) {
    super(kind, options, holds);
    this.how = how;
  }

  /**
   * Takes the lock, waiting for it if necessary.
   *
   * @throws LockTimeoutError, the signal's reason, or DeadlockError (see {@link LockOptions.onDeadlock}) as a rejection.
   */
  acquire(options?: AcquireLockOptions): Operation<void> {
    return this.start(this.acquireOperation(this.how, options), options);
  }

  /** Takes the lock if it is free: true, or false without waiting. */
  tryAcquire(options?: AcquireLockOptions): Operation<boolean> {
    return this.startTry(this.how, options);
  }

  /** Takes the lock; the guard releases it, at the end of an `await using` block at the latest. */
  lock(options?: AcquireLockOptions): Operation<Guard> {
    return this.startLock(this.how, options);
  }

  /** Lets go of the lock. @throws LockMisuseError when nobody holds it. */
  release(): Step {
    return this.startRelease(this.how);
  }

  /** Runs `fn` with the lock held, and releases it however `fn` ends. The critical section is a strand of its own. */
  runExclusive<T>(fn: StepFunction<T>, options?: AcquireLockOptions): Generator<Operation<unknown>, T, unknown>;
  runExclusive<T>(fn: () => T, options?: AcquireLockOptions): Promise<Awaited<T>>;
  runExclusive(fn: () => unknown, options?: AcquireLockOptions): unknown {
    return this.run(this.acquireOperation(this.how, options), this.how, fn, options);
  }

  protected acquireOperation(how: number, options?: AcquireLockOptions): Operation<void> {
    return this.operation<void>('acquire', withSubclass(how, options), undefined, options);
  }

  protected start(operation: Operation<void>, options?: AcquireLockOptions): Operation<void> {
    const runtime = currentRuntime();
    return runtime === null ? this.acquireNow(operation, options) : runtime.start(operation);
  }

  protected startTry(how: number, options?: AcquireLockOptions): Operation<boolean> {
    const packed = withSubclass(how, options);
    const operation = this.operation<boolean>('try-acquire', packed, true, options);
    const runtime = currentRuntime();
    if (runtime !== null) return runtime.start(operation);
    return this.tryNow(operation, this.operation<boolean>('try-acquire', packed, false));
  }

  protected startLock(how: number, options?: AcquireLockOptions): Operation<Guard> {
    const runtime = currentRuntime();
    const operation = this.acquireOperation(how, options);
    if (runtime === null) return this.lockNow(operation, options);
    // The guard's release is a step of this lock again.
    const result = (): Guard => new Guard(() => this.startRelease(EITHER_MODE));
    return runtime.start(new Operation<Guard>(this, 'acquire', { ...operation.detail, result }, () => {}));
  }

  protected startRelease(how: number): Step {
    const operation = this.operation<void>('release', how, undefined);
    const runtime = currentRuntime();
    if (runtime !== null) return runtime.start(operation);
    this.releaseNow(operation.mode);
    return operation;
  }

  protected run(operation: Operation<void>, how: number, fn: () => unknown, options?: AcquireLockOptions): unknown {
    const runtime = currentRuntime();
    if (runtime === null) return this.runNow(operation, fn, options);
    if (runtime.awaits?.() === true) return runAwaited(runtime.start(operation), () => this.startRelease(how), fn);
    return runSteps(operation, () => this.startRelease(how), fn as StepFunction<unknown>);
  }

  /** The strand that took it releases it; another strand's release is reported, and still ends the hold. */
  protected releaseNow(mode: number): void {
    const strand = currentStrand();
    const own = this.holdOf(strand, mode);
    if (own !== null) {
      this.endHold(own);
      return;
    }
    this.tracker?.release(strand.taskOf(this.tracker), this.instance!);
    const oldest = this.oldestHold(mode);
    if (oldest === null) this.refuseRelease();
    this.endHold(oldest);
  }

  protected refuseRelease(): never {
    throw new LockMisuseError(this.label, 'release', 'acquire it first, and release it once', this.holders);
  }
}

/** Asynchronous code under a scheduler: each step is awaited. */
async function runAwaited<T>(operation: PromiseLike<void>, release: () => Step, fn: () => T): Promise<Awaited<T>> {
  await operation;
  try {
    return await fn();
  } finally {
    await release();
  }
}

function* runSteps<T>(
  operation: Operation<void>,
  release: () => Step,
  fn: StepFunction<T>,
): Generator<Operation<unknown>, T, unknown> {
  yield* operation;
  try {
    return yield* fn();
  } finally {
    yield* release();
  }
}

/** @throws RangeError when the subclass is not one of the eight. */
function withSubclass(how: number, options: AcquireLockOptions | undefined): number {
  const subclass = options?.subclass;
  if (subclass === undefined) return how;
  if (!Number.isInteger(subclass) || subclass < 0 || subclass > 7) {
    throw new RangeError(`subclass is ${subclass}: it is a level from 0 to 7`);
  }
  return how | (subclass << SUBCLASS_SHIFT);
}
