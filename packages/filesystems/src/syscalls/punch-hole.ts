/** `fallocate(2)` with `FALLOC_FL_PUNCH_HOLE`. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import { type Errno, type Inode, type Proc, zeroTags } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';

/** `fallocate(FALLOC_FL_PUNCH_HOLE)` of bytes [pos, pos + count): null, or the error. */
export function* punchHole(fs: BlockFileSystem, inode: Inode, pos: number, count: number): Proc<Errno | null> {
  const { oracle } = fs.engine;
  const open = oracle.file(inode.name).begin(pos, zeroTags(count), oracle.tick());
  yield* fs.sb.writers.acquireRead();
  const error = yield* fs.punchHole(inode, pos, pos + count);
  yield* fs.sb.writers.releaseRead();
  if (error === null) open.end(oracle.tick());
  // Killed before it had the locks.
  if (error === 'EINTR') open.cancel();
  return error;
}
