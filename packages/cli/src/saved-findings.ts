/**
 * Saved reports, saved graphs and traces as one set of findings: reports once each, graphs merged by class name, and the inversions
 * that only the merged graph shows.
 */
import { type Level, type Report, rules } from '@lockdep/core';
import { findInversions, inversionReports, mergeGraphs, mergeReports, type SavedGraph } from '@lockdep/graph';
import { renderText } from '@lockdep/report';
import type { Findings } from './findings.ts';
import { savedGraphView } from './saved-graph-view.ts';
import { UsageError } from './usage-error.ts';

export interface SavedFindings extends Findings {
  readonly merged: SavedGraph | null;
}

/** Puts them together. A report that is there several times has the counts added, the loudest wording, and of these the surest. */
export function savedFindings(
  title: string,
  { reports, graphs }: { readonly reports: readonly Report[]; readonly graphs: readonly SavedGraph[] },
): SavedFindings {
  const merged = graphs.length === 0 ? null : mergeGraphs(graphs);
  const told = mergeReports(reports);
  const known = new Set(told.map(({ fingerprint }) => fingerprint));
  const found = merged === null ? [] : findInversions(merged, ({ fingerprint }) => !known.has(fingerprint));
  return {
    title,
    reports: [...told, ...(merged === null ? [] : inversionReports(found, merged))],
    graph: merged === null ? null : savedGraphView(merged),
    saved: () => merged,
    merged,
  };
}

const LEVELS: readonly Level[] = ['note', 'warning', 'error'];

/** The reports of a JSON document that a command has written. @throws UsageError for the first that is none. */
export function reportsOf(document: unknown, file: string): readonly Report[] {
  const hint = 'give what `--format json` or `--json` of a reporting command has written';
  const reports = typeof document === 'object' && document !== null && 'reports' in document ? document.reports : null;
  if (!Array.isArray(reports)) throw new UsageError(`${file}: no reports in it`, hint);
  for (const [at, report] of reports.entries()) {
    if (!isReport(report)) throw new UsageError(`${file}: reports[${at}] is no report`, hint);
  }
  return reports as readonly Report[];
}

/** Renderers read all of a report, so what can be rendered is whole. */
function isReport(value: unknown): boolean {
  try {
    const { kind, rule, fingerprint, level, count } = value as Report;
    if (!Object.hasOwn(rules, kind) || rules[kind].id !== rule || typeof fingerprint !== 'string') return false;
    return LEVELS.includes(level) && Number.isInteger(count) && renderText(value as Report) !== '';
  } catch {
    return false;
  }
}
