/**
 * Reports as one JSON document. Its shape is published as `@lockdep/report/schema/report.schema.json`; `version` rises when
 * a reader of the old shape could be misled by the new one.
 */
import type { Report } from '@lockdep/core';

/** The document of version 1. */
export interface ReportDocument {
  readonly version: 1;
  readonly reports: readonly Report[];
}

/** The document as data. */
export function reportDocument(reports: readonly Report[]): ReportDocument {
  return { version: 1, reports };
}

/** The document as text, ending with a newline. `indent`: spaces per level, default 2; 0 puts it on one line. */
export function toJson(reports: readonly Report[], indent: number = 2): string {
  return `${JSON.stringify(reportDocument(reports), null, indent)}\n`;
}
