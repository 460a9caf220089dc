/** A report in one line: `LD2 circular: a → b → a`. Names what it is about; no counts, no places. */
import type { Report } from '@lockdep/core';
import { reportClasses } from '../graph/neighbourhood.ts';
import { printable } from '../text/printable.ts';

/** The line. */
export function reportHeading(report: Report): string {
  const names = report.kind === 'circular' ? report.cycle.map((hop) => hop.from.name) : reportClasses(report);
  const circle = report.kind === 'circular' ? [...names, ...names.slice(0, 1)] : names;
  const about = circle.map(printable).join(report.kind === 'circular' ? ' → ' : ', ');
  return `${printable(report.rule)} ${report.kind}${about === '' ? '' : `: ${about}`}`;
}
