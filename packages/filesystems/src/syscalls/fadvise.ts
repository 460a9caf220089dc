/** `posix_fadvise(2)`. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import { type Inode, invalidateMappingPages, type Proc } from '@lockdep/page-cache';

/** `posix_fadvise(POSIX_FADV_WILLNEED)` of bytes [pos, pos + count). */
export function* fadviseWillneed(inode: Inode, pos: number, count: number): Proc {
  const { engine } = inode.sb;
  const first = engine.pageOf(pos);
  yield* inode.fs.fadviseWillneed(inode, first, engine.pageOf(pos + count - 1) - first + 1);
}

/** `posix_fadvise(POSIX_FADV_DONTNEED)` of the whole pages in bytes [pos, pos + count). */
export function* fadviseDontneed(inode: Inode, pos: number, count: number): Proc {
  const { pageSize } = inode.sb.engine.geometry;
  const last = Math.floor((pos + count) / pageSize) - 1;
  yield* invalidateMappingPages(inode.mapping, Math.ceil(pos / pageSize), last);
}
