/**
 * Waiting and holding times per class in the layout of `/proc/lock_stat`: a row per class (two where readers are counted
 * apart), most contended first, and below it the places that waited. Times are microseconds with two decimals.
 */
import { displayWidth } from './text/display-width.ts';
import { printable } from './text/printable.ts';

/** Shortest, longest and total time in microseconds, of `count` of them. */
export interface TimeStat {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly total: number;
}

/** A class, or one mode of it. */
export interface LockStatRow {
  readonly name: string;
  /** Given where readers are counted apart: printed as `name-R` and `name-W`. */
  readonly mode?: 'read' | 'write';
  /** Waits: `count` is the number of contentions. */
  readonly wait: TimeStat;
  /** Holds: `count` is the number of acquisitions. */
  readonly hold: TimeStat;
  /** Where tasks waited, and how often. */
  readonly contendedAt?: readonly { readonly place: string; readonly count: number }[];
}

const HEADINGS = [
  'contentions',
  'waittime-min',
  'waittime-max',
  'waittime-total',
  'waittime-avg',
  'acquisitions',
].concat(['holdtime-min', 'holdtime-max', 'holdtime-total', 'holdtime-avg']);
const COLUMN = 15;
const NAME = 40;

/** Renders the table. */
export function renderLockStat(rows: readonly LockStatRow[]): string {
  const head = 'class name'.padStart(NAME) + HEADINGS.map((heading) => heading.padStart(COLUMN)).join('');
  const bar = '-'.repeat(head.length);
  const sorted = rows.toSorted(
    (a, b) => b.wait.count - a.wait.count || b.hold.count - a.hold.count || (a.name < b.name ? -1 : 1),
  );
  return `${['lock_stat version 0.4', bar, head, bar, '', ...sorted.flatMap(rowLines)].join('\n')}\n`;
}

function rowLines(row: LockStatRow): string[] {
  const name = rowName(row);
  const cells = [String(row.wait.count), ...times(row.wait), String(row.hold.count), ...times(row.hold)];
  const places = row.contendedAt ?? [];
  const rule = `${' '.repeat(NAME - Math.min(NAME, displayWidth(name) + 1))}${'-'.repeat(displayWidth(name))}`;
  return [
    right(`${name}:`, NAME) + cells.map((cell) => cell.padStart(COLUMN)).join(''),
    ...(places.length === 0 ? [] : [rule]),
    ...places.map(
      ({ place, count }) => `${right(name, NAME - 1)} ${String(count).padStart(COLUMN)}   ${printable(place)}`,
    ),
    '',
  ];
}

function rowName({ name, mode }: LockStatRow): string {
  return printable(name) + (mode === undefined ? '' : mode === 'read' ? '-R' : '-W');
}

function times({ count, min, max, total }: TimeStat): string[] {
  return [count === 0 ? 0 : min, max, total, count === 0 ? 0 : total / count].map((time) => time.toFixed(2));
}

function right(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}
