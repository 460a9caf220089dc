/**
 * Statistics per class, as `/proc/lock_stat` has them: contentions and wait times, acquisitions and hold times, for writers and
 * readers apart, with the places where tasks waited and where the holders had taken the lock.
 *
 * Off by default: then this module costs one test of a flag per event. On: two clock readings a pair and an increment of a
 * logarithmic bucket each; no allocation but for a class met for the first time and for contentions.
 */
import type { Engine } from './engine.ts';
import type { Lock } from './lock.ts';
import { MODE_MASK, WRITE } from './mode.ts';
import { holdersOf } from './release.ts';
import type { Site } from './report.ts';
import type { Task } from './task.ts';

/** Times in microseconds. */
export interface Durations {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly total: number;
  /**
   * How many there were of each size: the first counts those below {@link FIRST_BUCKET_US}, each next one those up to twice its
   * predecessor's bound, the last all longer ones. Empty ones at the end are left out.
   */
  readonly buckets: readonly number[];
}

/** Upper bound of the first bucket of durations, in microseconds; a power of two. */
export const FIRST_BUCKET_US: number = 1 / 16;
/** The last one begins at 67 seconds. */
const BUCKETS = 32;

/** A place and how often it was seen. */
export interface ContentionPoint {
  readonly place: string;
  readonly count: number;
}

/** Statistics of one class in one mode. */
export interface LockStat {
  readonly name: string;
  readonly mode: 'write' | 'read';
  readonly wait: Durations;
  readonly hold: Durations;
  readonly acquisitions: number;
  /** Where tasks waited, the four most frequent. */
  readonly contendedAt: readonly ContentionPoint[];
  /** Where the lock they waited for had been taken. */
  readonly contendingAt: readonly ContentionPoint[];
}

/** Rows of the table: a class has one for writers and one for readers. */
const COLUMNS = 9;
const ACQUISITIONS = 0;
const WAITS = 1;
const WAIT = 2;
const HOLDS = 5;
const HOLD = 6;
/** The kernel keeps four points of each sort. */
const POINTS = 4;

export class LockStatistics {
  readonly #engine: Engine;
  readonly clock: () => number;
  #table = new Float64Array(64 * 2 * COLUMNS);
  /** For each row of the table the buckets of waits, then those of holds. */
  #buckets = new Uint32Array(64 * 2 * 2 * BUCKETS);
  readonly #contended = new Map<number, Map<string, number>>();
  readonly #contending = new Map<number, Map<string, number>>();

  constructor(engine: Engine, clock: () => number) {
    this.#engine = engine;
    this.clock = clock;
  }

  /** The top entry of the stack has just been pushed. */
  pushed(task: Task): void {
    const index = task.depth - 1;
    task.since[index] = this.clock();
    this.#table[this.#row(task.classOf(index), task.how(index)) + ACQUISITIONS]! += 1;
  }

  contended(task: Task, index: number, lock: Lock, site: Site): void {
    const row = this.#row(task.classOf(index), task.how(index));
    point(this.#contended, row, site);
    for (const holder of holdersOf(this.#engine, lock)) {
      const at = holder.locks.findIndex((held, depth) => depth < holder.depth && held === lock);
      point(this.#contending, row, this.#engine.heldSite(holder, at));
    }
  }

  /** The wait for the entry at `index` is over; holding begins now. */
  acquired(task: Task, index: number, since: number): void {
    const now = this.clock();
    this.#add(this.#row(task.classOf(index), task.how(index)), WAITS, WAIT, now - since);
    task.since[index] = now;
  }

  /** The entry at `index` is about to be released. */
  released(task: Task, index: number): void {
    const since = task.since[index];
    if (since === undefined) return;
    this.#add(this.#row(task.classOf(index), task.how(index)), HOLDS, HOLD, this.clock() - since);
  }

  /** Every class that was taken, most contended first, then by acquisitions. */
  rows(): LockStat[] {
    const rows: LockStat[] = [];
    for (const lockClass of this.#engine.classes.classes) {
      if (lockClass === undefined) continue;
      for (const mode of ['write', 'read'] as const) {
        const row = (lockClass.id * 2 + (mode === 'read' ? 1 : 0)) * COLUMNS;
        const acquisitions = this.#table[row + ACQUISITIONS] ?? 0;
        if (acquisitions === 0) continue;
        rows.push({
          name: lockClass.name,
          mode,
          acquisitions,
          wait: this.#durations(row, WAITS, WAIT),
          hold: this.#durations(row, HOLDS, HOLD),
          contendedAt: top(this.#contended.get(row)),
          contendingAt: top(this.#contending.get(row)),
        });
      }
    }
    return rows.sort((a, b) => b.wait.count - a.wait.count || b.acquisitions - a.acquisitions);
  }

  clear(): void {
    this.#table.fill(0);
    this.#buckets.fill(0);
    this.#contended.clear();
    this.#contending.clear();
  }

  #row(classId: number, how: number): number {
    const row = (classId * 2 + ((how & MODE_MASK) === WRITE ? 0 : 1)) * COLUMNS;
    if (row + COLUMNS > this.#table.length) {
      const larger = new Float64Array((row + COLUMNS) * 2);
      larger.set(this.#table);
      this.#table = larger;
      const buckets = new Uint32Array((larger.length / COLUMNS) * 2 * BUCKETS);
      buckets.set(this.#buckets);
      this.#buckets = buckets;
    }
    return row;
  }

  #add(row: number, count: number, first: number, time: number): void {
    const table = this.#table;
    const seen = table[row + count]!;
    table[row + count] = seen + 1;
    table[row + first] = seen === 0 ? time : Math.min(table[row + first]!, time);
    table[row + first + 1] = Math.max(table[row + first + 1]!, time);
    table[row + first + 2]! += time;
    this.#buckets[bucketsOf(row, first) + bucketOf(time)]! += 1;
  }

  #durations(row: number, count: number, first: number): Durations {
    const [min, max, total] = this.#table.subarray(row + first, row + first + 3);
    const from = bucketsOf(row, first);
    const buckets = [...this.#buckets.subarray(from, from + BUCKETS)];
    const used = buckets.findLastIndex((seen) => seen > 0) + 1;
    return { count: this.#table[row + count]!, min: min!, max: max!, total: total!, buckets: buckets.slice(0, used) };
  }
}

/** Where the buckets of a row's waits or holds begin. */
function bucketsOf(row: number, first: number): number {
  return ((row / COLUMNS) * 2 + (first === WAIT ? 0 : 1)) * BUCKETS;
}

function bucketOf(time: number): number {
  // Clocks of different processors may disagree: a time below zero is none.
  return 32 - Math.clz32(Math.max(0, Math.min(time / FIRST_BUCKET_US, 2 ** (BUCKETS - 2))));
}

function point(all: Map<number, Map<string, number>>, row: number, site: Site): void {
  const place = site.frames[0]?.text ?? '(unknown)';
  const points = all.get(row) ?? new Map<string, number>();
  points.set(place, (points.get(place) ?? 0) + 1);
  all.set(row, points);
}

function top(points: ReadonlyMap<string, number> | undefined): ContentionPoint[] {
  return [...(points ?? [])]
    .map(([place, count]) => ({ place, count }))
    .sort((a, b) => b.count - a.count || a.place.localeCompare(b.place))
    .slice(0, POINTS);
}
