/** `madvise(2)` with `MADV_REMOVE`, and `msync(2)`: a system call is kernel code run by a task. */
import { type Proc, type Vma, withFileOf } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { fsync } from './fsync.ts';
import { punchHole } from './punch-hole.ts';

/** `madvise(MADV_REMOVE)` of bytes [pos, pos + count) of the file; false when it is not mapped. Source: `mm/madvise.c: madvise_remove`. */
export function* madviseRemove(fs: BlockFileSystem, vma: Vma, pos: number, count: number): Proc<boolean> {
  return yield* withFileOf(vma, () => punchHole(fs, vma.inode, pos, count));
}

/** `msync(MS_SYNC)`: an fsync of the file, without mmap_lock; false when it is not mapped. Source: `mm/msync.c`. */
export function* msync(vma: Vma): Proc<boolean> {
  const { mmapLock, vmas } = vma.mm;
  yield* mmapLock.downRead();
  const isMapped = vmas.includes(vma);
  yield* mmapLock.upRead();
  if (isMapped) yield* fsync(vma.inode);
  return isMapped;
}
