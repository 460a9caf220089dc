/** Compares what a case reported with what it must report. */
import type { Report, ValidatorMode } from '@lockdep/core';
import type { CaseDetail, ConformanceCase } from './conformance-case.ts';
import { type CaseOutcome, runCase } from './run-case.ts';

export interface Disagreement {
  readonly id: string;
  readonly expected: string;
  readonly got: string;
  readonly step: number | null;
}

/** `auto`: each case in ideal mode where the kernel's answer is wrong, in kernel mode elsewhere. */
export type Level = ValidatorMode | 'auto';

interface Expectation {
  readonly report: string | null;
  readonly detail: CaseDetail;
}

/** Runs a case; null when it agrees. */
export function judgeCase(test: ConformanceCase, level: Level): Disagreement | null {
  const ideal = test.ideal !== undefined && test.ideal.optional !== true;
  const mode = level === 'auto' ? (ideal ? 'ideal' : 'kernel') : level;
  const expected = mode === 'ideal' && ideal ? idealExpectation(test) : kernelExpectation(test);
  const outcome = runCase(test, mode);
  if (agrees(expected, outcome)) return null;
  return {
    id: test.id,
    expected: describe(expected.report, expected.detail),
    got: describeOutcome(outcome),
    step: outcome.step,
  };
}

function kernelExpectation(test: ConformanceCase): Expectation {
  if (test.expect === 'SUCCESS') return { report: null, detail: {} };
  return { report: test.report ?? '', detail: { ...test.reportDetail, ...test.kernelDetail } };
}

function idealExpectation(test: ConformanceCase): Expectation {
  const ideal = test.ideal!;
  if (ideal.expect === 'SUCCESS') return { report: null, detail: {} };
  const sameReport = ideal.report !== undefined && ideal.report === test.report && ideal.step === undefined;
  return {
    report: ideal.report ?? '',
    detail: {
      ...(sameReport ? test.reportDetail : {}),
      ...(ideal.step === undefined ? {} : { step: ideal.step }),
      ...ideal.detail,
    },
  };
}

function agrees(expected: Expectation, { report, step }: CaseOutcome): boolean {
  if (report === null || expected.report === null) return report === null && expected.report === null;
  // An ideal answer may say only that something must be reported.
  if (expected.report !== '' && report.kind !== expected.report) return false;
  const got: CaseDetail = { ...reportDetail(report), step };
  return Object.entries(expected.detail).every(([name, value]) => JSON.stringify(got[name]) === JSON.stringify(value));
}

/** The detail fields of a report, in the notation of the cases: classes without `#2` and `/1`. */
export function reportDetail(report: Report): CaseDetail {
  const base = (name: string): string => name.replace(/\/\d+$/, '').replace(/#\d+$/, '');
  switch (report.kind) {
    case 'recursive':
      return { held: report.holding.lock, want: report.want.lock };
    case 'circular': {
      const path = report.cycle.map((hop) => base(hop.to.name));
      return { path, hops: path.length - 1 };
    }
    case 'bad-unlock':
    case 'held-freed':
      return { lock: report.lock.lock };
    case 'nest-not-held':
      return { nest: report.nest };
    case 'invalid-wait-context':
      return { want: report.wants, have: report.have };
    case 'inconsistent-state':
      return { usage: [report.oldUsage, report.newUsage], lock: base(report.lock.class.name) };
    case 'irq-inversion':
      return { irq: report.state, lock: base(report.lock.class.name), other: base(report.other.name) };
    case 'irq-order':
      return { irq: report.state, safe: base(report.safe.name), unsafe: base(report.unsafe.name) };
    default:
      return {};
  }
}

function describeOutcome({ report, step }: CaseOutcome): string {
  return report === null ? 'no report' : describe(report.kind, { ...reportDetail(report), step });
}

function describe(report: string | null, detail: CaseDetail): string {
  if (report === null) return 'no report';
  const fields = Object.entries(detail).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [report === '' ? 'any report' : report, ...fields].join(', ');
}
