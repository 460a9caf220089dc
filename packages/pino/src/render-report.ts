/** The report of a recorded run in the formats that a file or a log may want. */
import type { Validator } from '@lockdep/core';
import { renderHtml, renderMarkdown, renderSarif, renderSummary, renderText, toJson } from '@lockdep/report';

export const REPORT_FORMATS = ['text', 'json', 'markdown', 'sarif', 'html'] as const;

/** The formats of the report by name. */
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Paths are made relative to `root`. */
export async function renderReport(validator: Validator, format: ReportFormat, root: string): Promise<string> {
  const { reports } = validator;
  switch (format) {
    case 'text':
      return [
        ...reports.map((report) => renderText(report, { root })),
        renderSummary(validator.graph(), reports, { chains: validator.stats().chains }),
      ].join('\n');
    case 'json':
      return toJson(reports);
    case 'markdown':
      return renderMarkdown(reports, { root });
    case 'sarif':
      return renderSarif(reports, { root });
    case 'html':
      return renderHtml({ graph: validator.graph(), reports, title: 'Lock order of the run', root });
  }
}
