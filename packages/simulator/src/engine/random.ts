/** A small seeded generator (mulberry32): equal seeds, equal runs. Not for secrets. */
export class Random {
  #state: number;

  /** Any number; its 53 integer bits are used. */
  constructor(seed: number) {
    this.#state = (seed ^ Math.floor(seed / 0x1_0000_0000)) | 0;
  }

  /** An integer from 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer from 0 to `count` - 1. */
  below(count: number): number {
    return ((this.next() / 0x1_0000_0000) * count) >>> 0;
  }

  /** A number from 0 to 1, 1 excluded. */
  fraction(): number {
    return this.next() / 0x1_0000_0000;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  shuffle<T>(list: T[]): T[] {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
    return list;
  }
}
