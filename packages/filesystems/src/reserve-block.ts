/** Delayed allocation: a place that will be written is promised a block, of which writeback makes one. */
import type { Errno, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import type { BlockMap } from './block-map.ts';

/** Reserves for a hole, and for a shared block that will be copied; the map lock is held. `ENOSPC` when the disk is full. */
export function* reserveBlock(
  fs: BlockFileSystem,
  map: BlockMap,
  index: number,
  fresh: number[] | undefined,
): Proc<Errno | null> {
  const extent = map.get(index);
  const isShared =
    extent?.state === 'mapped' && extent.shared === true && extent.cow !== true && extent.copy === undefined;
  if (extent !== undefined && !isShared) return null;
  if (!(yield* fs.allocator.reserve())) return 'ENOSPC';
  map.set(index, isShared ? { ...extent, cow: true } : { state: 'delayed' });
  fresh?.push(index);
  return null;
}
