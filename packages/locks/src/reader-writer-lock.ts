/**
 * The methods that reader/writer locks have beside those of an exclusive lock, which are their write side: the read side, and
 * downgrade.
 */
import { type LockKindName, WRITE } from '@lockdep/core';
import { currentStrand } from './current-strand.ts';
import { ExclusiveLock, type StepFunction } from './exclusive-lock.ts';
import type { Guard } from './guard.ts';
import { LockMisuseError } from './lock-misuse-error.ts';
import type { AcquireLockOptions, LockOptions } from './lock-options.ts';
import type { Operation, Step } from './operation.ts';
import { type Agent, currentRuntime } from './runtime.ts';
import type { ReaderWriterState } from './state/reader-writer-state.ts';

/** What all locks share that one writer or any number of readers hold. */
export abstract class ReaderWriterLock extends ExclusiveLock {
  abstract override readonly state: ReaderWriterState<Agent>;
  /** `READ`, or `RECURSIVE_READ` where a reader never waits for a queued writer. */
  protected readonly readHow: number;

  protected constructor(kind: LockKindName, options: LockOptions, readHow: number) {
    super(kind, options, WRITE);
    this.readHow = readHow;
  }

  /** Takes the lock for reading, waiting for it if necessary. */
  acquireRead(options?: AcquireLockOptions): Operation<void> {
    return this.start(this.acquireOperation(this.readHow, options), options);
  }

  /** Takes the lock for reading if that needs no waiting. */
  tryAcquireRead(options?: AcquireLockOptions): Operation<boolean> {
    return this.startTry(this.readHow, options);
  }

  /** Takes the lock for reading; the guard releases it. */
  lockRead(options?: AcquireLockOptions): Operation<Guard> {
    return this.startLock(this.readHow, options);
  }

  /** Lets go of a read hold. @throws LockMisuseError when there is none. */
  releaseRead(): Step {
    return this.startRelease(this.readHow);
  }

  /** Runs `fn` under the read lock, beside other readers. */
  runShared<T>(fn: StepFunction<T>, options?: AcquireLockOptions): Generator<Operation<unknown>, T, unknown>;
  runShared<T>(fn: () => T, options?: AcquireLockOptions): Promise<Awaited<T>>;
  runShared(fn: () => unknown, options?: AcquireLockOptions): unknown {
    return this.run(this.acquireOperation(this.readHow, options), this.readHow, fn, options);
  }

  /** The writer goes on as a reader, without any writer getting in between. */
  downgrade(): Step {
    const operation = this.operation<void>('downgrade', WRITE, undefined);
    const runtime = currentRuntime();
    if (runtime !== null) return runtime.start(operation);
    this.#downgradeNow();
    return operation;
  }

  override perform(operation: Operation<unknown>, agent: Agent): unknown {
    if (operation.kind !== 'downgrade') return super.perform(operation, agent);
    this.tracker?.downgrade(agent.taskOf(this.tracker), this.instance!);
    if (this.state.downgrade(agent) === null) this.#refuse();
    return undefined;
  }

  #downgradeNow(): void {
    const strand = currentStrand();
    const hold = this.holdOf(strand, WRITE);
    const holder = hold?.strand ?? strand;
    if (this.tracker !== null && !holder.retired) this.tracker.downgrade(holder.taskOf(this.tracker), this.instance!);
    const woken = hold === null ? null : this.state.downgrade(hold);
    if (hold === null || woken === null) this.#refuse();
    hold.mode = this.readHow;
    this.admit(woken);
  }

  #refuse(): never {
    throw new LockMisuseError(
      this.label,
      'downgrade',
      'only the task that holds it for writing can downgrade it',
      this.holders,
    );
  }
}
