/**
 * A report as one line of a log: the few facts one searches and groups by. The whole report stays with the validator. No field is called
 * as one that loggers write themselves (`level`, `msg`, `time`): the line would have it twice.
 */
import type { LockRef, Report, Site } from '@lockdep/core';

/** What a log line says of a report. */
export interface ReportFacts {
  readonly event: 'lockdep-report';
  readonly kind: Report['kind'];
  readonly rule: string;
  /** Stable under moved lines and renamed files. */
  readonly id: string;
  readonly task: string;
  /** In words. */
  readonly detail: string;
  /** How sure it is, where the report is about an order. */
  readonly verdict?: string;
  /** The classes it is about, in their order; of a circle, the last leads back to the first. */
  readonly chain: readonly string[];
  /** The places it is about, each once. */
  readonly sites: readonly string[];
}

/** @example log.warn(reportFacts(report), 'lock report'); */
export function reportFacts(report: Report): ReportFacts {
  const { kind, rule, fingerprint, task, message } = report;
  const verdict = 'verdict' in report && report.verdict !== undefined ? { verdict: report.verdict.kind } : {};
  const facts = { event: 'lockdep-report', kind, rule, id: fingerprint, task, detail: message } as const;
  return { ...facts, ...verdict, chain: chainOf(report), sites: placesOf(report) };
}

function chainOf(report: Report): string[] {
  if ('cycle' in report) return report.cycle.map((hop) => hop.from.name);
  if ('path' in report)
    return report.path.flatMap((hop, at) => (at === 0 ? [hop.from.name, hop.to.name] : hop.to.name));
  return locksOf(report).map((lock) => lock.class.name);
}

function placesOf(report: Report): string[] {
  const hops = 'cycle' in report ? report.cycle : 'path' in report ? report.path : [];
  const sites = [
    ...hops.flatMap((hop) => [hop.outerSite, hop.innerSite]),
    ...locksOf(report).map((lock) => lock.site),
    report.site,
  ];
  return [...new Set(sites.flatMap(placeOf))];
}

const placeOf = (site: Site): string[] => site.frames.slice(0, 1).map((frame) => frame.text);

/** The locks a report is about, outer ones first. */
function locksOf(report: Report): LockRef[] {
  if ('waits' in report) return report.waits.map((wait) => wait.wants);
  if ('left' in report) return [...report.left];
  const { limitedBy, holding, between, want, lock } = report as Partial<Record<Role, LockRef | null>>;
  return [limitedBy, holding, between, want, lock].filter((found) => found != null);
}

type Role = 'limitedBy' | 'holding' | 'between' | 'want' | 'lock';
