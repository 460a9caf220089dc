/** What a lock is told when it is made, and when it is taken. */
import type { LockKey, OrderKeys, Validator } from '@lockdep/core';
import type { BaseLock } from './base-lock.ts';
import type { Policy } from './state/lock-state.ts';

/** What a lock is told when it is made; every field has a default. */
export interface LockOptions {
  /** Names the lock's class: locks of one kind and name share what is learned about their order. Default: the place of `new`. */
  readonly name?: string;
  /** The class itself, where a name is not enough (a comparison, subclasses, wait types). Wins over `name`. */
  readonly key?: LockKey;
  /** Names this one lock in reports: `inode 12`. Default: a running number. */
  readonly label?: string;
  /** Its usual level in a hierarchy of locks of its class, 0–7. Default 0. */
  readonly subclass?: number;
  /** What it is ordered by among the locks of its class: `{ address: 0x1000, ino: 12 }`. Its class declares the order, or learns it. */
  readonly orderKeys?: OrderKeys;
  /** Where it belongs: locks of different scopes never meet (a lock per tenant, per file system). Default: it may meet any. */
  readonly scope?: string | number;
  /** Nobody but its maker can reach it before {@link BaseLock.publish}: nothing can be waited for with it until then. */
  readonly unpublished?: boolean;
  /** Who validates it. Default: the one of the process, `lockdep()`; null switches validation off. */
  readonly validator?: Validator | null;
  /** Who may take it while others wait. Default `fifo`. */
  readonly policy?: Policy;
  /**
   * What an acquisition does that closes a circle of waiting tasks: wait for ever, reported (default `report`), or fail with a
   * {@link DeadlockError} so that the others can go on.
   */
  readonly onDeadlock?: 'report' | 'throw';
  /** Note where each acquisition happens, for errors that name the holder (about 2 µs each). Default false. */
  readonly sites?: boolean;
}

/** How to wait. Generators under a scheduler wait without limit; async code under one gives up in virtual time. */
export interface AcquireLockOptions {
  /** Give up after this long with a {@link LockTimeoutError}. Default: never. */
  readonly timeoutMs?: number;
  /** Give up when it aborts, with its reason. */
  readonly signal?: AbortSignal;
  /** Level in a hierarchy of locks of the class, 0–7. Default: the lock's own. */
  readonly subclass?: number;
  /** A lock that is held and makes nesting in this class legal. */
  readonly nest?: BaseLock;
}
