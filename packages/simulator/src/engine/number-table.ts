/**
 * Numbers for things made during executions: the n-th thing of one maker has the same number in every execution.
 *
 * Making is local code, so a maker's n-th thing does not depend on how tasks are interleaved; that makes the numbers, and whatever is
 * hashed from them, agree between equivalent executions. Makers are numbered from -1 (the setup).
 */
export class NumberTable {
  readonly #numbers: number[][] = [];
  readonly #made: number[] = [];
  /** By number: who made it, and as which of its things. */
  readonly #makers: number[] = [];
  readonly #places: number[] = [];
  #total = 0;

  /** Numbers given out so far, over all executions. */
  get total(): number {
    return this.#total;
  }

  /** A new execution: every maker starts over. */
  restart(): void {
    // A loop, for Array.fill leaves compiled code.
    for (let row = 0; row < this.#made.length; row++) this.#made[row] = 0;
  }

  /** Number of the next thing of `maker`, if it has made that many in some execution before; else -1. */
  peek(maker: number): number {
    const row = maker + 1;
    return this.#numbers[row]?.[this.#made[row]!] ?? -1;
  }

  /** Counts one more thing of `maker` and answers its number. */
  next(maker: number): number {
    const row = maker + 1;
    if (row >= this.#numbers.length) this.#grow(row);
    const numbers = this.#numbers[row]!;
    const place = this.#made[row]!++;
    if (place === numbers.length) numbers.push(this.#give(maker, place));
    return numbers[place]!;
  }

  /** Names a number by its makers, the same in every table: `1.0` is the first thing that the second thing of the setup has made. */
  keyOf(number: number): string {
    const maker = this.#makers[number]!;
    return maker < 0 ? `${this.#places[number]}` : `${this.keyOf(maker)}.${this.#places[number]}`;
  }

  /** The number that has this key; -1: nothing of that key has been made. */
  numberOf(key: string): number {
    let number = -1;
    for (const place of key.split('.')) {
      number = this.#numbers[number + 1]?.[Number(place)] ?? -1;
      if (number < 0) return -1;
    }
    return number;
  }

  #give(maker: number, place: number): number {
    this.#makers[this.#total] = maker;
    this.#places[this.#total] = place;
    return this.#total++;
  }

  #grow(row: number): void {
    while (this.#numbers.length <= row) {
      this.#numbers.push([]);
      this.#made.push(0);
    }
  }

  /** A number for something no task has made. */
  fresh(): number {
    return this.#give(-1, -1);
  }
}
