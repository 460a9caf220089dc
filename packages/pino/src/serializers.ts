/** How pino writes reports and locks: as the few facts one searches for, and as a name. */
import type { Report } from '@lockdep/core';
import { type ReportFacts, reportFacts } from '@lockdep/locks';

/** Anything that can be told to be a lock: one of `@lockdep/locks`, one of a validator, or one that a report names. */
export type LoggedLock =
  | { readonly label: string; readonly instance?: LoggedInstance | null }
  | LoggedInstance
  | { readonly lock: string; readonly class: { readonly name: string } };

interface LoggedInstance {
  readonly label: string;
  readonly key: { readonly name: string };
}

/**
 * @example
 * const logger = pino({ serializers });
 * logger.info({ lock: accounts }, 'rebuilt');
 * logger.error({ report: lockdep().reports[0] }, 'giving up');
 */
export const serializers: {
  readonly report: (report: Report) => ReportFacts;
  readonly lock: (lock: LoggedLock) => string;
} = {
  report: reportFacts,
  lock(lock) {
    if ('class' in lock) return named(lock.class.name, lock.lock);
    if ('key' in lock) return named(lock.key.name, lock.label);
    return lock.instance == null ? lock.label : named(lock.instance.key.name, lock.label);
  },
};

/** The class, and which lock of it where it has a name of its own. */
function named(className: string, label: string): string {
  return label === className ? className : `${className} (${label})`;
}
