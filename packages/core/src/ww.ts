/**
 * Wound/wait acquisition (wait-die flavour): the rules of `ww_mutex` contexts, as Linux checks them with DEBUG_WW_MUTEXES.
 *
 * A context may take many locks of one ww class in any order; on EDEADLK it must let go of all of them and begin again with the
 * contended one. For the order checks the context is a lock map that nests everything, and (since Linux 6.13) a first,
 * fake mutex of the class keeps plain acquisitions under a context visible. (kernel/locking/ww_mutex.h.)
 */
import type { Lock } from './lock.ts';
import { LockKey } from './lock-key.ts';
import { TRYLOCK, WRITE } from './mode.ts';
import type { Task } from './task.ts';
import type { Validator } from './validator.ts';

/** What the lock itself answered. */
export type WwOutcome = 'ok' | 'EALREADY' | 'EDEADLK' | 'busy';

/** A family of ww mutexes that one context may take together. */
export class WwClass {
  readonly name: string;
  readonly mutexKey: LockKey;
  readonly contextKey: LockKey;

  constructor(name: string, mutexName: string = `${name}_mutex`, contextName: string = `${name}_acquire`) {
    this.name = name;
    this.mutexKey = new LockKey({ name: mutexName, kind: 'ww_mutex' });
    this.contextKey = new LockKey({ name: contextName, kind: 'ww_ctx' });
  }
}

/** A ww mutex as the rules see it: its lock, its class, and the context that owns it. */
export class WwMutex {
  readonly lock: Lock;
  readonly wwClass: WwClass;
  context: WwContext | null = null;

  constructor(validator: Validator, wwClass: WwClass, label: string) {
    this.wwClass = wwClass;
    this.lock = validator.lock(wwClass.mutexKey, { label });
  }
}

/**
 * An acquire context: `init`, any number of `lock`/`unlock`, `done`, `fini`.
 *
 * The caller says how each lock attempt ended ({@link WwOutcome}); the context tells the validator and reports rules broken.
 */
export class WwContext {
  readonly #validator: Validator;
  readonly #map: Lock;
  readonly #first: Lock;
  wwClass: WwClass | null;
  acquired = 0;
  #done = false;
  #contending: WwMutex | null = null;

  constructor(validator: Validator, wwClass: WwClass, label: string) {
    this.#validator = validator;
    this.wwClass = wwClass;
    this.#map = validator.lock(wwClass.contextKey, { label });
    this.#first = validator.lock(wwClass.mutexKey, { label: `${label}.first` });
  }

  /** The lock map under which the context's locks nest. */
  get map(): Lock {
    return this.#map;
  }

  init(task: Task): void {
    this.acquired = 0;
    this.#done = false;
    this.#contending = null;
    this.#validator.acquire(task, this.#map);
    this.#validator.acquire(task, this.#first, WRITE, this.#map);
  }

  lock(task: Task, mutex: WwMutex, outcome: WwOutcome): void {
    if (outcome === 'EALREADY' || outcome === 'busy') return;
    this.#validator.acquire(task, mutex.lock, WRITE, this.#map);
    if (outcome === 'EDEADLK') {
      this.#require(task, this.#contending === null, 'EDEADLK again without having backed off');
      this.#contending = mutex;
      this.#validator.release(task, mutex.lock);
      return;
    }
    this.#own(task, mutex);
  }

  /** The retry of the contended lock after backing off; pointless without an EDEADLK before. */
  lockSlow(task: Task, mutex: WwMutex, outcome: WwOutcome): void {
    this.#require(task, this.#contending !== null, 'slow-path lock without a preceding EDEADLK');
    this.lock(task, mutex, outcome);
  }

  trylock(task: Task, mutex: WwMutex, outcome: WwOutcome): void {
    if (outcome !== 'ok') return;
    this.#validator.acquire(task, mutex.lock, TRYLOCK, this.#map);
    this.#own(task, mutex);
  }

  done(task: Task): void {
    this.#require(task, !this.#done, 'acquire_done called twice');
    this.#done = true;
  }

  fini(task: Task): void {
    this.#validator.release(task, this.#first);
    this.#validator.release(task, this.#map);
    this.#require(task, this.acquired === 0, 'acquire_fini with locks still held');
  }

  /** Another context in the same state (as a test's plumbing needs it). */
  copyFrom(other: WwContext): void {
    this.acquired = other.acquired;
    this.#done = other.#done;
    this.#contending = other.#contending;
  }

  /** @internal A lock of this context was let go. */
  released(task: Task): void {
    this.#require(task, this.acquired > 0, 'more unlocks than locks in the context');
    if (this.acquired > 0) this.acquired -= 1;
  }

  #own(task: Task, mutex: WwMutex): void {
    this.#require(task, mutex.context === null, 'the mutex still carries another context');
    this.#require(task, !this.#done, 'lock after acquire_done');
    if (this.#contending !== null) {
      this.#require(task, this.#contending === mutex, 'another mutex taken after EDEADLK than the contended one');
      this.#require(task, this.acquired === 0, 'retry after EDEADLK without dropping the other locks');
      this.#contending = null;
    }
    this.#require(task, this.wwClass === mutex.wwClass, 'the context belongs to another ww class');
    this.acquired += 1;
    mutex.context = this;
  }

  #require(task: Task, holds: boolean, what: string): void {
    if (!holds) this.#validator.engine.report({ kind: 'ww-api', message: what, what }, task, null);
  }
}

/** Takes a ww mutex without a context, as a plain mutex. */
export function wwLockPlain(
  validator: Validator,
  task: Task,
  mutex: WwMutex,
  outcome: WwOutcome,
  trylock: boolean,
): void {
  if (outcome === 'ok') validator.acquire(task, mutex.lock, trylock ? TRYLOCK : WRITE);
}

/** Lets go of a ww mutex, and tells its context. */
export function wwUnlock(validator: Validator, task: Task, mutex: WwMutex): void {
  mutex.context?.released(task);
  mutex.context = null;
  validator.release(task, mutex.lock);
}
