/** `pwrite(2)`. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import {
  dataTags,
  type Errno,
  genericPerformWrite,
  type Inode,
  PresentBuffer,
  type Proc,
  type UserBuffer,
} from '@lockdep/page-cache';

/** `pwrite` of fresh data, tagged with the name of this write; or of what a buffer holds. */
export function* pwrite(
  inode: Inode,
  pos: number,
  count: number,
  write: string,
  from?: UserBuffer,
): Proc<number | Errno> {
  const { oracle } = inode.sb.engine;
  const tags = dataTags(inode.name, write, pos, count);
  const shadow = oracle.file(inode.name);
  const open = shadow.begin(pos, tags, oracle.tick());
  const grown = shadow.resize(pos + count, oracle.tick());
  inode.sb.writers.acquireRead();
  yield* inode.iRwsem.downWrite();
  const grows = pos + count > inode.size;
  const result = yield* genericPerformWrite(inode, pos, from ?? new PresentBuffer(tags), count, (bytes, offset) =>
    tags.slice(offset - pos, offset - pos + bytes.length),
  );
  yield* inode.iRwsem.upWrite();
  inode.sb.writers.release();
  const end = oracle.tick();
  open.end(end, result.written);
  // One that did not grow the file never set its size; a short one may have set some other.
  if (!grows || result.written === count) grown(end, grows);
  return result.written === 0 && result.error !== null ? result.error : result.written;
}
