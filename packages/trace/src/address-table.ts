/**
 * Kernel addresses as small integers.
 *
 * A 64-bit address does not fit a JavaScript number exactly, and a BigInt or a string costs an allocation per record. Here
 * the two 32-bit halves are interned in an open-addressed table: equal addresses, and only those, get equal ids, ids are
 * dense from 1 in order of first appearance, and address 0 (no lock, no nest lock) is id 0. All 64 bits are kept.
 *
 * Cost: about 10 ns per lookup; 16–32 bytes per distinct address, so memory follows the number of distinct locks and keys
 * in a trace, not its length.
 */
export class AddressTable {
  /** By id: upper and lower 32 bits. */
  #high = new Int32Array(1024);
  #low = new Int32Array(1024);
  #count = 1;
  /** Slots hold ids; 0 is free, since address 0 is never looked up. */
  #slots = new Int32Array(2048);
  #mask = 2047;

  /** Number of ids given out, id 0 included: ids are below it. */
  get size(): number {
    return this.#count;
  }

  /** The id of the address with these halves (as signed or unsigned 32-bit integers); makes one when it is new. */
  intern(high: number, low: number): number {
    const high32 = high | 0;
    const low32 = low | 0;
    if ((high32 | low32) === 0) return 0;
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hash(high32, low32) & mask;
    for (;;) {
      const id = slots[slot]!;
      if (id === 0) break;
      if (this.#low[id] === low32 && this.#high[id] === high32) return id;
      slot = (slot + 1) & mask;
    }
    return this.#insert(high32, low32, slot);
  }

  /** The id of an address written in hexadecimal, with or without `0x`; `undefined` when it is not one. */
  internText(text: string): number | undefined {
    const digits = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(text)?.[1];
    if (digits === undefined) return undefined;
    const padded = digits.padStart(16, '0');
    return this.intern(Number.parseInt(padded.slice(0, 8), 16), Number.parseInt(padded.slice(8), 16));
  }

  /** The address as the kernel prints it: 16 hexadecimal digits, `0` for id 0. */
  text(id: number): string {
    if (id <= 0 || id >= this.#count) {
      if (id === 0) return '0';
      throw new RangeError(`no address has the id ${id}: ids are from 0 to ${this.#count - 1}`);
    }
    return hex8(this.#high[id]!) + hex8(this.#low[id]!);
  }

  #insert(high: number, low: number, slot: number): number {
    const id = this.#count++;
    if (id === this.#high.length) {
      this.#high = grown(this.#high);
      this.#low = grown(this.#low);
    }
    this.#high[id] = high;
    this.#low[id] = low;
    this.#slots[slot] = id;
    if (id * 2 > this.#mask) this.#rehash();
    return id;
  }

  #rehash(): void {
    const mask = this.#slots.length * 2 - 1;
    const slots = new Int32Array(mask + 1);
    for (let id = 1; id < this.#count; id++) {
      let slot = hash(this.#high[id]!, this.#low[id]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

function hash(high: number, low: number): number {
  // Addresses differ in their middle bits: multiply, then fold the good upper bits down.
  const product = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  return product ^ (product >>> 15);
}

function hex8(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
