/**
 * Pins: a holder promises that nobody releases the lock under it (`lock_pin_lock`). The cookie proves who pinned; an entry
 * keeps the sum of its cookies.
 */
import type { Engine } from './engine.ts';
import { findAnywhere } from './find-held.ts';
import type { Lock } from './lock.ts';
import { reportBadUnlock } from './release.ts';
import type { PinReport } from './report.ts';
import { HOW, PINNED, PINS, ROW, type Task } from './task.ts';

let nextCookie = 1;

/** Pins a held lock; 0 (and a report) when it is not held. */
export function pin(engine: Engine, task: Task, lock: Lock): number {
  const index = findAnywhere(task, lock);
  if (index < 0) {
    reportBadUnlock(engine, task, lock, 'pin');
    return 0;
  }
  const cookie = nextCookie;
  nextCookie = (nextCookie % 0xffff) + 1;
  const row = index * ROW;
  const pinned = (task.held[row + HOW]! & PINNED) !== 0;
  task.held[row + PINS] = (pinned ? task.held[row + PINS]! : 0) + cookie;
  task.held[row + HOW]! |= PINNED;
  return cookie;
}

/** Takes back a pin; reports a lock that is not pinned, or a cookie that is not of this lock. */
export function unpin(engine: Engine, task: Task, lock: Lock, cookie: number): void {
  const index = findAnywhere(task, lock);
  if (index < 0) {
    reportBadUnlock(engine, task, lock, 'unpin');
    return;
  }
  const row = index * ROW;
  if ((task.held[row + HOW]! & PINNED) === 0) {
    reportPin(engine, task, index, 'not-pinned');
    return;
  }
  const left = task.held[row + PINS]! - cookie;
  if (left < 0) reportPin(engine, task, index, 'wrong-cookie');
  task.held[row + PINS] = Math.max(0, left);
  if (left <= 0) task.held[row + HOW]! &= ~PINNED;
}

function reportPin(engine: Engine, task: Task, index: number, what: PinReport['what']): void {
  const lock = engine.heldRef(task, index);
  const message = `${lock.class.name} is unpinned ${what === 'not-pinned' ? 'without being pinned' : 'with a cookie that is not its own'}`;
  engine.report({ kind: 'pin', message, lock, what }, task, null);
}
