/**
 * What fsx thinks the file holds (`good_buf`): the effect of each operation on one byte array, as the manual pages have it.
 *
 * Knows nothing of pages, blocks or concurrency, and nothing of the oracle: two models that were written apart.
 */
import { dataTags, type Tag, ZERO } from '@lockdep/page-cache';

/** Content and size of a file after each of its operations, one after the other. */
export class GoodBuffer {
  readonly file: string;
  /** Up to the largest size; bytes past the end may be anything until the file grows over them. */
  readonly bytes: Tag[];
  #size = 0;

  constructor(file: string, length: number) {
    this.file = file;
    this.bytes = new Array<Tag>(length).fill(ZERO);
  }

  get size(): number {
    return this.#size;
  }

  /** The file as it was before the first operation. */
  start(content: readonly Tag[]): void {
    for (const [i, tag] of content.entries()) this.bytes[i] = tag;
    this.#size = content.length;
  }

  /** What grows reads as zeroes. */
  resize(size: number): void {
    if (size > this.#size) this.bytes.fill(ZERO, this.#size, size);
    this.#size = size;
  }

  /** A write, named `write`. */
  write(offset: number, length: number, write: string): void {
    this.#grow(offset + length);
    for (const [i, tag] of dataTags(this.file, write, offset, length).entries()) this.bytes[offset + i] = tag;
  }

  /** Zeroes a range; with `keepSize` only what is inside the file. */
  zero(offset: number, length: number, keepSize: boolean): void {
    if (!keepSize) this.#grow(offset + length);
    this.bytes.fill(ZERO, Math.min(offset, this.#size), Math.min(offset + length, this.#size));
  }

  /** Cuts a range out. */
  collapse(offset: number, length: number): void {
    this.bytes.copyWithin(offset, offset + length, this.#size);
    this.#size -= length;
  }

  /** Pushes what follows back, and leaves zeroes. */
  insert(offset: number, length: number): void {
    this.bytes.copyWithin(offset + length, offset, this.#size);
    this.#size += length;
    this.bytes.fill(ZERO, offset, offset + length);
  }

  /** Copies a range, which may be grown over. */
  copy(from: number, length: number, to: number): void {
    this.#grow(to + length);
    this.bytes.copyWithin(to, from, from + length);
  }

  /** Exchanges two ranges that do not overlap. */
  exchange(a: number, length: number, b: number): void {
    const left = this.bytes.slice(a, a + length);
    this.bytes.copyWithin(a, b, b + length);
    for (const [i, tag] of left.entries()) this.bytes[b + i] = tag;
  }

  #grow(size: number): void {
    if (size > this.#size) this.resize(size);
  }
}
