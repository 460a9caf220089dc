/**
 * What can be told of a kernel lock from its name alone, for traces that say no more.
 *
 * The tracepoints drop the `check` argument and the kind of reader. These rules restore both for what the kernel's own
 * code fixes:
 * - never checked: the RCU read-side maps, srcu of the console, and device mutexes (`lockdep_set_novalidate_class`);
 * - recursive readers: RCU, SRCU and sequence counts, and any reader in an interrupt (`read_lock_is_recursive()`);
 *   other readers are plain ones, which is right for rwsem, percpu-rwsem and rwlocks in process context.
 * - lock maps: annotations that look exclusive but that any number of tasks hold at once (a work item or timer running,
 *   memory reclaim).
 *
 * A lock without a name (`(null)`) belongs to no class we could name, so no order is learned for it either.
 */

/** Names acquired with `check` 0. */
export const UNCHECKED_NAMES: readonly string[] = [
  'rcu_read_lock',
  'rcu_read_lock_bh',
  'rcu_read_lock_sched',
  'rcu_callback',
  'console_srcu',
  '&dev->mutex',
  '(null)',
];

const RECURSIVE_READERS = /^rcu_|srcu|seq(?:count|uence)?$/;

/** Whether readers of a lock of this name may take it again while a writer waits. */
export function isRecursiveReader(name: string): boolean {
  return RECURSIVE_READERS.test(name);
}

const LOCK_MAPS =
  /^\((?:wq|work)_completion\)|^\(.*timer\)*$|wait-type-override$|^cpuhp_state|^fs_reclaim$|^mmu_notifier_/;

/** Whether holding a lock of this name keeps nobody else from holding it. */
export function isLockMap(name: string): boolean {
  return LOCK_MAPS.test(name);
}
