/**
 * `fallocate` that moves bytes: what follows the range goes up or down by whole blocks. The caller holds `i_rwsem` and the eviction lock, and
 * has written and evicted everything from the range on, so the extents are all there is of it.
 */
import { type Inode, type OpenWrite, type Proc, zeroTags } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import type { BlockMap, Extent } from './block-map.ts';

/** Moves the extents from place `first` on by `by` places; the map lock is held. In the order in which none is overwritten. */
export function* shiftExtents(fs: BlockFileSystem, inode: Inode, map: BlockMap, first: number, by: number): Proc {
  for (const [index, extent] of toShift(map, first, by)) yield* shiftExtent(fs, inode, map, index, extent, by);
}

/** The same with a transaction for each extent (`xfs_bmap_collapse_extents`). */
export function* shiftExtentsOneByOne(fs: BlockFileSystem, inode: Inode, first: number, by: number): Proc {
  for (const [index, extent] of toShift(fs.info(inode).map, first, by)) {
    yield* fs.inTransaction(() => fs.changeMap(inode, (map) => shiftExtent(fs, inode, map, index, extent, by)));
  }
}

/**
 * Opens a gap of `by` places at `stop`: from the last extent down to the one that begins there, each in a transaction of its own. What is
 * moved is what the extent is by then, so the block in front of `stop` must not become part of it meanwhile.
 *
 * Source: `fs/xfs/libxfs/xfs_bmap.c: xfs_bmap_split_extent, xfs_bmap_insert_extents`.
 */
export function* insertExtents(fs: BlockFileSystem, inode: Inode, stop: number, by: number): Proc {
  let next: number | null = null;
  const moveLast = function* (map: BlockMap): Proc<boolean> {
    if (next === null) map.split(stop);
    const run = map.lastRun(next ?? Number.POSITIVE_INFINITY);
    if (run === null || run.end <= stop) return false;
    for (const [i, extent] of [...run.extents.entries()].reverse())
      yield* shiftExtent(fs, inode, map, run.first + i, extent, by);
    next = run.first;
    return (map.lastRun(next)?.end ?? 0) > stop;
  };
  while (yield* fs.inTransaction(() => fs.changeMap(inode, moveLast))) {}
}

function toShift(map: BlockMap, first: number, by: number): [number, Extent][] {
  const extents = map.range(first, Number.POSITIVE_INFINITY);
  return by < 0 ? extents : extents.reverse();
}

function* shiftExtent(
  fs: BlockFileSystem,
  inode: Inode,
  map: BlockMap,
  index: number,
  extent: Extent,
  by: number,
): Proc {
  map.delete(index);
  map.set(index + by, extent);
  if (extent.state !== 'delayed') yield* fs.allocator.move(extent.block, inode, index, index + by);
}

/** What the oracle is told of one shift: begun before anything changes, moved when nobody can store any more, ended before the locks are. */
export class ShiftRequest {
  readonly #fs: BlockFileSystem;
  readonly #inode: Inode;
  readonly #resized: (end: number, happened?: boolean) => void;
  readonly #moved: OpenWrite[] = [];

  constructor(fs: BlockFileSystem, inode: Inode, size: number) {
    const { oracle } = fs.engine;
    this.#fs = fs;
    this.#inode = inode;
    this.#resized = oracle.file(inode.name).resize(size, oracle.tick());
  }

  /** Bytes from `from` on are at `to` from now on, with zeroes in the gap or behind. */
  move(from: number, to: number): void {
    const { oracle, geometry } = this.#fs.engine;
    const shadow = oracle.file(this.#inode.name);
    const end = geometry.filePages * geometry.pageSize;
    const time = oracle.tick();
    this.#moved.push(shadow.copy(shadow, from, to, end - Math.max(from, to), time));
    const gap = from < to ? from : end - (from - to);
    this.#moved.push(shadow.begin(gap, zeroTags(Math.abs(from - to)), time));
  }

  /** It was refused before anything moved. */
  cancel(): void {
    this.#resized(this.#fs.engine.oracle.tick(), false);
  }

  /** It is done; `isResized`: and the size has changed. */
  end(isResized: boolean = true): void {
    const time = this.#fs.engine.oracle.tick();
    for (const moved of this.#moved) moved.end(time);
    this.#resized(time, isResized);
  }
}
