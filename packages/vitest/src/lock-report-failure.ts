/** What fails a test that caused a report: the report rendered, with a stack that leads to the acquisition. */
import type { Report } from '@lockdep/core';
import { reportStack, reportText } from './report-text.ts';

/** What a test fails with when its locks were reported. */
export class LockReportFailure extends Error {
  readonly fingerprint: string;

  constructor(report: Report, root: string) {
    super(reportText(report, root));
    this.name = 'LockReport';
    this.fingerprint = report.fingerprint;
    this.stack = `${this.name}: ${report.message}\n${reportStack(report, root)}`;
  }
}
