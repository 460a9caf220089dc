/** `pwrite(2)`. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import {
  type Errno,
  type Inode,
  PresentBuffer,
  type Proc,
  type UserBuffer,
  type WriteFlags,
} from '@lockdep/page-cache';
import { WriteRequest } from './write-request.ts';

/** `pwrite` of fresh data, tagged with the name of this write; or of what a buffer holds. */
export function* pwrite(
  inode: Inode,
  pos: number,
  count: number,
  write: string,
  from?: UserBuffer,
  flags: Omit<WriteFlags, 'async'> = {},
): Proc<number | Errno> {
  const request = new WriteRequest(inode, pos, count, write, flags);
  yield* inode.sb.writers.acquireRead();
  const result = yield* inode.fs.writeIter(
    request.kiocb,
    from ?? new PresentBuffer(request.tags),
    count,
    request.retag,
  );
  yield* inode.sb.writers.releaseRead();
  if (!request.kiocb.direct || result.error !== null) request.end(result);
  return result.written === 0 && result.error !== null ? result.error : result.written;
}
