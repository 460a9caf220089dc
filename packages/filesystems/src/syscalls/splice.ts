/**
 * `splice(2)` between a file and a pipe, without waiting for the pipe (`SPLICE_F_NONBLOCK`). A system call is kernel code run by a task: it
 * tells the oracle when it begins, what it saw, and when it was acknowledged.
 */
import { type Errno, type Inode, Kiocb, type Pipe, PresentBuffer, type Proc, type Tag } from '@lockdep/page-cache';
import { WriteRequest } from './write-request.ts';

/** From a file to a pipe: how many bytes, fewer at the end of the file or of the pipe. Source: `fs/splice.c: splice_file_to_pipe`. */
export function* spliceRead(inode: Inode, pos: number, pipe: Pipe, count: number): Proc<number | Errno> {
  const { rules } = inode.sb.engine;
  if (rules.spliceLocksPipeFirst) yield* pipe.mutex.acquire();
  const room = rules.spliceLocksPipeFirst ? pipe.capacity - pipe.length : pipe.capacity;
  const tags = room === 0 ? 'EAGAIN' : yield* readForSplice(inode, pos, Math.min(count, room));
  if (!rules.spliceLocksPipeFirst) yield* pipe.mutex.acquire();
  const put = typeof tags === 'string' ? tags : pipe.push(tags);
  yield* pipe.mutex.release();
  return put === 0 && tags.length > 0 ? 'EAGAIN' : put;
}

/** From a pipe to a file, as one write of this name: how many bytes. Source: `fs/splice.c: iter_file_splice_write`. */
export function* spliceWrite(
  pipe: Pipe,
  inode: Inode,
  pos: number,
  count: number,
  write: string,
): Proc<number | Errno> {
  const { writers, engine } = inode.sb;
  if (engine.rules.bugs['splice.pipeLockOutsideFreeze'] === true) {
    return yield* withPipe(pipe, function* () {
      yield* writers.acquireRead();
      const written = yield* writeLocked(pipe, inode, pos, count, write);
      yield* writers.releaseRead();
      return written;
    });
  }
  yield* writers.acquireRead();
  const written = yield* spliceFrom(pipe, inode, pos, count, write);
  yield* writers.releaseRead();
  return written;
}

/** The part of {@link spliceWrite} inside freeze protection (`do_splice_from`). */
export function* spliceFrom(pipe: Pipe, inode: Inode, pos: number, count: number, write: string): Proc<number | Errno> {
  return yield* withPipe(pipe, () => writeLocked(pipe, inode, pos, count, write));
}

/** What a splice gets of a file: like a read, but to nobody's memory (`filemap_splice_read`). */
export function* readForSplice(inode: Inode, pos: number, count: number): Proc<readonly Tag[] | Errno> {
  const { oracle } = inode.sb.engine;
  const start = oracle.tick();
  const { tags, error } = yield* inode.fs.readIter(new Kiocb(inode, pos), new PresentBuffer(), count);
  oracle.checkRead(inode.name, pos, tags, start);
  return tags.length === 0 && error !== null ? error : tags;
}

function* withPipe<T>(pipe: Pipe, body: () => Proc<T>): Proc<T> {
  yield* pipe.mutex.acquire();
  const result = yield* body();
  yield* pipe.mutex.release();
  return result;
}

/** The bytes are in memory already, so nothing faults. */
function* writeLocked(pipe: Pipe, inode: Inode, pos: number, count: number, write: string): Proc<number | Errno> {
  const bytes = pipe.take(count);
  if (bytes.length === 0) return 'EAGAIN';
  const request = new WriteRequest(inode, pos, bytes.length, write);
  const result = yield* inode.fs.writeIter(request.kiocb, new PresentBuffer(request.tags), bytes.length, request.retag);
  request.end(result);
  return result.written === 0 && result.error !== null ? result.error : result.written;
}
