/** The neighbouring classes on reported circles, each with the surest that was said of a circle through them: pictures colour by it. */
import type { Report, VerdictKind } from '@lockdep/core';
import type { LockOrder } from './lock-order.ts';

/** What pictures tell apart: a deadlock that happens, one that does not, and what nobody has decided. */
export type Fate = 'confirmed' | 'reported' | 'refuted';

const SURENESS: readonly Fate[] = ['refuted', 'reported', 'confirmed'];

/** How a verdict is drawn. */
export function fateOf(verdict: VerdictKind): Fate {
  return verdict === 'confirmed' || verdict === 'refuted' ? verdict : 'reported';
}

/** By `from,to`, positions of the view. */
export function circlePairs(view: LockOrder, reports: readonly Report[]): Map<string, Fate> {
  const pairs = new Map<string, Fate>();
  for (const report of reports) {
    if (report.kind !== 'circular') continue;
    const fate = fateOf(report.verdict.kind);
    for (const [index, { from }] of report.cycle.entries()) {
      const next = report.cycle[(index + 1) % report.cycle.length]!.from;
      const ends = [view.positions.get(from.name), view.positions.get(next.name)];
      if (ends.includes(undefined)) continue;
      const key = pairKey(ends[0]!, ends[1]!);
      const known = pairs.get(key) ?? 'refuted';
      pairs.set(key, SURENESS.indexOf(known) > SURENESS.indexOf(fate) ? known : fate);
    }
  }
  return pairs;
}

/** The key of a pair. */
export function pairKey(from: number, to: number): string {
  return `${from},${to}`;
}
