/**
 * Stalls: waits that last longer than they should. Looks at the tasks from time to time, without touching them.
 *
 * Cost: one pass over the tasks per look; nothing on the paths of the locks.
 */
import type { TaskLocks } from './held-locks.ts';
import type { Validator } from './validator.ts';

/** A task that has been waiting too long, with those that hold what it waits for. */
export interface Stall {
  readonly waiter: TaskLocks;
  readonly holders: readonly TaskLocks[];
  /** Other tasks that wait for the same lock. */
  readonly queue: readonly TaskLocks[];
}

/** When a wait counts as a stall. */
export interface StallOptions {
  /** How long a wait may last, in milliseconds. Default 1000. */
  readonly afterMs?: number;
  /** How often to look, in milliseconds. Default a quarter of `afterMs`. */
  readonly everyMs?: number;
  /** Told once per wait. */
  readonly onStall: (stall: Stall) => void;
}

/**
 * Starts to watch; returns a function that stops it. Does not keep a process alive.
 *
 * @example
 * const stop = watchStalls(validator, { afterMs: 5000, onStall: ({ waiter }) => console.warn(`${waiter.task} is stuck`) });
 */
export function watchStalls(
  validator: Validator,
  { afterMs = 1000, everyMs = afterMs / 4, onStall }: StallOptions,
): () => void {
  const told = new Map<string, string>();
  const look = (): void => {
    const dump = validator.heldLocks();
    const late = dump.filter(({ waitedUs }) => waitedUs !== null && waitedUs >= afterMs * 1000);
    for (const task of told.keys()) if (!late.some((waiter) => waiter.task === task)) told.delete(task);
    for (const waiter of late) {
      const lock = waiter.waitsFor!.lock;
      if (told.get(waiter.task) === lock) continue;
      told.set(waiter.task, lock);
      const holders = dump.filter(({ task }) => waiter.heldBy.includes(task));
      const queue = dump.filter((other) => other !== waiter && other.waitsFor?.lock === lock);
      onStall({ waiter, holders, queue });
    }
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
