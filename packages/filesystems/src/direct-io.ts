/**
 * `iomap_dio_rw`: reading and writing past the page cache. What is cached of the range is written back and dropped before; after a write, once
 * the file system knows the new blocks and size, it is dropped again, for a reader may have brought it back meanwhile.
 *
 * Duty of the caller: `i_rwsem` held, exclusively for a write that changes more than bytes in place. It may be released when this comes back;
 * `i_dio_count` is what keeps truncate and fallocate away until the end.
 */
import { Completion } from '@lockdep/locks';
import {
  type Errno,
  filemapRangeHasPage,
  filemapRangeNeedsWriteback,
  filemapWriteAndWait,
  type Inode,
  type IoResult,
  inodeDioBegin,
  inodeDioEnd,
  type Kiocb,
  type PinnedPages,
  type Proc,
  type Retag,
  type Tag,
  type UserBuffer,
} from '@lockdep/page-cache';
import type { DirectPart } from './block-device.ts';
import type { BlockFileSystem } from './block-file-system.ts';
import { checkDirectWrite } from './check-direct-write.ts';
import { blocksOf, type DirectBlock, endDirectWrite, forgetDirectBlocks } from './direct-map.ts';

/** How a direct I/O is done. */
export interface DirectHow {
  /** Come back when it is over, also if it is asynchronous. Default false. */
  readonly wait?: boolean;
  /** User memory may not fault: what is not present is left out. Default false. */
  readonly nofault?: boolean;
  /** Bytes of the user's memory that have been done. Default 0. */
  readonly done?: number;
}

const nothing = (error: Errno | null): IoResult => ({ count: 0, tags: [], error });

/** Reads past the cache; asynchronous, it answers `EIOCBQUEUED`. Source: `fs/iomap/direct-io.c: iomap_dio_rw` (v5.15). */
export function* iomapDioRead(
  fs: BlockFileSystem,
  kiocb: Kiocb,
  to: UserBuffer,
  count: number,
  { wait = false, nofault = false, done = 0 }: DirectHow = {},
): Proc<IoResult> {
  const { inode, mapping } = kiocb;
  const pos = kiocb.pos + done;
  const size = yield* inode.sizeRead();
  const wanted = Math.min(count - done, size - pos);
  if (wanted <= 0) return nothing(null);
  const [first, last] = pagesOf(fs, pos, wanted);
  if (!kiocb.nowait) yield* filemapWriteAndWait(inode, first, last);
  else if (yield* filemapRangeNeedsWriteback(mapping, first, last)) return nothing('EAGAIN');
  yield* inodeDioBegin(inode);
  const { rangeLock } = fs.info(inode);
  if (rangeLock !== null) yield* rangeLock.acquire();
  const indexes = blocksOf(fs, pos, pos + wanted);
  const extents = yield* fs.lookupBlocks(inode, indexes);
  const pages = yield* to.pin(done, wanted, { write: true, nofault });
  if (pages.length === 0) {
    if (rangeLock !== null) yield* rangeLock.release();
    yield* inodeDioEnd(inode);
    return nothing('EFAULT');
  }
  const blocks = indexes.map((index, i) => {
    const extent = extents[i];
    return { index, block: extent?.state === 'mapped' ? extent.block : -1, isNew: false };
  });
  const request = new DirectRun(fs, kiocb, done, wait);
  const parts = partsOf(fs, blocks, pos, pages.length);
  yield* fs.device.submitDirectRead({ inode, parts, pages, finish: (bytes) => request.finishRead(pages, bytes) });
  return yield* request.waitFor(() => request.completeRead());
}

/**
 * Writes past the cache; asynchronous, it answers `EIOCBQUEUED`. `ENOTBLK`: something of the cache stayed, or the blocks are such that the
 * bytes have to go through the cache. Source: `fs/iomap/direct-io.c: iomap_dio_rw` (v5.15).
 */
export function* iomapDioWrite(
  fs: BlockFileSystem,
  kiocb: Kiocb,
  from: UserBuffer,
  count: number,
  retag: Retag,
  { wait = false, nofault = false, done = 0 }: DirectHow = {},
): Proc<IoResult> {
  const { inode, mapping } = kiocb;
  const pos = kiocb.pos + done;
  const wanted = count - done;
  if (wanted <= 0) return nothing(null);
  const [first, last] = pagesOf(fs, pos, wanted);
  if (kiocb.nowait) {
    if (yield* filemapRangeHasPage(mapping, first, last)) return nothing('EAGAIN');
  } else if ((yield* fs.invalidateForDirectWrite(inode, first, last)) !== null) return nothing('ENOTBLK');
  yield* inodeDioBegin(inode);
  const { rangeLock } = fs.info(inode);
  if (rangeLock !== null) yield* rangeLock.acquire();
  const blocks = yield* fs.mapDirectWrite(inode, pos, pos + wanted, kiocb.nowait);
  const pages = typeof blocks === 'string' ? null : yield* from.pin(done, wanted, { write: false, nofault });
  if (typeof blocks === 'string' || pages === null || pages.length === 0) {
    if (typeof blocks !== 'string') yield* forgetDirectBlocks(fs, inode, blocks);
    if (rangeLock !== null) yield* rangeLock.release();
    yield* inodeDioEnd(inode);
    return nothing(typeof blocks === 'string' ? blocks : 'EFAULT');
  }
  const request = new DirectRun(fs, kiocb, done, wait);
  const parts = partsOf(fs, blocks, pos, pages.length);
  const used = blocks.slice(0, parts.length);
  yield* forgetDirectBlocks(fs, inode, blocks.slice(parts.length));
  const { blockSize } = fs.engine.geometry;
  const complete = () => request.completeWrite(used, pos);
  yield* fs.device.submitDirectWrite(
    { inode, parts, pages, finish: (bytes) => request.finishWrite(pages, bytes, complete) },
    (bytes, part) => retag(bytes, part.index * blockSize + part.from),
  );
  return yield* request.waitFor(complete);
}

/** One request under way (`struct iomap_dio`). */
class DirectRun {
  readonly #fs: BlockFileSystem;
  readonly #kiocb: Kiocb;
  readonly #inode: Inode;
  /** Of bytes that earlier requests of the same call have done. */
  readonly #done: number;
  readonly #isAsync: boolean;
  readonly #over: Completion;
  #bytes: readonly Tag[] = [];

  constructor(fs: BlockFileSystem, kiocb: Kiocb, done: number, wait: boolean) {
    this.#fs = fs;
    this.#kiocb = kiocb;
    this.#inode = kiocb.inode;
    this.#done = done;
    this.#isAsync = kiocb.async && !wait;
    this.#over = new Completion({ key: fs.directKey, label: `direct I/O of ${kiocb.inode.name}`, validator: null });
    if (this.#isAsync) kiocb.queued = this.#over;
  }

  /** Of a synchronous request: waits, and completes it here, where `i_rwsem` is held. */
  *waitFor(complete: () => Proc<IoResult>): Proc<IoResult> {
    if (this.#isAsync) return nothing('EIOCBQUEUED');
    yield* this.#over.wait();
    return yield* complete();
  }

  /** In interrupt context. Pages of files have to be made dirty, which a worker does. */
  *finishRead(pages: PinnedPages, bytes: readonly Tag[]): Proc {
    this.#bytes = bytes;
    yield* this.#unlockRange();
    if (pages.needsDirty) yield* this.#fs.engine.machine.start('dirty worker', () => this.#dirtyAndEnd(pages));
    else yield* this.#endRead(pages);
  }

  /** The lock of the extents, where there is one, is the request's since it was submitted. */
  *#unlockRange(): Proc {
    const { rangeLock } = this.#fs.info(this.#inode);
    if (rangeLock !== null) yield* rangeLock.release();
  }

  *#dirtyAndEnd(pages: PinnedPages): Proc {
    yield* pages.dirty();
    yield* this.#endRead(pages);
  }

  *#endRead(pages: PinnedPages): Proc {
    yield* pages.unpin();
    if (this.#isAsync) this.#kiocb.result = yield* this.completeRead();
    yield* this.#over.completeAll();
  }

  *completeRead(): Proc<IoResult> {
    yield* inodeDioEnd(this.#inode);
    return { count: this.#bytes.length, tags: this.#bytes, error: null };
  }

  /** In interrupt context. What an asynchronous write has to do now takes locks, so a worker does it. */
  *finishWrite(pages: PinnedPages, bytes: readonly Tag[], complete: () => Proc<IoResult>): Proc {
    this.#bytes = bytes;
    yield* this.#unlockRange();
    yield* pages.unpin();
    if (!this.#isAsync) yield* this.#over.completeAll();
    else yield* this.#fs.engine.machine.start('dio worker', () => this.#work(complete));
  }

  *#work(complete: () => Proc<IoResult>): Proc {
    const result = yield* complete();
    if (this.#kiocb.dsync) yield* this.#inode.fs.fsync(this.#inode);
    this.#kiocb.result = result;
    yield* this.#over.completeAll();
  }

  /** `iomap_dio_complete`: the file system first, then the cache, then whoever waits for the end of direct I/O. */
  *completeWrite(blocks: readonly DirectBlock[], pos: number): Proc<IoResult> {
    const fs = this.#fs;
    const count = this.#bytes.length;
    const { bugs } = fs.engine.rules;
    const [first, last] = pagesOf(fs, pos, count);
    const invalidatesFirst = bugs['dio.invalidateBeforeEndIo'] === true;
    let error: Errno | null = null;
    if (invalidatesFirst) error = yield* fs.invalidateAfterDirectWrite(this.#inode, first, last);
    yield* endDirectWrite(fs, this.#inode, blocks, pos + count);
    if (!invalidatesFirst) error = yield* fs.invalidateAfterDirectWrite(this.#inode, first, last);
    // With something dirty or in use left in the cache, which of the two the file holds is anybody's guess: the kernel warns.
    if (error === null) {
      this.#kiocb.acknowledge?.(this.#done + count);
      yield* checkDirectWrite(this.#inode, pos, count);
    }
    yield* inodeDioEnd(this.#inode);
    return { count, tags: [], error: null };
  }
}

function pagesOf(fs: BlockFileSystem, pos: number, count: number): readonly [number, number] {
  return [fs.engine.pageOf(pos), fs.engine.pageOf(pos + count - 1)];
}

/** What of bytes [pos, pos + count) each block has. */
function partsOf(
  fs: BlockFileSystem,
  blocks: readonly { readonly index: number; readonly block: number; readonly isNew: boolean }[],
  pos: number,
  count: number,
): DirectPart[] {
  const { blockSize } = fs.engine.geometry;
  return blocks.flatMap(({ index, block, isNew }) => {
    const start = index * blockSize;
    const from = Math.max(0, pos - start);
    const to = Math.min(blockSize, pos + count - start);
    return from >= to ? [] : [{ index, block, from, to, at: start + from - pos, zeroesRest: isNew }];
  });
}
