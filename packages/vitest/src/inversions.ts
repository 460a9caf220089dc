/** The reports that speak of an order in which locks can deadlock. */
import type { Report, ReportKind } from '@lockdep/core';

const KINDS: ReadonlySet<ReportKind> = new Set([
  'recursive',
  'circular',
  'irq-inversion',
  'irq-order',
  'instance-order',
  'order-flip',
  'interleaved-order',
  'deadlock',
]);

export function inversionsOf(reports: readonly Report[]): Report[] {
  return reports.filter(({ kind }) => KINDS.has(kind));
}

/** One line, for lists and for patterns: `LD2 possible circular locking dependency: a -> b -> a`. */
export function inversionLine(report: Report): string {
  const circle = 'cycle' in report ? ` [${report.cycle.map(({ from }) => from.name).join(' -> ')}]` : '';
  return `${report.rule} ${report.level}: ${report.message}${circle}`;
}
