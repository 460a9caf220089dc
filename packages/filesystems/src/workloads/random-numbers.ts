/** Numbers drawn from a seed (mulberry32): the same seed gives the same workload on every machine. */
export class RandomNumbers {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % count;
  }

  /** True once in `count` times on average; never when `count` is 0. */
  oneIn(count: number): boolean {
    return count > 0 && this.below(count) === 0;
  }

  /** One of several, by their weights. */
  weighted<T extends { readonly weight: number }>(choices: readonly T[]): T {
    let at = this.below(choices.reduce((sum, { weight }) => sum + weight, 0));
    for (const choice of choices) {
      at -= choice.weight;
      if (at < 0) return choice;
    }
    throw new RangeError('nothing to choose from');
  }
}
