/**
 * Promises as events: who has said to settle one, and who waits for it under which locks.
 *
 * A promise does not tell who will settle it, so that is claimed: until then, whatever the claimer takes comes after the promise in
 * the order, and waiting for it under a lock that its claimer needs is a circle like any other (LD2, in the layer of events).
 * A promise nobody claimed closes none, but who waits for it is known. Entries go with their promises.
 */
import { classKey } from './class-key.ts';
import { Completion } from './completion.ts';
import type { AcquireLockOptions, LockOptions } from './lock-options.ts';
import { shared } from './shared.ts';

const events = shared('@lockdep/promises', () => new WeakMap<PromiseLike<unknown>, Completion>());

/**
 * The current task settles this promise: others wait for it with `lockdep.waitsFor`. Its class is that of the name, else of the place of
 * the call. Returns the promise itself, whose rejection counts as handled from then on.
 *
 * @example
 * const flushed = Promise.withResolvers<void>();
 * lockdep.claims(flushed.promise, { name: 'journal flushed' });
 */
export function claims<P extends PromiseLike<unknown>>(promise: P, options: LockOptions = {}): P {
  const event = events.get(promise) ?? watch(promise, named(options, claims));
  event.claim();
  return promise;
}

/**
 * Waits for a promise as for a lock: the locks held now come before it in the order, who waits is seen by `heldLocks()`, and a deadlock with
 * its claimer is reported. Rejects as the promise does, or like `acquire` when told to give up.
 *
 * @example
 * await lockdep.waitsFor(flushed.promise);
 */
export async function waitsFor<T>(promise: PromiseLike<T>, options?: AcquireLockOptions): Promise<Awaited<T>> {
  const event = events.get(promise) ?? watch(promise, named({}, waitsFor));
  await event.wait(options);
  return await promise;
}

/** Starts code as a strand, or as a task, of its own. */
export type Starter = <T>(fn: () => T) => Promise<Awaited<T>>;

/** Runs `fn` in a strand that claims the promise returned, from its beginning to its end. */
export function runClaimed<T>(run: Starter, options: LockOptions, fn: () => T): Promise<Awaited<T>> {
  const event = new Completion(options);
  const claimed = async (): Promise<Awaited<T>> => {
    event.claim();
    try {
      return await fn();
    } finally {
      event.completeAll();
    }
  };
  const promise = run(claimed) as Promise<Awaited<T>>;
  events.set(promise, event);
  return promise;
}

/** An event of the class named, else of the place where the program called `caller`. */
function named(options: LockOptions, caller: CallableFunction): Completion {
  return new Completion({ ...options, key: options.key ?? classKey('completion', options.name, caller) });
}

function watch(promise: PromiseLike<unknown>, event: Completion): Completion {
  events.set(promise, event);
  const settled = (): void => void event.completeAll();
  promise.then(settled, settled);
  return event;
}
