/**
 * A completion: one task waits until another says that something has happened.
 *
 * Nobody holds a completion, so waiting for one is a dependency only from the locks held while waiting. A task that promises
 * to complete it can {@link Completion.claim} it: until then, whatever that task takes comes after the completion in the
 * order, and waiting for it while holding what its completer needs is reported like any inversion.
 */
import { TRYLOCK, WRITE } from '@lockdep/core';
import { AsyncLock } from './async-lock.ts';
import { currentStrand } from './current-strand.ts';
import { Hold } from './hold.ts';
import type { AcquireLockOptions, LockOptions } from './lock-options.ts';
import type { Operation, OperationKind, Step } from './operation.ts';
import { type Agent, currentRuntime } from './runtime.ts';
import { CompletionState } from './state/completion-state.ts';
import { Strand } from './strand.ts';

/**
 * @example
 * const written = new Completion({ name: 'written' });
 * queueMicrotask(() => written.complete());
 * await written.wait();
 */
export class Completion extends AsyncLock {
  override readonly state: CompletionState<Agent>;

  constructor(options: LockOptions = {}) {
    super('completion', options, true);
    this.state = new CompletionState(options.policy);
  }

  /** Whether a wait would go through at once. */
  get done(): boolean {
    return this.state.done;
  }

  /** Waits until it has happened. */
  wait(options?: AcquireLockOptions): Operation<void> {
    const operation = this.operation<void>('wait', WRITE, undefined, options);
    const runtime = currentRuntime();
    return runtime === null ? this.acquireNow(operation, options) : runtime.start(operation);
  }

  /** Goes through if it has happened: true, or false without waiting. */
  tryWait(): Operation<boolean> {
    const operation = this.operation<boolean>('try-wait', WRITE, true);
    const runtime = currentRuntime();
    if (runtime !== null) return runtime.start(operation);
    return this.state.tryAcquire(currentStrand()) ? operation : this.operation<boolean>('try-wait', WRITE, false);
  }

  /** It has happened: lets one waiter through, now or when it comes. Fulfils the current task's claim, else the oldest. */
  complete(): Step {
    return this.#step('complete');
  }

  /** It has happened for good: lets everybody through until {@link Completion.reinit}. Fulfils all claims. */
  completeAll(): Step {
    return this.#step('complete-all');
  }

  /** Forgets that it has happened. */
  reinit(): Step {
    return this.#step('reinit');
  }

  /** The current task promises to complete it. */
  claim(): Step {
    return this.#step('claim');
  }

  override perform(operation: Operation<unknown>, agent: Agent): unknown {
    switch (operation.kind) {
      case 'wait':
        super.perform(operation, agent);
        this.tracker?.release(agent.taskOf(this.tracker), this.instance!);
        return undefined;
      case 'try-wait':
        return this.state.tryAcquire(agent);
      default:
        return this.#happen(operation.kind, agent);
    }
  }

  /** To go through is not to hold. */
  protected override entered(hold: Hold): void {
    const { strand } = hold;
    if (this.tracker !== null && !strand.retired) this.tracker.release(strand.taskOf(this.tracker), this.instance!);
    strand.close();
  }

  #step(kind: OperationKind): Step {
    const operation = this.operation<void>(kind, WRITE, undefined);
    const runtime = currentRuntime();
    if (runtime !== null) return runtime.start(operation);
    this.#happen(kind, currentStrand());
    return operation;
  }

  /** Does what wakes, claims or forgets, for a strand or a scheduler's task. */
  #happen(kind: OperationKind, agent: Agent): void {
    if (kind === 'reinit') this.state.reinit();
    else if (kind === 'claim') this.#promise(agent);
    else if (kind === 'complete') {
      this.#fulfil(this.state.holders().includes(agent) ? agent : this.state.holders()[0]);
      this.#wake(this.state.complete());
    } else {
      for (const claimer of this.state.holders()) this.#fulfil(claimer);
      this.#wake(this.state.completeAll());
    }
  }

  #promise(agent: Agent): void {
    this.state.claim(agent);
    if (agent instanceof Strand) agent.open += 1;
    this.tracker?.acquire(agent.taskOf(this.tracker), this.instance!, WRITE | TRYLOCK);
  }

  #fulfil(claimer: Agent | undefined): void {
    if (claimer === undefined) return;
    this.state.release(claimer);
    const over = claimer instanceof Strand && claimer.retired;
    if (!over) this.tracker?.release(claimer.taskOf(this.tracker), this.instance!);
    if (claimer instanceof Strand) claimer.close();
  }

  /** A scheduler polls who is enabled; asynchronous waiters are told. */
  #wake(woken: readonly Agent[]): void {
    if (woken[0] instanceof Hold) this.admit(woken);
  }
}
