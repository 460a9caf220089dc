/**
 * Measuring on a noisy machine: CPU time of the process, contenders interleaved round by round, medians. What is compared is
 * measured in one process and one run; figures of different runs are not comparable.
 */

/** One line of the table and of bench.json. */
export interface Row {
  readonly section: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same of the fastest rounds: what it costs when nobody disturbs. */
  readonly best?: number;
  /** How many times the baseline of the same run. */
  readonly ratio?: number;
  readonly against?: string;
  /** Said instead of a value where nothing was measured. */
  readonly skipped?: string;
}

export function cpuNanoseconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

export async function cpuNanosecondsAsync(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** CPU time of a contender in nanoseconds. */
export interface Time {
  readonly median: number;
  readonly best: number;
}

/** Measures each contender; the first rounds warm up. */
export function interleaved<const K extends string>(
  contenders: Readonly<Record<K, () => void>>,
  { rounds = 15, warmUp = 4 }: { rounds?: number; warmUp?: number } = {},
): Record<K, Time> {
  const names = Object.keys(contenders) as K[];
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds + warmUp; round++) {
    for (const name of names) {
      const time = cpuNanoseconds(contenders[name]);
      if (round >= warmUp) times.get(name)!.push(time);
    }
  }
  return summary(times);
}

function summary<K extends string>(times: ReadonlyMap<K, readonly number[]>): Record<K, Time> {
  const entries = [...times].map(([name, all]) => [name, { median: median(all), best: Math.min(...all) }]);
  return Object.fromEntries(entries) as Record<K, Time>;
}

/** The same for asynchronous contenders. */
export async function interleavedAsync<const K extends string>(
  contenders: Readonly<Record<K, () => Promise<void>>>,
  { rounds = 15, warmUp = 4 }: { rounds?: number; warmUp?: number } = {},
): Promise<Record<K, Time>> {
  const names = Object.keys(contenders) as K[];
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds + warmUp; round++) {
    for (const name of names) {
      const time = await cpuNanosecondsAsync(contenders[name]);
      if (round >= warmUp) times.get(name)!.push(time);
    }
  }
  return summary(times);
}

/** Bytes that `build` leaves reachable, beyond what `prepare` has made for it; needs `--expose-gc`. The first time of two is not counted. */
export function bytesKept<P, T>(
  prepare: () => P,
  build: (prepared: P) => T,
): { readonly bytes: number; readonly kept: T } {
  const once = (): void => void build(prepare());
  once();
  const prepared = prepare();
  const before = used();
  const kept = build(prepared);
  return { bytes: used() - before, kept };
}

function used(): number {
  // What one collection finds unreachable through weak references goes with the next.
  for (let time = 0; time < 4; time++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
