/**
 * What a report of an order says may happen: a circle of lock classes, where whoever holds the one wants the next.
 *
 * A report about one class (taken twice, or against the order of its instances) is a circle with one place. A deadlock *is on* the circle when
 * what its tasks want, each in turn, goes round it, and each task stands for the dependencies it goes over: from the lock that the one before it
 * wants, and it holds, over locks that it holds, to the one it wants. Some of those locks may be such as nobody ever waits for. Tasks queued
 * for one lock stand at one place.
 */
import type { OrderReport, Report } from '@lockdep/core';

/** What a task of a deadlock waits for. */
export interface Wanted {
  readonly lockClass: string;
  /** The lock: equal for one lock, whatever it is. */
  readonly lock: unknown;
}

/** A task of a ring: each waits for the next. */
export interface Waiting {
  /** Of the lock it wants. */
  readonly lockClass: string;
  /** Whether it has what the one before it in the ring wants, or only stands before that one in a queue. */
  readonly holdsPrevious: boolean;
  /** Classes of what it holds; null: whatever is asked for. */
  readonly held: ReadonlySet<string> | null;
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

  /** Those it goes through. */
  get classes(): ReadonlySet<string> {
    return new Set(this.#places.flatMap((classes) => [...classes]));
  }

  /** Does it go through the class? */
  has(lockClass: string): boolean {
    return this.#placesOf(lockClass).length > 0;
  }

  /** Could tasks that want these locks, each held by the next task, be on it? For all that is known, they hold what lies between. */
  goesRound(wanted: readonly Wanted[]): boolean {
    return this.isRealisedBy(
      wanted.map(({ lockClass, lock }, at) => {
        const isQueued = wanted.length > 1 && wanted.at(at - 1)!.lock === lock;
        return { lockClass, holdsPrevious: !isQueued, held: null };
      }),
    );
  }

  /** Are tasks that wait for each other, the last for the first, on it? */
  isRealisedBy(ring: readonly Waiting[]): boolean {
    const last = ring.at(-1)!.lockClass;
    return this.#placesOf(last).some((start) => this.#goesOn(ring, start, start, 0));
  }

  /** From the place of what the member before wants, to that of what this one wants, and so on to the end: where it began, not on the spot. */
  #goesOn(ring: readonly Waiting[], end: number, place: number, way: number): boolean {
    const [member, ...rest] = ring;
    if (member === undefined) return place === end && way > 0;
    return this.#placesOf(member.lockClass).some((next) => {
      // One that does not hold it stands before the other in the queue for it.
      if (!member.holdsPrevious) return next === place && this.#goesOn(rest, end, next, way);
      const step = (next - place + this.length) % this.length || this.length;
      for (let over = 1; over < step; over++) {
        if (!isAmong(member.held, this.#places[(place + over) % this.length]!)) return false;
      }
      return this.#goesOn(rest, end, next, way + step);
    });
  }

  #placesOf(lockClass: string): number[] {
    return [...this.#places.keys()].filter((place) => this.#places[place]!.has(lockClass));
  }
}

function isAmong(held: ReadonlySet<string> | null, classes: ReadonlySet<string>): boolean {
  return held === null || [...classes].some((name) => held.has(name));
}

const KINDS: ReadonlySet<Report['kind']> = new Set([
  'circular',
  'recursive',
  'instance-order',
  'order-flip',
  'interleaved-order',
]);

export function isOrderReport(report: Report): report is OrderReport {
  return KINDS.has(report.kind);
}

export function circleOf(report: OrderReport): Circle {
  if (report.kind === 'circular') return new Circle(report.cycle.map(({ from }) => new Set([from.name])));
  const nested = new Set([report.holding.class.name, report.want.class.name]);
  return new Circle(report.kind === 'interleaved-order' ? [nested, new Set([report.between.class.name])] : [nested]);
}
