/**
 * An acquisition with a time limit or a signal: it ends with the lock or without, as virtual time and the tasks have it.
 *
 * With a signal it begins with a look at that, which is a step: whether the signal was aborted before is decided there, not when the code comes by.
 */
import { type AcquireLockOptions, LockTimeoutError } from '@lockdep/locks';
import type { LibraryLock } from '../library/library-lock.ts';
import type { Region } from '../objects/region.ts';
import type { AsyncLine, Wait } from './async-line.ts';

/** A look at a signal before a wait that it may end. */
export function lookAt(
  signals: Region,
  signal: AbortSignal,
  begin: () => void,
  refuse: (reason: unknown) => void,
): Wait {
  return {
    op: signals.reading('aborted?'),
    resolve: () => (signal.aborted ? refuse(signal.reason) : begin()),
    reject: refuse,
    isEffect: false,
  };
}

/** Starts `wait` in `line`, to be given up as `options` say. */
export function limitWait(
  line: AsyncLine,
  wait: Wait,
  lock: LibraryLock,
  signals: Region,
  { timeoutMs, signal }: AcquireLockOptions,
): void {
  const stop = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  const limited: Wait = {
    ...wait,
    heeds: signal == null ? null : signals,
    resolve: (value) => {
      stop();
      wait.resolve(value);
    },
    reject: (reason) => {
      stop();
      wait.reject(reason);
    },
  };
  const giveUp = (reason: unknown): void => line.giveUp(limited, lock.giveUp(wait.op), reason);
  const onAbort = (): void => giveUp(signal!.reason);
  const onTime = (): void => {
    const reason = new LockTimeoutError(lock.lock.label, timeoutMs!, [], 0);
    giveUp(reason);
    if (look !== null) line.giveUp(look, look.op, reason);
  };
  // The timer is a virtual one, since a task sets it.
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTime, timeoutMs);
  const begin = (): void => {
    signal?.addEventListener('abort', onAbort, { once: true });
    line.push(limited);
  };
  const look = signal == null ? null : lookAt(signals, signal, begin, limited.reject);
  if (look === null) begin();
  else line.push(look);
}
