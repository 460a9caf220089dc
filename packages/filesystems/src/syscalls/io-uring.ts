/**
 * Direct writes through `io_uring(7)`: submitted without sleeping, and ended by their submitter. Freeze protection is held from submission to
 * that end, across the return to user space; the submitter gives it back in its task work, when it waits for its requests.
 *
 * So the submitter must not sleep for freeze protection: a freezer waits for writes that only the submitter can end. What cannot be had at
 * once is left to a worker.
 */
import { Completion } from '@lockdep/locks';
import { type Errno, type Inode, PresentBuffer, type Proc } from '@lockdep/page-cache';
import { pwrite } from './pwrite.ts';
import { WriteRequest } from './write-request.ts';

/** The ring of one task, who alone submits to it and waits. Source: `io_uring/rw.c`. */
export class IoUring {
  /** What is under way: how to wait for its end, and what has to be done then. */
  readonly #requests: (() => Proc<number | Errno>)[] = [];

  /** `io_write` of a direct write: comes back when it is submitted. */
  *write(inode: Inode, pos: number, count: number, write: string): Proc {
    const { sb } = inode;
    const { writers } = sb;
    if (sb.engine.rules.bugs['aio.startWriteBlocksSubmitter'] === true) yield* writers.acquireRead();
    else if (!(yield* writers.tryAcquireRead())) return yield* this.#leaveToWorker(inode, pos, count, write);
    const request = new WriteRequest(inode, pos, count, write, { direct: true, async: true, nowait: true });
    const { kiocb } = request;
    const result = yield* inode.fs.writeIter(kiocb, new PresentBuffer(request.tags), count, request.retag);
    if (result.error === 'EIOCBQUEUED') {
      writers.forget();
      this.#requests.push(function* () {
        yield* kiocb.queued!.wait();
        writers.recallRead();
        yield* writers.releaseRead();
        return kiocb.result!.count;
      });
      return;
    }
    yield* writers.releaseRead();
    request.end({ written: 0, error: result.error });
    yield* this.#leaveToWorker(inode, pos, count, write);
  }

  /** `io_cqring_wait`: waits for all that was submitted, and runs the task work that ends it. */
  *wait(): Proc<readonly (number | Errno)[]> {
    const results: (number | Errno)[] = [];
    for (const end of this.#requests.splice(0)) results.push(yield* end());
    return results;
  }

  /** `io-wq`: a task that may sleep. It waits for the end too, so that it gives back what it has taken. */
  *#leaveToWorker(inode: Inode, pos: number, count: number, write: string): Proc {
    let result: number | Errno = 0;
    const over = new Completion({ name: 'io-wq', label: `${write} by io-wq`, validator: null });
    yield* inode.sb.engine.machine.start('io-wq', function* () {
      result = yield* pwrite(inode, pos, count, write, undefined, { direct: true });
      yield* over.completeAll();
    });
    this.#requests.push(function* () {
      yield* over.wait();
      return result;
    });
  }
}
