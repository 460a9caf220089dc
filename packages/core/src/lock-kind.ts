/**
 * The kinds of locks and what each implies: how long taking it may wait, and how long a holder may wait.
 *
 * The ladder of wait types is the kernel's (`include/linux/lockdep_types.h`); for an application the same numbers read:
 * 2 never waits, 3 waits briefly, 4 may await, 5 no limit. A kind with inner type 0 is not checked.
 */

/** 0 unchecked, 1 free (RCU), 2 spin (raw spinlock), 3 config (spinlock; may sleep on RT), 4 sleep, 5 no limit. */
export type WaitType = 0 | 1 | 2 | 3 | 4 | 5;

/** Wait types by number. */
export const WAIT_NAMES: readonly string[] = ['unchecked', 'free', 'spin', 'config', 'sleep', 'max'];

/**
 * `percpu` locks and events are passed over in context searches; `wait-override` replaces the wait limit in force where it is held. An
 * `event` is not held but happens: orders that lead through one are a layer of their own (checks/circular.ts).
 */
export type LockType = 'normal' | 'percpu' | 'wait-override' | 'event';

/** What a kind of lock is like for the checks. */
export interface LockKind {
  /** What may be waited for while it is held. */
  readonly waitInner: WaitType;
  /** What contexts it may be taken in; 0 means the same as `waitInner`. */
  readonly waitOuter: WaitType;
  readonly type: LockType;
}

const kind = (waitInner: WaitType, waitOuter: WaitType = 0, type: LockType = 'normal'): LockKind => ({
  waitInner,
  waitOuter,
  type,
});

/** The kinds of locks by name. */
export type LockKindName =
  | 'raw_spinlock'
  | 'spinlock'
  | 'rwlock'
  | 'bit_lock'
  | 'local_lock'
  | 'mutex'
  | 'rtmutex'
  | 'ww_mutex'
  | 'rwsem'
  | 'semaphore'
  | 'completion'
  | 'ww_ctx'
  | 'lockmap'
  | 'rcu'
  | 'rcu_bh'
  | 'rcu_sched'
  | 'override';

/** Every kind by name; {@link LockKeyOptions.kind} takes these names, and other names with explicit wait types. */
export const lockKinds: Readonly<Record<LockKindName, LockKind>> = {
  raw_spinlock: kind(2),
  spinlock: kind(3),
  rwlock: kind(3),
  bit_lock: kind(4),
  local_lock: kind(3, 0, 'percpu'),
  mutex: kind(4),
  rtmutex: kind(4),
  ww_mutex: kind(4),
  rwsem: kind(4),
  semaphore: kind(4),
  completion: kind(0, 0, 'event'),
  ww_ctx: kind(0),
  lockmap: kind(0),
  rcu: kind(3, 1),
  rcu_bh: kind(3, 1),
  rcu_sched: kind(2, 1),
  override: kind(3, 0, 'wait-override'),
};
