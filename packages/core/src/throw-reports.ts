/**
 * `onReport: 'throw'`: an event that causes a report throws it, once the event is over and everything it does is done. Thrown from
 * the middle, it would leave stacks cut in two and chains taken for checked that are not.
 *
 * A lock whose acquisition throws is not held: the program will not take it. Costs nothing to validators that do not throw: the
 * events of one that does are replaced on that instance alone.
 */
import { LockReportError } from './lock-report-error.ts';
import type { Report } from './report.ts';
import type { Validator } from './validator.ts';

const EVENTS = [
  'task',
  'acquire',
  'release',
  'contended',
  'acquired',
  'cancel',
  'downgrade',
  'transfer',
  'initLock',
  'disposeLock',
  'endTask',
  'setClass',
  'enableContext',
  'markEnabled',
  'lock',
  'zap',
  'zapClass',
  'assertHeld',
  'assertHeldWrite',
  'assertHeldRead',
  'assertNotHeld',
  'assertNoneHeld',
  'mightLock',
  'pin',
  'unpin',
] as const satisfies readonly (keyof Validator)[];

export function throwReports(validator: Validator): void {
  let inside = 0;
  let first: Report | null = null;
  const throwFirst = (): void => {
    const report = first;
    first = null;
    if (report !== null) throw new LockReportError(report);
  };
  validator.subscribe((report) => {
    first ??= report;
    if (inside === 0) throwFirst();
  });
  const during = <T>(event: () => T): T => {
    inside += 1;
    try {
      return event();
    } finally {
      inside -= 1;
      if (inside === 0) throwFirst();
    }
  };
  for (const name of EVENTS) {
    const event = validator[name] as (...args: unknown[]) => unknown;
    replace(validator, name, (...args: unknown[]) => during(() => event.apply(validator, args)));
  }
  const { acquire } = validator;
  replace(validator, 'acquire', ((task, lock, ...rest) => {
    const { depth } = task;
    try {
      acquire(task, lock, ...rest);
    } catch (error) {
      if (task.depth > depth) validator.cancel(task, lock);
      throw error;
    }
  }) as Validator['acquire']);
}

function replace(validator: Validator, name: keyof Validator, value: unknown): void {
  Object.defineProperty(validator, name, { value, configurable: true, writable: true });
}
