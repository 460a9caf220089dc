/**
 * A mutex of another library, with its own methods and behaviour, seen by the validator and by schedulers.
 *
 * Before it goes one of ours: taken first and released last, so the other one is free whenever it is asked. Its cost is added.
 */
import type { LockOptions } from './lock-options.ts';
import { Mutex } from './mutex.ts';

/** Which of its methods do what; each has the name that most libraries use. */
export interface AdaptOptions extends LockOptions {
  /** Takes it; gives the function that releases it, or anything else. Default `acquire`. */
  readonly acquire?: string;
  /** Releases it. Default `release`. */
  readonly release?: string;
  /** Runs its first argument with the mutex held. Default `runExclusive`. */
  readonly runExclusive?: string;
}

type Method = (...args: unknown[]) => unknown;

/**
 * The mutex of another library as a lock of ours: hand it to the code in its place.
 *
 * @example
 * import { Mutex as AsyncMutex } from 'async-mutex';
 * const cache = adapt(new AsyncMutex(), { name: 'cache' });
 * await cache.runExclusive(() => refresh());
 */
export function adapt<M extends object>(mutex: M, options: AdaptOptions = {}): M {
  const { acquire = 'acquire', release = 'release', runExclusive = 'runExclusive', ...own } = options;
  const ours = new Mutex(own);
  const call = (method: string, args: unknown[]): unknown => (mutex as Record<string, Method>)[method]!(...args);
  const methods: Readonly<Record<string, Method>> = {
    [acquire]: async (...args) => {
      await ours.acquire();
      let taken: unknown;
      try {
        taken = await call(acquire, args);
      } catch (error) {
        ours.release();
        throw error;
      }
      if (typeof taken !== 'function') return taken;
      return () => {
        const released: unknown = taken();
        ours.release();
        return released;
      };
    },
    [release]: (...args) => {
      const released = call(release, args);
      ours.release();
      return released;
    },
    [runExclusive]: (...args) => ours.runExclusive(() => call(runExclusive, args)),
  };
  return new Proxy(mutex, {
    get: (target, key) => {
      const method = typeof key === 'string' ? methods[key] : undefined;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return method ?? value.bind(target);
    },
  });
}
