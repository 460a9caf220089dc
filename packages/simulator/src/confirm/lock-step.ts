/**
 * What a step does to a lock, and by which class the validator knows that lock: of the simulator's own locks and of those of `@lockdep/locks`
 * alike. A promise to complete (a claim) counts as holding the completion, as it does to the validator.
 */
import { SUBCLASS_SHIFT } from '@lockdep/core';
import type { Operation } from '@lockdep/locks';
import type { Op } from '../engine/op.ts';
import type { SimObject } from '../engine/sim-object.ts';
import { LibraryLock } from '../library/library-lock.ts';
import { CLAIM, COMPLETE, COMPLETE_ALL, WAIT } from '../objects/completion.ts';
import {
  ACQUIRE,
  ACQUIRE_READ,
  DOWNGRADE,
  ENQUEUE,
  ENQUEUE_READ,
  REACQUIRE,
  RELEASE,
  RELEASE_EITHER,
  RELEASE_READ,
  TRANSFER,
  TRY_ACQUIRE,
  TRY_ACQUIRE_READ,
} from '../objects/lock-codes.ts';

const LOCKS: ReadonlySet<string> = new Set(['mutex', 'bit', 'rwlock', 'fairrw', 'sem']);

/** The task has it now; no longer; for reading only; another has it. */
export type LockEffect = 'takes' | 'gives' | 'lowers' | 'hands-over';

export function isLock({ kind }: SimObject): boolean {
  return LOCKS.has(kind);
}

/** Whether a task parked on it waits for a lock, or for a completion. */
export function wantsLock({ object, code, blocks }: Op): boolean {
  if (object.kind === 'completion') return code === WAIT && blocks;
  if (!isLock(object)) return false;
  return code === ENQUEUE || code === ENQUEUE_READ || code === REACQUIRE || (blocks && code <= ACQUIRE_READ);
}

/** Whether it is the moment before the waiting: where a lock has a queue, arriving there. */
export function asksForLock(op: Op): boolean {
  if (op.object.kind === 'fairrw') return op.code === ENQUEUE || op.code === ENQUEUE_READ;
  return wantsLock(op);
}

export function isExclusive({ object, code }: Op): boolean {
  if (object.kind === 'completion') return true;
  return code !== ACQUIRE_READ && code !== ENQUEUE_READ && code !== TRY_ACQUIRE_READ;
}

/** What an op that gave `result` has done to its lock; null: nothing. */
export function effectOf({ object, code }: Op, result: unknown): LockEffect | null {
  if (object.kind === 'completion') {
    return code === CLAIM ? 'takes' : code === COMPLETE || code === COMPLETE_ALL ? 'gives' : null;
  }
  if (!isLock(object)) return null;
  switch (code) {
    case ACQUIRE:
    case ACQUIRE_READ:
    case REACQUIRE:
      return 'takes';
    case TRY_ACQUIRE:
    case TRY_ACQUIRE_READ:
      return result === false ? null : 'takes';
    case RELEASE:
    case RELEASE_READ:
    case RELEASE_EITHER:
      return 'gives';
    case DOWNGRADE:
      return 'lowers';
    case TRANSFER:
      return 'hands-over';
    default:
      return null;
  }
}

/** The class of the lock that an op acts on, as this op takes it (its subclass). */
export function lockClassOf({ object, arg }: Op): string {
  if (!(object instanceof LibraryLock)) return object.name;
  const { instance, validator } = object.lock;
  if (instance === null) return object.name;
  const subclass = ((arg as Operation<unknown>).how >> SUBCLASS_SHIFT) & 7 || instance.subclass;
  const { classes } = validator!.engine.classes;
  return classes[instance.entry.ids[subclass]!]?.name ?? instance.key.name;
}
