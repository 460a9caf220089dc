/**
 * What a report of an order says may happen: a circle of lock classes, where whoever holds the one wants the next.
 *
 * A report about one class (taken twice, or against the order of its instances) is a circle with one place. A deadlock *is on* the circle when
 * what its tasks want, each in turn, goes round it: once, places left out where one task stands for several dependencies in a row; or
 * place by place, as often as there are instances. Tasks queued for one lock stand at one place.
 */
import type { CircularReport, InstanceOrderReport, OrderFlipReport, RecursiveReport, Report } from '@lockdep/core';

/** Reports that a schedule can confirm: those of orders in which locks are taken. */
export type OrderReport = CircularReport | RecursiveReport | InstanceOrderReport | OrderFlipReport;

/** What a task of a deadlock waits for. */
export interface Wanted {
  readonly lockClass: string;
  /** The lock: equal for one lock, whatever it is. */
  readonly lock: unknown;
}

export class Circle {
  /** By place: the classes that count as the lock wanted there. */
  readonly #places: readonly ReadonlySet<string>[];

  constructor(places: readonly ReadonlySet<string>[]) {
    this.#places = places;
  }

  /** Dependencies that close it. */
  get length(): number {
    return this.#places.length;
  }

  /** Does it go through the class? */
  has(lockClass: string): boolean {
    return this.#place(lockClass) >= 0;
  }

  /** Each member wants a lock that the next one holds, the last one's is held by the first. */
  goesRound(members: readonly Wanted[]): boolean {
    const { length } = this;
    let way = 0;
    let longest = 0;
    for (const [at, { lockClass, lock }] of members.entries()) {
      const next = members[(at + 1) % members.length]!;
      const [from, to] = [this.#place(lockClass), this.#place(next.lockClass)];
      if (from < 0 || to < 0) return false;
      const isQueue = members.length > 1 && lock === next.lock;
      const step = (to - from + length) % length || (isQueue ? 0 : length);
      way += step;
      longest = Math.max(longest, step);
    }
    return length === 1 || way === length || (longest === 1 && way > 0);
  }

  #place(lockClass: string): number {
    return this.#places.findIndex((classes) => classes.has(lockClass));
  }
}

export function isOrderReport(report: Report): report is OrderReport {
  return ['circular', 'recursive', 'instance-order', 'order-flip'].includes(report.kind);
}

export function circleOf(report: OrderReport): Circle {
  if (report.kind === 'circular') return new Circle(report.cycle.map(({ from }) => new Set([from.name])));
  return new Circle([new Set([report.holding.class.name, report.want.class.name])]);
}
