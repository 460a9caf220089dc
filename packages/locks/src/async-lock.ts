/**
 * Locks for asynchronous code: the operation starts when its method is called, a waiter is a promise, and the task is the current strand.
 *
 * A lock that is free is taken synchronously and costs one settled operation, no allocation. One that is not is waited for
 * in the waiter's own strand: it is woken through a promise, so its critical section never runs inside the releaser's.
 */
import { captureSite, type LockKindName, TRYLOCK } from '@lockdep/core';
import { BaseLock, EITHER_MODE, stateMode } from './base-lock.ts';
import { acquiringStrand, currentStrand, storage } from './current-strand.ts';
import { DeadlockError } from './deadlock-error.ts';
import { Guard } from './guard.ts';
import { Hold } from './hold.ts';
import { type Holder, holder } from './holder.ts';
import { LockMisuseError } from './lock-misuse-error.ts';
import type { AcquireLockOptions, LockOptions } from './lock-options.ts';
import { LockTimeoutError } from './lock-timeout-error.ts';
import { Operation } from './operation.ts';
import type { Agent } from './runtime.ts';
import { Strand } from './strand.ts';

/** setTimeout fires at once beyond this. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

type Granted = (hold: Hold) => void;
type Failed = (reason: unknown) => void;

export abstract class AsyncLock extends BaseLock {
  readonly #throwOnDeadlock: boolean;
  readonly #sites: boolean;
  #spare: Hold | null = null;

  protected constructor(kind: LockKindName, options: LockOptions, holds: boolean) {
    super(kind, options, holds);
    this.#throwOnDeadlock = options.onDeadlock === 'throw';
    this.#sites = options.sites === true;
  }

  /** Who holds it now, oldest first; of asynchronous code only. */
  get holders(): readonly Holder[] {
    return this.state.holders().map((agent) => {
      if (!(agent instanceof Hold)) return holder(agent.name, 0, performance.now(), null);
      const known = this.tracker === null || agent.strand.retired ? null : agent.taskOf(this.tracker);
      const site = agent.site ?? (known === null ? null : this.tracker!.heldSite(known, this.instance!));
      return holder(agent.name, agent.mode, agent.since, site);
    });
  }

  /** acquire(): the operation itself when the lock is free. */
  protected acquireNow(operation: Operation<void>, options?: AcquireLockOptions): Operation<void> {
    let hold: Hold;
    try {
      hold = this.request(this.#acquirer(), operation, options);
    } catch (error) {
      return new Operation<void>(this, operation.kind, operation.detail, (_, reject) => reject(error));
    }
    if (hold.granted) return operation;
    return new Operation<void>(this, operation.kind, operation.detail, (resolve, reject) => {
      this.queue(hold, operation, options, () => resolve(), reject);
    });
  }

  /** lock(): the same, with a guard that releases exactly this hold. */
  protected lockNow(operation: Operation<void>, options?: AcquireLockOptions): Operation<Guard> {
    return new Operation<Guard>(this, operation.kind, operation.detail, (resolve, reject) => {
      const hold = this.request(this.#acquirer(), operation, options);
      hold.shared = true;
      const granted: Granted = () => resolve(new Guard(() => this.endHold(hold)));
      if (hold.granted) granted(hold);
      else this.queue(hold, operation, options, granted, reject);
    });
  }

  /** runExclusive(): takes the lock, and runs `fn`, in a scope of the current strand. */
  protected async runNow<T>(
    operation: Operation<void>,
    fn: () => T,
    options?: AcquireLockOptions,
  ): Promise<Awaited<T>> {
    const scope = currentStrand().scope();
    try {
      const hold = this.request(scope, operation, options);
      if (!hold.granted) {
        await new Promise<Hold>((resolve, reject) => this.queue(hold, operation, options, resolve, reject));
      }
      try {
        return await storage.run(scope, fn);
      } finally {
        this.endHold(hold);
      }
    } finally {
      scope.end();
    }
  }

  /** tryAcquire(): announced to the validator only when it will succeed, since it cannot block. */
  protected tryNow(operation: Operation<boolean>, refused: Operation<boolean>): Operation<boolean> {
    const { tracker } = this;
    const hold = this.#newHold(currentStrand(), operation.mode);
    if (!this.state.canAcquire(hold, operation.mode)) {
      this.#spare = hold;
      return refused;
    }
    hold.strand = this.#acquirer();
    if (tracker !== null) {
      hold.site = this.#sites ? captureSite() : null;
      const task = hold.strand.taskOf(tracker);
      try {
        tracker.acquire(task, this.instance!, operation.how | TRYLOCK, operation.nest, hold.site);
      } catch (error) {
        return new Operation<boolean>(this, operation.kind, operation.detail, (_, reject) => reject(error));
      }
    }
    this.state.tryAcquire(hold, operation.mode);
    this.#grant(hold);
    return operation;
  }

  /** Announces an acquisition and takes the lock if it is free. Throws, with nothing changed, what must not even begin. */
  protected request(strand: Strand, operation: Operation<unknown>, options?: AcquireLockOptions): Hold {
    options?.signal?.throwIfAborted();
    checkTimeout(options?.timeoutMs);
    const site = this.#sites ? captureSite() : null;
    const { validator } = this;
    if (validator !== null) {
      validator.acquire(strand.taskOf(validator), this.instance!, operation.how, operation.nest, site);
    }
    const hold = this.#newHold(strand, operation.mode);
    hold.site = site;
    if (this.state.tryAcquire(hold, operation.mode)) {
      this.#grant(hold);
      this.entered(hold);
    }
    return hold;
  }

  /** Queues a hold that was not granted at once. Says so to the validator before anything blocks. */
  protected queue(
    hold: Hold,
    operation: Operation<unknown>,
    options: AcquireLockOptions | undefined,
    granted: Granted,
    failed: Failed,
  ): void {
    const { timeoutMs = LONGEST_TIMEOUT_MS + 1, signal = null } = options ?? {};
    hold.since = performance.now();
    hold.strand.open += 1;
    this.state.enqueue(hold, operation.mode);
    try {
      const report = this.block(operation, hold);
      if (this.#throwOnDeadlock && report?.kind === 'deadlock') throw new DeadlockError(report);
    } catch (error) {
      this.#giveUp(hold);
      failed(error);
      return;
    }
    const timeout = (): void => this.#fail(hold, this.#timeoutError(hold));
    const timer = timeoutMs <= LONGEST_TIMEOUT_MS ? setTimeout(timeout, timeoutMs) : null;
    const onAbort = signal === null ? null : (): void => this.#fail(hold, signal.reason);
    if (onAbort !== null) signal!.addEventListener('abort', onAbort, { once: true });
    hold.waiting = { granted, failed, timer, signal, onAbort };
  }

  /** Ends one hold, for whoever took it, and lets in who may enter. */
  protected endHold(hold: Hold): undefined {
    const woken = this.state.release(hold);
    if (woken === null) {
      throw new LockMisuseError(this.label, 'release', 'this acquisition has been released already', this.holders);
    }
    try {
      this.#forget(hold);
    } finally {
      hold.strand.close();
      if (!hold.shared) {
        hold.granted = false;
        this.#spare = hold;
      }
      this.admit(woken);
    }
  }

  /** Grants those who may enter. */
  protected admit(woken: readonly Agent[]): void {
    for (const agent of woken) {
      if (!this.state.grant(agent)) continue;
      const hold = agent as Hold;
      const { tracker } = this;
      if (tracker !== null && !hold.strand.retired) tracker.acquired(hold.strand.taskOf(tracker), this.instance!);
      const waiting = hold.stopWaiting()!;
      hold.granted = true;
      hold.since = performance.now();
      this.entered(hold);
      waiting.granted(hold);
    }
  }

  /** A hold has just been granted. */
  protected entered(_hold: Hold): void {}

  /** The hold of this strand, else of its flow, that fits the mode; the latest one. */
  protected holdOf(strand: Strand, mode: number): Hold | null {
    const wanted = stateMode(mode);
    let found: Hold | null = null;
    for (const agent of this.state.holders()) {
      if (!(agent instanceof Hold) || agent.strand.flow !== strand.flow) continue;
      if (wanted !== undefined && agent.mode !== wanted) continue;
      if (found === null || agent.strand === strand || found.strand !== strand) found = agent;
    }
    return found;
  }

  /** The oldest hold of that mode, whoever has it. */
  protected oldestHold(mode: number): Hold | null {
    const wanted = stateMode(mode);
    const fits = (agent: Agent): agent is Hold =>
      agent instanceof Hold && (wanted === undefined || agent.mode === wanted);
    return this.state.holders().find(fits) ?? null;
  }

  /** Outside any task a lock taken in a helper belongs to another line than its caller's. */
  protected override agentHere(): Agent {
    const agent = super.agentHere();
    if (!(agent instanceof Strand) || !agent.flow.implicit) return agent;
    return this.holdOf(agent, EITHER_MODE) ?? agent;
  }

  /** Lines of code need telling apart only where somebody looks. */
  #acquirer(): Strand {
    return this.tracker === null ? currentStrand() : acquiringStrand();
  }

  #newHold(strand: Strand, mode: number): Hold {
    const hold = this.#spare;
    if (hold === null) return new Hold(strand, mode);
    this.#spare = null;
    hold.strand = strand;
    hold.mode = mode;
    hold.site = null;
    return hold;
  }

  #grant(hold: Hold): void {
    hold.granted = true;
    hold.since = performance.now();
    hold.strand.open += 1;
  }

  /** The validator's side of a release. */
  #forget({ strand }: Hold): void {
    if (this.tracker !== null && !strand.retired) this.tracker.release(strand.taskOf(this.tracker), this.instance!);
  }

  #fail(hold: Hold, reason: unknown): void {
    const waiting = hold.stopWaiting();
    if (waiting === null) return;
    this.#giveUp(hold);
    waiting.failed(reason);
  }

  /** Leaves the queue; whoever was held up by this waiter alone may enter. */
  #giveUp(hold: Hold): void {
    const woken = this.state.cancel(hold);
    const { tracker } = this;
    if (tracker !== null && !hold.strand.retired) tracker.cancel(hold.strand.taskOf(tracker), this.instance!);
    hold.strand.close();
    if (woken !== null) this.admit(woken);
  }

  #timeoutError(hold: Hold): LockTimeoutError {
    const ahead = this.state.waiters().indexOf(hold);
    return new LockTimeoutError(this.label, performance.now() - hold.since, this.holders, ahead);
  }
}

function checkTimeout(timeoutMs: number | undefined): void {
  if (timeoutMs === undefined || timeoutMs >= 0) return;
  throw new RangeError(`timeoutMs is ${timeoutMs}: give the milliseconds to wait, 0 or more`);
}
