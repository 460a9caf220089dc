/**
 * Where inode objects live: addresses that are used again. Taking an inode out of memory and reading it back may give it another
 * address, so the order of two files by address can change while that by inode number cannot.
 */
export class InodeSlab {
  readonly #free: number[] = [];
  #next = 0x1000;

  /** An address for a new object: the one released last, else a fresh one. */
  allocate(): number {
    const address = this.#free.pop();
    if (address !== undefined) return address;
    this.#next += 0x400;
    return this.#next - 0x400;
  }

  /** The object is gone; its address is the next to be given out. */
  release(address: number): void {
    this.#free.push(address);
  }
}
