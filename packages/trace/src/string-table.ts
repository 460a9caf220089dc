/**
 * Short byte strings (task names, symbols, lock names) as small integers, straight from a buffer.
 *
 * The parsers meet the same few thousand strings millions of times; here they are hashed and compared four bytes at a
 * time and turned into a JavaScript string once. Equal bytes, and only those, get equal ids; ids are dense from 1, the
 * empty string is id 0. Strings are UTF-8; they may not contain NUL bytes (the last word is padded with them).
 *
 * Cost: about 1 ns per byte; memory follows the number of distinct strings.
 */
export class StringTable {
  readonly #texts: string[] = [''];
  /** All strings one after the other, each padded with NUL to whole words; string `id` starts at word `#starts[id]`. */
  #words = new Int32Array(1 << 12);
  #starts = new Int32Array(1024);
  #hashes = new Int32Array(1024);
  #slots = new Int32Array(2048);
  #mask = 2047;
  #end = 0;

  /** Number of ids given out, id 0 included: ids are below it. */
  get size(): number {
    return this.#texts.length;
  }

  /** Where the string of the last {@link internWord} ended: the position of the byte that ended it. */
  get end(): number {
    return this.#end;
  }

  /**
   * The id of the string that starts at `start` and ends before the first byte ≤ 32 (space, newline); makes one when it
   * is new. {@link end} tells where. The view must reach four bytes beyond that.
   */
  internWord(view: DataView, start: number): number {
    let hash = 0;
    let at = start;
    let word = 0;
    for (;;) {
      word = view.getInt32(at, true);
      // The lowest byte ≤ 32 has its upper bit set here, the bytes below it have not.
      const small = (word - 0x21212121) & ~word & 0x80808080;
      if (small !== 0) {
        const bits = 24 - (Math.clz32(small & -small) & 24);
        this.#end = at + (bits >> 3);
        word &= (1 << bits) - 1;
        break;
      }
      hash = mix(hash, word);
      at += 4;
    }
    if (this.#end === start) return 0;
    return this.#lookup(view, start, at, word, mix(hash, word));
  }

  /**
   * As {@link internWord}, but first tries a guess: when it is right, the string is only compared, not hashed and
   * looked up.
   */
  internGuessed(view: DataView, start: number, guess: number): number {
    if (guess === 0) return this.internWord(view, start);
    const words = this.#words;
    const last = this.#starts[guess + 1]! - 1;
    let at = start;
    for (let i = this.#starts[guess]!; i < last; i++) {
      if (words[i] !== view.getInt32(at, true)) return this.internWord(view, start);
      at += 4;
    }
    // The last word of a string holds 0 to 3 bytes; the byte behind them must end the word here too.
    const rest = words[last]!;
    const bits = rest === 0 ? 0 : 32 - (Math.clz32(rest) & 24);
    const word = view.getInt32(at, true);
    if (((word ^ rest) & ((1 << bits) - 1)) !== 0 || ((word >>> bits) & 0xff) > 32) {
      return this.internWord(view, start);
    }
    this.#end = at + (bits >> 3);
    return guess;
  }

  /** The id of the bytes `[start, end)`; the view must reach four bytes beyond `end`. */
  internBytes(view: DataView, start: number, end: number): number {
    if (start === end) return 0;
    let hash = 0;
    let at = start;
    for (; at + 4 <= end; at += 4) hash = mix(hash, view.getInt32(at, true));
    const word = view.getInt32(at, true) & ((1 << ((end - at) << 3)) - 1);
    this.#end = end;
    return this.#lookup(view, start, at, word, mix(hash, word));
  }

  /** The id of a string. */
  internText(text: string): number {
    const bytes = encoder.encode(text);
    const padded = new Uint8Array(bytes.length + 4);
    padded.set(bytes);
    return this.internBytes(new DataView(padded.buffer), 0, bytes.length);
  }

  /** The string with this id. */
  text(id: number): string {
    const text = this.#texts[id];
    if (text === undefined) throw new RangeError(`no string has the id ${id}: ids are from 0 to ${this.size - 1}`);
    return text;
  }

  /** Whole words `[start, last)` and then `word`, whose padding is zero. */
  #lookup(view: DataView, start: number, last: number, word: number, mixed: number): number {
    const hash = mixed ^ (mixed >>> 15);
    const mask = this.#mask;
    let slot = hash & mask;
    for (;;) {
      const id = this.#slots[slot]!;
      if (id === 0) return this.#insert(view, start, last, word, hash, slot);
      if (this.#hashes[id] === hash && this.#equals(id, view, start, last, word)) return id;
      slot = (slot + 1) & mask;
    }
  }

  #equals(id: number, view: DataView, start: number, last: number, word: number): boolean {
    const words = this.#words;
    let i = this.#starts[id]!;
    if (this.#starts[id + 1]! - i !== ((last - start) >> 2) + 1) return false;
    for (let at = start; at < last; at += 4) if (words[i++] !== view.getInt32(at, true)) return false;
    return words[i] === word;
  }

  #insert(view: DataView, start: number, last: number, word: number, hash: number, slot: number): number {
    const id = this.#texts.length;
    if (id + 1 >= this.#starts.length) {
      this.#starts = grown(this.#starts, id + 2);
      this.#hashes = grown(this.#hashes, id + 2);
    }
    let i = this.#starts[id]!;
    this.#words = grown(this.#words, i + ((last - start) >> 2) + 1);
    for (let at = start; at < last; at += 4) this.#words[i++] = view.getInt32(at, true);
    this.#words[i++] = word;
    this.#texts.push(decoder.decode(new Uint8Array(view.buffer, view.byteOffset + start, this.#end - start)));
    this.#starts[id + 1] = i;
    this.#hashes[id] = hash;
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

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 16);
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
