/**
 * An acquisition with a time limit or a signal: it ends with the lock or without, as virtual time and the tasks have it.
 */
import { type AcquireLockOptions, LockTimeoutError, type Operation } from '@lockdep/locks';
import type { LibraryLock } from '../library/library-lock.ts';
import type { AsyncLine, Wait } from './async-line.ts';

/** Starts `wait` in `line`, to be given up as `options` say. */
export function limitWait(
  line: AsyncLine,
  wait: Wait,
  operation: Operation<unknown>,
  lock: LibraryLock,
  { timeoutMs, signal }: AcquireLockOptions,
): void {
  if (signal?.aborted === true) {
    wait.reject(signal.reason);
    return;
  }
  const stop = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  const limited: Wait = {
    ...wait,
    resolve: (value) => {
      stop();
      wait.resolve(value);
    },
    reject: (reason) => {
      stop();
      wait.reject(reason);
    },
  };
  const giveUp = (reason: unknown): void => line.giveUp(limited, lock.giveUp(lock.opOf(operation)), reason);
  const onAbort = (): void => giveUp(signal!.reason);
  const onTime = (): void => giveUp(new LockTimeoutError(lock.lock.label, timeoutMs!, [], 0));
  // The timer is a virtual one, since a task sets it.
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTime, timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  line.push(limited);
}
