/**
 * Reports of several runs, tests or programs, each once by fingerprint: counts are added, and of what they say the loudest is kept, of
 * that the surest. A refutation is one program's: it does not outweigh what another has shown. Cost: linear.
 */
import { isSurer, type Level, type Report, type VerdictKind } from '@lockdep/core';

const LOUDNESS: readonly Level[] = ['note', 'warning', 'error'];

/** In the sequence in which fingerprints first came. */
export function mergeReports(reports: Iterable<Report>): Report[] {
  const merged = new Map<string, Report>();
  for (const report of reports) {
    const known = merged.get(report.fingerprint);
    const told = known === undefined || isStronger(report, known) ? report : known;
    merged.set(report.fingerprint, { ...told, count: report.count + (known?.count ?? 0) });
  }
  return [...merged.values()];
}

function isStronger(report: Report, known: Report): boolean {
  const louder = LOUDNESS.indexOf(report.level) - LOUDNESS.indexOf(known.level);
  if (louder !== 0) return louder > 0;
  const [sure, before] = [verdictOf(report), verdictOf(known)];
  return sure !== null && (before === null || isSurer(sure, before));
}

function verdictOf(report: Report): VerdictKind | null {
  return 'verdict' in report ? (report.verdict?.kind ?? null) : null;
}
