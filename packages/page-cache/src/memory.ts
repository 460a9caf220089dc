/**
 * The memory of the machine as locks see it: who is in a NOFS scope, who reclaims, and the pseudo lock `fs_reclaim`.
 *
 * Every allocation that may enter a file system is an acquire and release of `fs_reclaim` to the validator, and reclaim holds it: so an
 * allocation under a lock that reclaim needs is an inversion in any run, with memory to spare. Each task has an instance of its own,
 * since two may well reclaim at once. Scopes belong to the task that runs; nobody else looks at them.
 */
import { type Lock, type Validator, WRITE } from '@lockdep/core';
import type { Agent } from '@lockdep/locks';
import { type GfpFlags, mayEnterFs, mayReclaim, withoutFs } from './gfp.ts';
import { mmClasses } from './lock-classes.ts';
import type { Machine } from './machine.ts';
import type { Shrinker } from './shrink-control.ts';

/** Per engine. Source: `mm/page_alloc.c`, `include/linux/sched/mm.h`. */
export class Memory {
  /** What an allocation may reclaim where {@link EngineOptions.directReclaim} says that it may have to. Filled at setup. */
  readonly shrinkers: Shrinker[] = [];
  readonly #machine: Machine;
  readonly #validator: Validator | null;
  /** Tasks in a NOFS scope (`PF_MEMALLOC_NOFS`). */
  readonly #nofs = new Set<Agent>();
  /** Tasks that reclaim (`PF_MEMALLOC`): their own allocations do not. */
  readonly #reclaiming = new Set<Agent>();
  readonly #locks = new Map<Agent, Lock>();

  constructor(machine: Machine, validator: Validator | null) {
    this.#machine = machine;
    this.#validator = validator;
  }

  /** `memalloc_nofs_save`: from here on, no allocation of the current task enters a file system. Answers what to restore. */
  nofsSave(): boolean {
    const task = this.#machine.current();
    const saved = this.#nofs.has(task);
    this.#nofs.add(task);
    return saved;
  }

  /** `memalloc_nofs_restore` */
  nofsRestore(saved: boolean): void {
    if (!saved) this.#nofs.delete(this.#machine.current());
  }

  /** `current_gfp_context`: the mask as the scopes of the current task leave it. */
  context(gfp: GfpFlags): GfpFlags {
    return this.#nofs.has(this.#machine.current()) ? withoutFs(gfp) : gfp;
  }

  /** The current task is in reclaim (`PF_MEMALLOC`). */
  get reclaiming(): boolean {
    return this.#reclaiming.has(this.#machine.current());
  }

  /** `might_alloc`: the validator is told what this allocation may wait for; true when it may have to reclaim. */
  mightAlloc(gfp: GfpFlags): boolean {
    if (!mayReclaim(gfp) || this.reclaiming) return false;
    this.#acquire(gfp);
    this.#release(gfp);
    return true;
  }

  /** Reclaim begins, in the current task (`fs_reclaim_acquire`, `PF_MEMALLOC`). */
  enterReclaim(gfp: GfpFlags): void {
    this.#acquire(gfp);
    this.#reclaiming.add(this.#machine.current());
  }

  /** Reclaim is over. */
  leaveReclaim(gfp: GfpFlags): void {
    this.#reclaiming.delete(this.#machine.current());
    this.#release(gfp);
  }

  #acquire(gfp: GfpFlags): void {
    const validator = this.#validator;
    if (validator === null || !mayEnterFs(gfp)) return;
    const task = this.#machine.current();
    validator.acquire(task.taskOf(validator), this.#lockOf(task, validator), WRITE);
  }

  #release(gfp: GfpFlags): void {
    const validator = this.#validator;
    if (validator === null || !mayEnterFs(gfp)) return;
    const task = this.#machine.current();
    validator.release(task.taskOf(validator), this.#lockOf(task, validator));
  }

  #lockOf(task: Agent, validator: Validator): Lock {
    let lock = this.#locks.get(task);
    if (lock === undefined) {
      lock = validator.lock(mmClasses.fsReclaim, { label: 'fs_reclaim' });
      this.#locks.set(task, lock);
    }
    return lock;
  }
}
