/**
 * The counters of a validator in the layout of `/proc/lockdep_stats`: a label, a number right-aligned in column 43.
 *
 * There are no `[max: …]` columns: nothing here has a hard limit.
 */
import { printable } from './text/printable.ts';

/** How many classes have a usage, per context kind. */
export interface ContextUsageStats {
  /** Lower-case name of the kind, e.g. `hardirq`. */
  readonly context: string;
  /** Classes used in the context; held with it enabled; the same for readers. */
  readonly safe: number;
  readonly unsafe: number;
  readonly readSafe: number;
  readonly readUnsafe: number;
}

/** What {@link renderStats} prints; a counter that is not given has no line. */
export interface StatsTable {
  readonly classes: number;
  readonly dependencies: number;
  readonly chains: number;
  readonly indirectDependencies?: number;
  readonly contexts?: readonly ContextUsageStats[];
  readonly maxDepth?: number;
  readonly chainHits?: number;
  readonly chainMisses?: number;
  readonly cyclicChecks?: number;
  readonly acquisitions?: number;
  readonly releases?: number;
  readonly tasks?: number;
  readonly heldLocks?: number;
  readonly reports?: number;
  readonly zappedClasses?: number;
  /** Any further counters: a label and a number, printed last in the order given. */
  readonly more?: Readonly<Record<string, number>>;
}

/** Renders the counters, one a line. */
export function renderStats(stats: StatsTable): string {
  const rows: (readonly [string, number | undefined])[] = [
    ['lock-classes', stats.classes],
    ['direct dependencies', stats.dependencies],
    ['indirect dependencies', stats.indirectDependencies],
    ['dependency chains', stats.chains],
    ...(stats.contexts ?? []).flatMap(contextRows),
    ['max locking depth', stats.maxDepth],
    ['chain lookup misses', stats.chainMisses],
    ['chain lookup hits', stats.chainHits],
    ['cyclic checks', stats.cyclicChecks],
    ['acquisitions', stats.acquisitions],
    ['releases', stats.releases],
    ['tasks', stats.tasks],
    ['locks held', stats.heldLocks],
    ['reports', stats.reports],
    ['zapped classes', stats.zappedClasses],
    ...Object.entries(stats.more ?? {}),
  ];
  return rows.map(([label, value]) => (value === undefined ? '' : line(label, value))).join('');
}

function contextRows({ context, safe, unsafe, readSafe, readUnsafe }: ContextUsageStats): [string, number][] {
  return [
    [`${context}-safe locks`, safe],
    [`${context}-unsafe locks`, unsafe],
    [`${context}-read-safe locks`, readSafe],
    [`${context}-read-unsafe locks`, readUnsafe],
  ];
}

function line(label: string, value: number): string {
  return ` ${`${printable(label)}:`.padEnd(31)}${String(value).padStart(11)}\n`;
}
