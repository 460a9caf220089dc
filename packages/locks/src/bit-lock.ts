/**
 * A lock bit, as that of a folio: taken by one task and, where an I/O is between, released by another.
 *
 * `release` ends the hold whoever has it. To the validator that is the taker's release; where the lock travels with work that
 * goes on taking locks, hand it over with {@link BitLock.transfer}.
 */
import { WRITE } from '@lockdep/core';
import { currentStrand } from './current-strand.ts';
import { ExclusiveLock } from './exclusive-lock.ts';
import { Hold } from './hold.ts';
import { LockMisuseError } from './lock-misuse-error.ts';
import type { LockOptions } from './lock-options.ts';
import { Operation, type Step } from './operation.ts';
import { type Agent, currentRuntime } from './runtime.ts';
import { BitLockState } from './state/bit-lock-state.ts';
import type { Strand } from './strand.ts';

/** A lock that anybody may release, as the lock bit of a page. */
export class BitLock extends ExclusiveLock {
  override readonly state: BitLockState<Agent>;

  constructor(options: LockOptions = {}) {
    super('bit_lock', options, WRITE);
    this.state = new BitLockState(options.policy);
  }

  /** Hands the lock, held by anybody, to `to` (a strand, a simulated task; default the current strand), which then holds it. */
  transfer(to: Agent = currentStrand()): Step {
    const runtime = currentRuntime();
    const operation = Operation.settled(this, 'transfer', { how: this.how, nest: null, to }, undefined);
    if (runtime !== null) return runtime.start(operation);
    this.#transferNow(to as Strand);
    return operation;
  }

  override perform(operation: Operation<unknown>, agent: Agent): unknown {
    const { owner } = this.state;
    if (operation.kind === 'transfer') return this.#hand(operation.detail.to!);
    if (operation.kind !== 'release' || owner === null || owner === agent) return super.perform(operation, agent);
    return super.perform(operation, owner);
  }

  protected override holdOf(_strand: Strand, _mode: number): Hold | null {
    const { owner } = this.state;
    return owner instanceof Hold ? owner : null;
  }

  #transferNow(to: Strand): void {
    const hold = this.holdOf(to, this.how);
    if (hold === null) this.#refuse();
    const from = hold.strand;
    if (from === to) return;
    if (this.validator !== null && !from.retired) {
      this.validator.transfer(from.taskOf(this.validator), to.taskOf(this.validator), this.instance!);
    }
    to.open += 1;
    hold.strand = to;
    from.close();
  }

  #hand(to: Agent): void {
    const { owner } = this.state;
    if (owner === null) this.#refuse();
    if (owner === to) return;
    this.state.transfer(owner, to);
    this.validator?.transfer(owner.taskOf(this.validator), to.taskOf(this.validator), this.instance!);
  }

  #refuse(): never {
    throw new LockMisuseError(this.label, 'transfer', 'a lock has to be held to be handed over', this.holders);
  }
}
