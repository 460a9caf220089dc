/**
 * Where the blocks of a file are. Guarded by the file system's own lock (`i_data_sem`, ILOCK, `truncate_mutex`).
 *
 * `unwritten`: allocated, reads as zeroes until written; `delayed`: only reserved; `shared`: with another file, so that a
 * write goes elsewhere, for which `cow` says that a block has been reserved. A place that is not listed is a hole.
 */
export type Extent =
  | { readonly state: 'mapped'; readonly block: number; readonly shared?: boolean; readonly cow?: boolean }
  | { readonly state: 'unwritten'; readonly block: number }
  | { readonly state: 'delayed' };

/** Whether a place has no block of its own yet, but the promise of one, which counts as taken. */
export function isReserved(extent: Extent | undefined): boolean {
  return extent?.state === 'delayed' || (extent?.state === 'mapped' && extent.cow === true);
}

/** The extents of one file, by block index in the file. The caller holds the map lock. */
export class BlockMap {
  readonly #extents = new Map<number, Extent>();

  get(index: number): Extent | undefined {
    return this.#extents.get(index);
  }

  set(index: number, extent: Extent): void {
    this.#extents.set(index, extent);
  }

  delete(index: number): void {
    this.#extents.delete(index);
  }

  /** Places from `first` up to, not including, `end`, that are no holes, in order. */
  range(first: number, end: number): [number, Extent][] {
    return [...this.#extents].filter(([index]) => index >= first && index < end).sort((a, b) => a[0] - b[0]);
  }
}
