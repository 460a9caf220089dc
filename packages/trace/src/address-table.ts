/**
 * Kernel addresses as small integers.
 *
 * A 64-bit address does not fit a JavaScript number exactly, and a BigInt or a string costs an allocation per record.
 * Here its 16 hexadecimal digits are interned as they stand in the text, as four 32-bit words in an open-addressed
 * table: equal addresses, and only those, get equal ids; ids are dense from 1 in order of first appearance; address 0
 * (no lock, no nest lock) is id 0. All 64 bits are kept, and nothing is converted on a hit.
 *
 * Cost: about 10 ns per lookup; 24–48 bytes per distinct address, so memory follows the number of distinct locks and
 * keys in a trace, not its length.
 */
export class AddressTable {
  /** The digits by id: words `4 * id` to `4 * id + 3`. */
  #words = new Int32Array(4 * 1024);
  #count = 1;
  /** Slots hold ids; 0 is free, since address 0 is never put in. */
  #slots = new Int32Array(2048);
  #mask = 2047;

  /** Number of ids given out, id 0 included: ids are below it. */
  get size(): number {
    return this.#count;
  }

  /**
   * The id of the address written at `at` with 16 lower-case digits; makes one when it is new. -1 when that is not what
   * stands there: use {@link internText} then. What follows the digits is the caller's to check.
   */
  internDigits(view: DataView, at: number): number {
    const word0 = view.getInt32(at, true);
    const word1 = view.getInt32(at + 4, true);
    const word2 = view.getInt32(at + 8, true);
    const word3 = view.getInt32(at + 12, true);
    const slots = this.#slots;
    const mask = this.#mask;
    const words = this.#words;
    let slot = hash(word0, word1, word2, word3) & mask;
    for (;;) {
      const id = slots[slot]!;
      if (id === 0) return this.#insert(word0, word1, word2, word3, slot);
      const i = id << 2;
      if (words[i + 3] === word3 && words[i + 2] === word2 && words[i + 1] === word1 && words[i] === word0) return id;
      slot = (slot + 1) & mask;
    }
  }

  /** The id of an address written in hexadecimal, with or without `0x`; `undefined` when it is not one. */
  internText(text: string): number | undefined {
    const digits = /^(?:0x)?0*([0-9a-f]{0,16})$/i.exec(text)?.[1];
    if (digits === undefined || text === '' || text === '0x') return undefined;
    const padded = digits.toLowerCase().padStart(16, '0');
    const view = new DataView(new ArrayBuffer(16));
    for (let i = 0; i < 16; i++) view.setUint8(i, padded.charCodeAt(i));
    return this.internDigits(view, 0);
  }

  /** The address as the kernel prints it: 16 hexadecimal digits, `0` for id 0. */
  text(id: number): string {
    if (id === 0) return '0';
    if (id < 0 || id >= this.#count) {
      throw new RangeError(`no address has the id ${id}: ids are from 0 to ${this.#count - 1}`);
    }
    let text = '';
    for (let i = 0; i < 16; i++) text += String.fromCharCode((this.#words[4 * id + (i >> 2)]! >> (8 * (i & 3))) & 0xff);
    return text;
  }

  #insert(word0: number, word1: number, word2: number, word3: number, slot: number): number {
    if (!areDigits(word0) || !areDigits(word1) || !areDigits(word2) || !areDigits(word3)) return -1;
    if (word0 === ZEROS && word1 === ZEROS && word2 === ZEROS && word3 === ZEROS) return 0;
    const id = this.#count++;
    if (4 * id === this.#words.length) {
      const larger = new Int32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words.set([word0, word1, word2, word3], 4 * id);
    this.#slots[slot] = id;
    if (id * 2 > this.#mask) this.#rehash();
    return id;
  }

  #rehash(): void {
    const mask = this.#slots.length * 2 - 1;
    const slots = new Int32Array(mask + 1);
    const words = this.#words;
    for (let id = 1; id < this.#count; id++) {
      const i = 4 * id;
      let slot = hash(words[i]!, words[i + 1]!, words[i + 2]!, words[i + 3]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

/** `0000` */
const ZEROS = 0x30303030;

/** Whether the four bytes are digits 0–9 a–f. */
function areDigits(word: number): boolean {
  for (let shift = 0; shift < 32; shift += 8) {
    const byte = (word >> shift) & 0xff;
    if (!((byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 102))) return false;
  }
  return true;
}

function hash(word0: number, word1: number, word2: number, word3: number): number {
  let h = Math.imul(word3 ^ Math.imul(word2, 0x85ebca6b), 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ word1 ^ Math.imul(word0, 31), 0x9e3779b1);
  return h ^ (h >>> 15);
}
