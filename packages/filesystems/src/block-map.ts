/**
 * Where the blocks of a file are. Guarded by the file system's own lock (`i_data_sem`, ILOCK, `truncate_mutex`).
 *
 * `unwritten`: allocated, reads as zeroes until written; `delayed`: only reserved; `shared`: with another file, so that a
 * write goes elsewhere, for which `cow` says that a block has been reserved, and `copy` which block is being written: it becomes the file's
 * when that is done (the copy-on-write fork of XFS). A place that is not listed is a hole.
 */
export type Extent =
  | {
      readonly state: 'mapped';
      readonly block: number;
      readonly shared?: boolean;
      readonly cow?: boolean;
      readonly copy?: number;
    }
  | { readonly state: 'unwritten'; readonly block: number }
  | { readonly state: 'delayed' };

/** Whether a place has no block of its own yet, but the promise of one, which counts as taken. */
export function isReserved(extent: Extent | undefined): boolean {
  return extent?.state === 'delayed' || (extent?.state === 'mapped' && extent.cow === true);
}

/** Places that lie side by side in the file and on disk, in one state: what the kernel keeps as one extent. */
interface ExtentRun {
  readonly first: number;
  /** The place behind it. */
  readonly end: number;
  readonly extents: readonly Extent[];
}

/** The extents of one file, by block index in the file. The caller holds the map lock. */
export class BlockMap {
  readonly #extents = new Map<number, Extent>();
  /** Places where a run begins though it could be one with what is before. */
  readonly #splits = new Set<number>();

  get(index: number): Extent | undefined {
    return this.#extents.get(index);
  }

  /** It becomes one run with what is at its sides, where it can. */
  set(index: number, extent: Extent): void {
    this.#extents.set(index, extent);
    this.#splits.delete(index);
    this.#splits.delete(index + 1);
  }

  delete(index: number): void {
    this.#extents.delete(index);
  }

  /** Places from `first` up to, not including, `end`, that are no holes, in order. */
  range(first: number, end: number): [number, Extent][] {
    return [...this.#extents].filter(([index]) => index >= first && index < end).sort((a, b) => a[0] - b[0]);
  }

  /** A run begins here, until something at either side changes (`xfs_bmap_split_extent`). */
  split(index: number): void {
    this.#splits.add(index);
  }

  /** The last run that begins before `before`, with all that belongs to it; null when there is none. */
  lastRun(before: number): ExtentRun | null {
    let first = 0;
    let extents: Extent[] = [];
    for (const [index, extent] of this.range(0, Number.POSITIVE_INFINITY)) {
      if (this.#continues(first + extents.length, extents.at(-1), index, extent)) extents.push(extent);
      else if (index >= before) break;
      else [first, extents] = [index, [extent]];
    }
    return extents.length === 0 ? null : { first, end: first + extents.length, extents };
  }

  #continues(end: number, last: Extent | undefined, index: number, extent: Extent): boolean {
    if (index !== end || this.#splits.has(index) || last?.state !== extent.state) return false;
    return last.state !== 'delayed' && extent.state !== 'delayed' && extent.block === last.block + 1;
  }
}
