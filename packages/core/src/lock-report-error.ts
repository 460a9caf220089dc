/** A report as an error, where that was asked for. */
import type { Report } from './report.ts';

/** Thrown out of the event that caused a report, when the validator was made with `onReport: 'throw'`. */
export class LockReportError extends Error {
  readonly report: Report;

  constructor(report: Report) {
    super(`${report.rule}: ${report.message}`);
    this.name = 'LockReportError';
    this.report = report;
  }
}
