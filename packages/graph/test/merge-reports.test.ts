/** Reports of several programs become one list: each finding once, as loud and as sure as the surest of them. */
import { type CircularReport, type Level, LockKey, Validator, type VerdictKind } from '@lockdep/core';
import { mergeReports } from '@lockdep/graph';
import { describe, expect, test } from 'vitest';

function circle(...names: readonly [string, string]): CircularReport {
  const validator = new Validator({ sites: false });
  const locks = names.map((name) => validator.lock(new LockKey({ name })));
  for (const [task, order] of [locks, locks.toReversed()].entries()) {
    const own = validator.task(`task ${task}`);
    for (const lock of order) validator.acquire(own, lock);
    for (const lock of order.toReversed()) validator.release(own, lock);
  }
  return validator.reports[0] as CircularReport;
}

function proved(kind: VerdictKind, level: Level, count = 1): CircularReport {
  return { ...circle('a', 'b'), level, count, verdict: { kind, reason: kind } };
}

const told = (...reports: readonly CircularReport[]): string[] =>
  mergeReports(reports).map((report) => `${(report as CircularReport).verdict.kind} ${report.level} ${report.count}`);

describe('reports of several runs', () => {
  test('counts are added, different findings stay apart', () => {
    const [one, other] = [circle('a', 'b'), circle('c', 'd')];
    expect(mergeReports([one, other, { ...one, count: 3 }])).toEqual([{ ...one, count: 4 }, other]);
    expect(mergeReports([])).toEqual([]);
  });

  test('a deadlock that one has shown stands, whichever comes first', () => {
    const reports = [proved('confirmed', 'error'), proved('predicted', 'error'), proved('possible', 'warning')];
    expect(told(...reports)).toEqual(['confirmed error 3']);
    expect(told(...reports.toReversed())).toEqual(['confirmed error 3']);
  });

  test('what one program cannot do another may: a refutation is told only when nothing louder is known', () => {
    expect(told(proved('refuted', 'note'), proved('possible', 'warning'))).toEqual(['possible warning 2']);
    expect(told(proved('possible', 'warning'), proved('refuted', 'note'))).toEqual(['possible warning 2']);
    expect(told(proved('refuted', 'note', 2), proved('refuted', 'note'))).toEqual(['refuted note 3']);
    expect(told(proved('refuted', 'note'), proved('gated', 'note'))).toEqual(['gated note 2']);
    expect(told(proved('possible', 'warning'), proved('unconfirmed', 'warning'))).toEqual(['unconfirmed warning 2']);
  });

  test('nothing that was given is changed', () => {
    const report = circle('a', 'b');
    mergeReports([report, report]);
    expect(report.count).toBe(1);
  });
});
