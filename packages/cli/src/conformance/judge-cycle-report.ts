/**
 * Runs a reported circle: each edge is shown by a task of its own. Exactly that circle must be reported, and only when its last edge
 * is shown; the edge that comes last is tried in turn, the one that really was first.
 */
import { type Lock, LockKey, type Report, siteOf, Validator } from '@lockdep/core';
import type { CycleReport } from './cycle-report.ts';
import type { Disagreement } from './judge-case.ts';

/** Null when it agrees. Cost: O(edges²). */
export function judgeCycleReport(report: CycleReport): Disagreement | null {
  for (let last = 0; last < report.edges.length; last++) {
    const disagreement = judgeClosedBy(report, last);
    if (disagreement !== null) return disagreement;
  }
  return null;
}

function judgeClosedBy({ id, edges }: CycleReport, last: number): Disagreement | null {
  const validator = new Validator({ sites: false });
  const locks = locksOf(
    validator,
    edges.map(({ outer }) => outer),
  );
  const turn = [...edges.keys()].map((step) => (last + 1 + step) % edges.length);
  for (const [step, at] of turn.entries()) {
    const { acquiredAt } = edges[at]!;
    const task = validator.task(`task ${at}`);
    const [outer, inner] = [locks[at]!, locks[(at + 1) % edges.length]!];
    validator.acquire(task, outer);
    validator.acquire(task, inner, 0, null, acquiredAt[0] === undefined ? null : siteOf(acquiredAt.join(' < ')));
    validator.release(task, inner);
    validator.release(task, outer);
    const isLast = step === turn.length - 1;
    if (!isLast && validator.reports.length > 0)
      return disagreement(`no report before edge ${last}`, validator.reports, at);
  }
  const circle = [...edges.keys()].map((step) => nameOf(validator, locks[(last + step) % edges.length]!));
  const expected = `circular ${circle.join(' → ')}, at edge ${last}`;
  const [found, ...more] = validator.reports;
  const agrees =
    found?.kind === 'circular' &&
    more.length === 0 &&
    String(found.cycle.map(({ from }) => from.name)) === String(circle);
  return agrees ? null : disagreement(expected, validator.reports, last);

  function disagreement(wanted: string, got: readonly Report[], step: number): Disagreement {
    return { id, expected: wanted, got: got.length === 0 ? 'no report' : got.map(describe).join('; '), step };
  }
}

/** A lock for each place of the circle: `name/1` is subclass 1, and a name that has come before is another class of that name. */
function locksOf(validator: Validator, names: readonly string[]): Lock[] {
  const keys = new Map<string, LockKey>();
  return names.map((name, at) => {
    const [, base = name, subclass = '0'] = /^(.+)\/([1-7])$/.exec(name) ?? [];
    const before = names.slice(0, at).filter((other) => other === name).length;
    const identity = `${before} ${base}`;
    const key = keys.get(identity) ?? new LockKey({ name: base });
    keys.set(identity, key);
    return validator.lock(key, { subclass: Number(subclass) });
  });
}

function nameOf(validator: Validator, lock: Lock): string {
  return validator.classes().find(({ key, subclass }) => key === lock.key && subclass === lock.subclass)!.name;
}

function describe(report: Report): string {
  if (report.kind !== 'circular') return report.kind;
  return `circular ${report.cycle.map(({ from }) => from.name).join(' → ')}`;
}
