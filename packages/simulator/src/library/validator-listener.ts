/**
 * Tells a validator what happens to the simulator's own locks. (Locks of `@lockdep/locks` tell it themselves.)
 *
 * Each named lock is a class of its own. An acquisition is announced when the task arrives, before it waits, so one execution that ends well
 * shows orders that deadlock in another.
 */
import {
  type Lock,
  LockKey,
  type LockKindName,
  READ,
  RECURSIVE_READ,
  TRYLOCK,
  type Validator,
  WRITE,
} from '@lockdep/core';
import type { Op } from '../engine/op.ts';
import type { SimObject } from '../engine/sim-object.ts';
import type { SimTask } from '../engine/sim-task.ts';
import type { WorldListener } from '../engine/world-listener.ts';
import { Condition } from '../objects/condition.ts';
import {
  ACQUIRE,
  ACQUIRE_READ,
  DOWNGRADE,
  ENQUEUE,
  ENQUEUE_READ,
  REACQUIRE,
  RELEASE,
  RELEASE_READ,
  TRY_ACQUIRE,
  TRY_ACQUIRE_READ,
} from '../objects/lock-codes.ts';
import { SimLock } from '../objects/sim-lock.ts';
import type { SimMutex } from '../objects/sim-mutex.ts';
import { SimRwSemaphore } from '../objects/sim-rw-semaphore.ts';

const KINDS: Readonly<Record<string, LockKindName>> = {
  mutex: 'mutex',
  bit: 'bit_lock',
  rwlock: 'rwsem',
  fairrw: 'rwsem',
};

export class ValidatorListener implements WorldListener {
  readonly #validator: Validator;
  readonly #keys = new Map<string, LockKey>();
  readonly #locks = new WeakMap<SimObject, Lock>();

  constructor(validator: Validator) {
    this.#validator = validator;
  }

  executionStarts(): void {}

  taskStarts(_task: SimTask): void {}

  taskEnds(_task: SimTask): void {}

  parked(task: SimTask, { object, code }: Op): void {
    if (!(object instanceof SimLock) || !announces(object, code)) return;
    this.#validator.acquire(task.taskOf(this.#validator), this.#lockOf(object), howOf(object, code));
  }

  abandoned(task: SimTask, { object, code }: Op): void {
    if (object instanceof SimLock && (announces(object, code) || code <= ACQUIRE_READ)) {
      this.#validator.cancel(task.taskOf(this.#validator), this.#lockOf(object));
    }
  }

  stepped(task: SimTask, op: Op, result: unknown): void {
    const { object, code } = op;
    if (object instanceof Condition) {
      // The first step of waiting lets go of the mutex.
      if (op.follow !== null) this.#release(task, op.arg as SimMutex);
    } else if (object instanceof SimLock) {
      if (code === RELEASE || code === RELEASE_READ) this.#release(task, object);
      else if (code === DOWNGRADE) this.#validator.downgrade(task.taskOf(this.#validator), this.#lockOf(object));
      else if ((code === TRY_ACQUIRE || code === TRY_ACQUIRE_READ) && result === true) {
        const how = howOf(object, code) | TRYLOCK;
        this.#validator.acquire(task.taskOf(this.#validator), this.#lockOf(object), how);
      }
    }
  }

  #release(task: SimTask, object: SimLock): void {
    this.#validator.release(task.taskOf(this.#validator), this.#lockOf(object));
  }

  #lockOf(object: SimLock): Lock {
    let lock = this.#locks.get(object);
    if (lock === undefined) {
      let key = this.#keys.get(object.name);
      if (key === undefined) {
        key = new LockKey({ name: object.name, kind: KINDS[object.kind] ?? 'mutex' });
        this.#keys.set(object.name, key);
      }
      lock = this.#validator.lock(key, { label: object.name });
      this.#locks.set(object, lock);
    }
    return lock;
  }
}

/** Whether parking there is the moment before blocking: for a lock with a queue, arriving is. */
function announces(object: SimLock, code: number): boolean {
  if (code === REACQUIRE || code === ENQUEUE || code === ENQUEUE_READ) return true;
  return (code === ACQUIRE || code === ACQUIRE_READ) && !(object instanceof SimRwSemaphore);
}

function howOf(object: SimLock, code: number): number {
  const isRead = code === ACQUIRE_READ || code === ENQUEUE_READ || code === TRY_ACQUIRE_READ;
  if (!isRead) return WRITE;
  return object instanceof SimRwSemaphore ? READ : RECURSIVE_READ;
}
