/**
 * Reclaim: an allocation may enter the file system to free memory, so allocating is as if one lock were taken that reclaim
 * holds (`fs_reclaim_acquire`, `might_alloc`, `memalloc_nofs_save`; mm/page_alloc.c, include/linux/sched/mm.h).
 */
import type { Lock } from './lock.ts';
import { LockKey } from './lock-key.ts';
import type { Task } from './task.ts';
import type { Validator } from './validator.ts';

/** Memory reclaim as lockdep models it: an allocation that may enter it, and being in it, share a lock of their own (`fs_reclaim`). */
export class Reclaim {
  readonly #validator: Validator;
  readonly #fsReclaim: Lock;
  readonly #mmuNotifier: Lock;
  /** Nesting of nofs scopes by task. */
  readonly #nofs = new WeakMap<Task, number>();

  constructor(validator: Validator) {
    this.#validator = validator;
    this.#fsReclaim = validator.lock(new LockKey({ name: 'fs_reclaim', kind: 'lockmap' }), { label: 'fs_reclaim' });
    this.#mmuNotifier = validator.lock(new LockKey({ name: 'mmu_notifier', kind: 'lockmap' }), {
      label: 'mmu_notifier',
    });
  }

  /** The task starts to reclaim memory, with (`fs`) or without leave to enter file systems. */
  enter(task: Task, fs: boolean): void {
    if (fs && !this.inNofs(task)) this.#validator.acquire(task, this.#fsReclaim);
    this.#touchMmuNotifier(task);
  }

  exit(task: Task, fs: boolean): void {
    if (fs && !this.inNofs(task)) this.#validator.release(task, this.#fsReclaim);
  }

  /** The task may allocate here, with (`fs`) or without leave to enter file systems. */
  mightAlloc(task: Task, fs: boolean): void {
    const enters = fs && !this.inNofs(task);
    if (enters) this.#validator.acquire(task, this.#fsReclaim);
    this.#touchMmuNotifier(task);
    if (enters) this.#validator.release(task, this.#fsReclaim);
  }

  /** Allocations of the task do not enter file systems until the matching {@link nofsRestore}. */
  nofsSave(task: Task): void {
    this.#nofs.set(task, (this.#nofs.get(task) ?? 0) + 1);
  }

  nofsRestore(task: Task): void {
    this.#nofs.set(task, Math.max(0, (this.#nofs.get(task) ?? 0) - 1));
  }

  inNofs(task: Task): boolean {
    return (this.#nofs.get(task) ?? 0) > 0;
  }

  #touchMmuNotifier(task: Task): void {
    this.#validator.acquire(task, this.#mmuNotifier);
    this.#validator.release(task, this.#mmuNotifier);
  }
}
