/**
 * Short byte strings (task names, symbols, lock names) as small integers, straight from a buffer.
 *
 * The parsers meet the same few thousand strings millions of times; here they are hashed and compared as bytes and turned
 * into a JavaScript string once. Equal bytes, and only those, get equal ids; ids are dense from 1, the empty string is id 0.
 *
 * Cost: about 1 ns per byte; memory follows the number of distinct strings.
 */
export class StringTable {
  readonly #texts: string[] = [''];
  /** All strings' bytes, one after the other; string `id` is `[#starts[id], #starts[id + 1])`. */
  #bytes = new Uint8Array(1 << 14);
  #starts: number[] = [0, 0];
  #hashes: number[] = [0];
  #slots = new Int32Array(2048);
  #mask = 2047;

  /** Number of ids given out, id 0 included: ids are below it. */
  get size(): number {
    return this.#texts.length;
  }

  /** The id of the bytes `[start, end)` of `buffer` (UTF-8); makes one when they are new. */
  intern(buffer: Uint8Array, start: number, end: number): number {
    if (start === end) return 0;
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + buffer[i]!) | 0;
    hash = Math.imul(hash, 0x9e3779b1);
    hash ^= hash >>> 15;
    const mask = this.#mask;
    let slot = hash & mask;
    for (;;) {
      const id = this.#slots[slot]!;
      if (id === 0) break;
      if (this.#hashes[id] === hash && this.#equals(id, buffer, start, end)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#insert(buffer, start, end, hash, slot);
  }

  /** The string with this id. */
  text(id: number): string {
    const text = this.#texts[id];
    if (text === undefined) throw new RangeError(`no string has the id ${id}: ids are from 0 to ${this.size - 1}`);
    return text;
  }

  #equals(id: number, buffer: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[id]!;
    const length = end - start;
    if (this.#starts[id + 1]! - from !== length) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== buffer[start + i]) return false;
    return true;
  }

  #insert(buffer: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const id = this.#texts.length;
    const from = this.#starts[id]!;
    const to = from + end - start;
    if (to > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, to));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(buffer.subarray(start, end), from);
    this.#texts.push(decodeBytes(buffer, start, end));
    this.#starts.push(to);
    this.#hashes.push(hash);
    this.#slots[slot] = id;
    if (id * 2 > this.#mask) this.#rehash();
    return id;
  }

  #rehash(): void {
    const mask = this.#slots.length * 2 - 1;
    const slots = new Int32Array(mask + 1);
    for (let id = 1; id < this.size; id++) {
      let slot = this.#hashes[id]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

const decoder = new TextDecoder();

function decodeBytes(buffer: Uint8Array, start: number, end: number): string {
  return decoder.decode(buffer.subarray(start, end));
}
