/**
 * `io_submit(2)` and `io_getevents(2)`: direct reads and writes that go on after their submission. A system call is kernel code run by a task: it tells
 * the oracle when it begins, what it saw, and when it was acknowledged.
 */
import {
  type Errno,
  type Inode,
  type IoResult,
  Kiocb,
  PresentBuffer,
  type Proc,
  type Tag,
  type UserBuffer,
  type WriteFlags,
} from '@lockdep/page-cache';
import { WriteRequest } from './write-request.ts';

/** An asynchronous read or write, submitted. */
export class AioRequest {
  readonly #kiocb: Kiocb;
  /** When it began. */
  readonly #start: number;
  readonly #isRead: boolean;

  constructor(kiocb: Kiocb, start: number, isRead: boolean) {
    this.#kiocb = kiocb;
    this.#start = start;
    this.#isRead = isRead;
  }

  /** `io_getevents`: waits until it is over; the bytes of a read, the count of a write, or the error. */
  *wait(): Proc<readonly Tag[] | number | Errno> {
    const { queued, inode, pos } = this.#kiocb;
    if (queued !== null) yield* queued.wait();
    const { count, tags, error } = this.#kiocb.result!;
    if (this.#isRead) inode.sb.engine.oracle.checkRead(inode.name, pos, tags, this.#start);
    if (count === 0 && error !== null) return error;
    return this.#isRead ? tags : count;
  }
}

/** Submits a direct read; what has ended at once is over when this returns. */
export function* aioRead(
  inode: Inode,
  pos: number,
  count: number,
  to: UserBuffer = new PresentBuffer(),
): Proc<AioRequest> {
  const start = inode.sb.engine.oracle.tick();
  const kiocb = new Kiocb(inode, pos, { direct: true, async: true });
  const { tags, error } = yield* inode.fs.readIter(kiocb, to, count);
  if (error !== 'EIOCBQUEUED') kiocb.result = { count: tags.length, tags, error };
  return new AioRequest(kiocb, start, true);
}

/** Submits a direct write of fresh data, or of what a buffer holds. One that grows the file may be over when this returns. */
export function* aioWrite(
  inode: Inode,
  pos: number,
  count: number,
  write: string,
  from?: UserBuffer,
  flags: Pick<WriteFlags, 'nowait' | 'append' | 'dsync'> = {},
): Proc<AioRequest> {
  const { oracle } = inode.sb.engine;
  const start = oracle.tick();
  const request = new WriteRequest(inode, pos, count, write, { ...flags, direct: true, async: true });
  yield* inode.sb.writers.acquireRead();
  const buffer = from ?? new PresentBuffer(request.tags);
  const { written, error } = yield* inode.fs.writeIter(request.kiocb, buffer, count, request.retag);
  // Freeze protection goes with the request from here on; who submitted it does not hold it any more.
  yield* inode.sb.writers.releaseRead();
  if (error !== 'EIOCBQUEUED') {
    const done: IoResult = { count: written, tags: [], error };
    request.kiocb.result = done;
    if (error !== null) request.end({ written, error });
  }
  return new AioRequest(request.kiocb, start, false);
}
