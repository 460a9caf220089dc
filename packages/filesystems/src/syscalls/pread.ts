/** `pread(2)`, and as io_uring does it. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import {
  type Errno,
  type Inode,
  Kiocb,
  PresentBuffer,
  type Proc,
  type ReadFlags,
  type Tag,
  type UserBuffer,
} from '@lockdep/page-cache';

/** `pread`: the bytes, fewer at the end of the file; or the error. */
export function* pread(
  inode: Inode,
  pos: number,
  count: number,
  flags: Omit<ReadFlags, 'async'> & { readonly to?: UserBuffer } = {},
): Proc<readonly Tag[] | Errno> {
  const { oracle } = inode.sb.engine;
  const start = oracle.tick();
  const { to = new PresentBuffer(), ...how } = flags;
  const { tags, error } = yield* inode.fs.readIter(new Kiocb(inode, pos, how), to, count);
  oracle.checkRead(inode.name, pos, tags, start);
  return tags.length === 0 && error !== null ? error : tags;
}

/**
 * `pread` as io_uring does it: never sleeps for a folio lock, but waits to be told that it is free, and tries again; what would have to
 * start I/O is left to a worker, which may sleep.
 */
export function* preadAsync(inode: Inode, pos: number, count: number): Proc<readonly Tag[] | Errno> {
  const { oracle } = inode.sb.engine;
  const start = oracle.tick();
  for (;;) {
    const kiocb = new Kiocb(inode, pos, { waitq: true });
    const { tags, error } = yield* inode.fs.readIter(kiocb, new PresentBuffer(), count);
    if (tags.length === 0 && error === 'EIOCBQUEUED') yield* kiocb.queued!.wait();
    else if (tags.length === 0 && error === 'EAGAIN') return yield* pread(inode, pos, count);
    else {
      oracle.checkRead(inode.name, pos, tags, start);
      return tags.length === 0 && error !== null ? error : tags;
    }
  }
}
