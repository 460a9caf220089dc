/** `truncate_setsize`: publishes the new size, then evicts what is cut off, or prepares the tail of what grows. */
import { lockFolioAt } from './grab-folio.ts';
import type { Inode } from './inode.ts';
import type { Proc } from './machine.ts';
import { ZERO } from './tag.ts';
import { truncatePagecache } from './truncate.ts';
import { folioMkclean } from './unmap.ts';

/** Duty of the caller: `i_rwsem` exclusive; for shrinking the eviction lock too. i_size goes first: racing faults look at it again. */
export function* truncateSetsize(inode: Inode, size: number): Proc {
  const old = inode.size;
  yield* inode.sizeWrite(size);
  if (size > old) yield* pagecacheIsizeExtended(inode, old, size);
  yield* truncatePagecache(inode, size);
}

/**
 * `pagecache_isize_extended`: with blocks smaller than pages, the page of the old end is write-protected, so that the next store to it
 * asks for blocks that the file now has. What lies between the old end and `to` had no part in the file: the latest kernel zeroes it in a
 * dirty page, since writeback, which would have done that, now goes by the new end.
 */
export function* pagecacheIsizeExtended(inode: Inode, old: number, to: number): Proc {
  const { geometry, rules, machine } = inode.sb.engine;
  const { pageSize, blockSize } = geometry;
  if (blockSize === pageSize || old % pageSize === 0) return;
  if (rules.bugs.isizeExtendedMkclean === false) return;
  const folio = yield* lockFolioAt(inode.mapping, Math.floor(old / pageSize));
  if (folio === null) return;
  yield* folioMkclean(inode.mapping, folio);
  if (rules.isizeExtendedZeroes && folio.dirty) {
    yield* machine.access([], [folio.state], `zero ${folio.label} from the old end`, () => {
      folio.data.fill(ZERO, old - folio.start, to - folio.start);
    });
  }
  yield* folio.unlockAndPut();
}
