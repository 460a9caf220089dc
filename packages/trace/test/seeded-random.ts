/** Reproducible random numbers for property tests: the same seed gives the same run. */
export class SeededRandom {
  #state: number;
  readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed | 0;
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** The same bytes in chunks of random sizes, empty ones included. */
  split(bytes: Uint8Array): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    const most = this.pick([1, 3, 20, 200, 5000]);
    for (let at = 0; at < bytes.length; ) {
      const size = this.below(most + 1);
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    return chunks;
  }
}

/** Calls `property` with some seeds; a failure names the seed. */
export function forSeeds(count: number, property: (random: SeededRandom) => void): void {
  const first = Number(process.env['LOCKDEP_SEED'] ?? 1);
  for (let seed = first; seed < first + count; seed++) {
    try {
      property(new SeededRandom(seed));
    } catch (error) {
      throw new Error(`failed with LOCKDEP_SEED=${seed}`, { cause: error });
    }
  }
}
