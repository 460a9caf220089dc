/** `fallocate(2)` with mode 0. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import type { Errno, Inode, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';

/** `fallocate(0)` of bytes [pos, pos + count), or with `FALLOC_FL_KEEP_SIZE`: null, or the error. */
export function* preallocate(
  fs: BlockFileSystem,
  inode: Inode,
  pos: number,
  count: number,
  { keepSize = false }: { readonly keepSize?: boolean } = {},
): Proc<Errno | null> {
  const { oracle, geometry } = fs.engine;
  if (pos + count > geometry.filePages * geometry.pageSize) return 'EFBIG';
  const resized = keepSize ? null : oracle.file(inode.name).resize(pos + count, oracle.tick());
  yield* fs.sb.writers.acquireRead();
  const error = yield* fs.preallocate(inode, pos, pos + count, keepSize);
  yield* fs.sb.writers.releaseRead();
  // It grows the file only if that was smaller.
  resized?.(oracle.tick(), 'maybe');
  return error;
}
