/** An acquisition was refused because waiting for it would never end. */
import type { DeadlockReport } from '@lockdep/core';

/** Thrown, where a lock asks for it, by the acquisition that would complete a deadlock; carries the report. */
export class DeadlockError extends Error {
  /** The circle of waiting tasks. */
  readonly report: DeadlockReport;

  constructor(report: DeadlockReport) {
    super(report.message);
    this.name = 'DeadlockError';
    this.report = report;
  }
}
