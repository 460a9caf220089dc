/**
 * `fallocate(FALLOC_FL_PUNCH_HOLE)`: evict, then free, with the eviction lock held over both. What lies between is the race of 2021.
 *
 * Blocks that the hole covers in part are zeroed in the cache and stay; pages that it covers in part differ by file system.
 */
import {
  type Errno,
  filemapWriteAndWait,
  folioMkclean,
  type Inode,
  lockFolioAt,
  type Proc,
  truncatePagecacheRange,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { contentOf } from './check-remap.ts';
import { freeBlocks } from './free-blocks.ts';
import { zeroEdges } from './zero-blocks.ts';

/** Everything that is done with `i_rwsem` and the eviction lock held: the range leaves the cache, then its blocks the file. */
export function* evictAndFree(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc<Errno | null> {
  yield* truncatePagecacheRange(inode, from, to);
  const error = yield* zeroEdges(fs, inode, from, to);
  if (error === null) yield* fs.inTransaction(() => freeBlocks(fs, inode, from, to));
  else keepOnDisk(fs, inode, from, to);
  return error;
}

/**
 * A punch that fails by now has thrown away what was dirty, and frees nothing: what is on disk may be seen again, as with `ext4_punch_hole`
 * when `ext4_zero_partial_blocks` fails. Tells the oracle.
 */
function keepOnDisk(fs: BlockFileSystem, inode: Inode, from: number, to: number): void {
  const { oracle } = fs.engine;
  oracle.file(inode.name).begin(from, contentOf(fs, inode, from, to - from), oracle.tick());
}

/** Writes what is dirty in the range, so that partly covered pages lose nothing. */
export function* flushRange(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc {
  yield* filemapWriteAndWait(inode, fs.engine.pageOf(from), fs.engine.pageOf(to - 1));
}

/** Write-protects the pages that the range covers in part, so that the next store asks for blocks (`ext4_truncate_folio`). */
export function* mkcleanBoundaries(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc {
  const { pageSize } = fs.engine.geometry;
  const partial = new Set([from, to].filter((at) => at % pageSize !== 0).map((at) => fs.engine.pageOf(at)));
  for (const index of partial) {
    const folio = yield* lockFolioAt(inode.mapping, index);
    if (folio === null) continue;
    yield* folioMkclean(inode.mapping, folio);
    yield* folio.unlockAndPut();
  }
}
