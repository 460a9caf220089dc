/** Finding a lock on a task's held stack. */
import type { Lock } from './lock.ts';
import { COUNTED, INHERITED, type Task } from './task.ts';

/** Is this entry that lock? A counted entry stands for several locks of its class. */
export function matches(task: Task, index: number, lock: Lock): boolean {
  if (task.locks[index] === lock) return (task.how(index) & INHERITED) === 0;
  if ((task.how(index) & COUNTED) === 0) return false;
  return lock.entry.ids[lock.subclass] === task.classOf(index);
}

/**
 * The innermost entry of a lock that may be released now, or −1. The search does not cross into another context's chain,
 * but the top entry is looked at first, whatever chain it belongs to (kernel/locking/lockdep.c: find_held_lock).
 */
export function findReleasable(task: Task, lock: Lock): number {
  const top = task.depth - 1;
  if (top < 0) return -1;
  if (matches(task, top, lock)) return top;
  for (let index = top - 1; index >= 0; index--) {
    if (task.chainOf(index) !== task.chainOf(index + 1)) return -1;
    if (matches(task, index, lock)) return index;
  }
  return -1;
}

/** The oldest entry of a lock in any chain, or −1 (`lock_is_held`). */
export function findAnywhere(task: Task, lock: Lock): number {
  for (let index = 0; index < task.depth; index++) {
    if (task.locks[index] === lock || matches(task, index, lock)) return index;
  }
  return -1;
}

/** The innermost entry of a lock that is the task's own, in any chain, granted or not; or −1. */
export function findOwn(task: Task, lock: Lock): number {
  for (let index = task.depth - 1; index >= 0; index--) {
    if (task.locks[index] === lock && (task.how(index) & INHERITED) === 0) return index;
  }
  return -1;
}
