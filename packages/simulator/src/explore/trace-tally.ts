/**
 * How many different traces have been seen, and how many of them once: an open-addressed set of 53-bit hashes in bounded memory.
 *
 * Exact up to `capacity` traces. Beyond that only hashes whose low k bits are zero are kept (Wegman's adaptive sampling), k
 * rising as needed, and the counts are scaled up: an estimate, told by `isExact`.
 */
const EMPTY = -1;

export class TraceTally {
  readonly #capacity: number;
  #keys: Float64Array = new Float64Array(1024).fill(EMPTY);
  /** 1: seen once; 2: more often, or known beforehand. */
  #seen: Uint8Array = new Uint8Array(1024);
  #count = 0;
  #once = 0;
  #mask = 0;
  /** 32 less the binary logarithm of the table's size. */
  #shift = 22;

  constructor(capacity: number = 1 << 20) {
    this.#capacity = capacity;
  }

  get isExact(): boolean {
    return this.#mask === 0;
  }

  get distinct(): number {
    return this.#count * (this.#mask + 1);
  }

  /** Traces seen exactly once and not known beforehand. */
  get once(): number {
    return this.#once * (this.#mask + 1);
  }

  /** Counts a trace; answers whether it is new. A `known` one is not counted among those seen once. */
  add(hash: number, known = false): boolean {
    const low = hash | 0;
    if ((low & this.#mask) !== 0) return false;
    const place = this.#find(hash);
    if (this.#keys[place] !== EMPTY) {
      if (this.#seen[place] === 1) {
        this.#seen[place] = 2;
        this.#once--;
      }
      return false;
    }
    this.#keys[place] = hash;
    this.#seen[place] = known ? 2 : 1;
    this.#count++;
    if (!known) this.#once++;
    if (this.#count * 2 > this.#keys.length) this.#grow();
    return true;
  }

  /** From here on nothing counts as seen once: another way of looking begins. */
  settle(): void {
    for (let i = 0; i < this.#seen.length; i++) if (this.#seen[i] === 1) this.#seen[i] = 2;
    this.#once = 0;
  }

  #find(hash: number): number {
    const size = this.#keys.length;
    // The high bits: the low ones are alike once sampling has begun.
    let place = Math.imul(Math.floor(hash / 0x20_0000) ^ hash, 0x9e3779b1) >>> this.#shift;
    while (this.#keys[place] !== EMPTY && this.#keys[place] !== hash) place = (place + 1) & (size - 1);
    return place;
  }

  #grow(): void {
    if (this.#count >= this.#capacity) this.#mask = this.#mask * 2 + 1;
    const size = this.#count >= this.#capacity ? this.#keys.length : this.#keys.length * 2;
    const [keys, seen] = [this.#keys, this.#seen];
    this.#keys = new Float64Array(size).fill(EMPTY);
    this.#seen = new Uint8Array(size);
    this.#shift = Math.clz32(size) + 1;
    this.#count = 0;
    this.#once = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      if (key === EMPTY || ((key | 0) & this.#mask) !== 0) continue;
      const place = this.#find(key);
      this.#keys[place] = key;
      this.#seen[place] = seen[i]!;
      this.#count++;
      if (seen[i] === 1) this.#once++;
    }
  }
}
