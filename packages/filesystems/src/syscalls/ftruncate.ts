/** `ftruncate(2)`. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import { type Errno, type Inode, type Proc, zeroTags } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';

/** `ftruncate` to `size`: null, or the error. */
export function* ftruncate(fs: BlockFileSystem, inode: Inode, size: number): Proc<Errno | null> {
  const { oracle, geometry } = fs.engine;
  const shadow = oracle.file(inode.name);
  const time = oracle.tick();
  const cut = shadow.begin(size, zeroTags(geometry.filePages * geometry.pageSize - size), time);
  const resized = shadow.resize(size, time);
  yield* fs.sb.writers.acquireRead();
  const error = yield* fs.setSize(inode, size);
  yield* fs.sb.writers.releaseRead();
  if (error !== null) return error;
  const end = oracle.tick();
  cut.end(end);
  resized(end);
  return null;
}
