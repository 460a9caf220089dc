/**
 * What programs call: each is kernel code to be run by a task, and tells the oracle when it begins, what it saw, and when it was acknowledged.
 */
import {
  dataTags,
  type Errno,
  genericPerformWrite,
  type Inode,
  invalidateMappingPages,
  Kiocb,
  PresentBuffer,
  type Proc,
  type ReadFlags,
  type Tag,
  type UserBuffer,
  zeroTags,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { type RemapCaller, remapFileRange } from './remap-file-range.ts';

/** `pread`: the bytes, fewer at the end of the file; or the error. */
export function* pread(
  inode: Inode,
  pos: number,
  count: number,
  flags: ReadFlags & { readonly to?: UserBuffer } = {},
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
  if (grows && result.written === count) grown(end);
  return result.written === 0 && result.error !== null ? result.error : result.written;
}

/** `fallocate(FALLOC_FL_PUNCH_HOLE)` of bytes [pos, pos + count). */
export function* punchHole(fs: BlockFileSystem, inode: Inode, pos: number, count: number): Proc {
  const { oracle } = fs.engine;
  const open = oracle.file(inode.name).begin(pos, zeroTags(count), oracle.tick());
  fs.sb.writers.acquireRead();
  yield* fs.punchHole(inode, pos, pos + count);
  fs.sb.writers.release();
  open.end(oracle.tick());
}

/** `ftruncate` to `size`. */
export function* ftruncate(fs: BlockFileSystem, inode: Inode, size: number): Proc {
  const { oracle, geometry } = fs.engine;
  const shadow = oracle.file(inode.name);
  const time = oracle.tick();
  const cut = shadow.begin(size, zeroTags(geometry.filePages * geometry.pageSize - size), time);
  const resized = shadow.resize(size, time);
  fs.sb.writers.acquireRead();
  yield* fs.setSize(inode, size);
  fs.sb.writers.release();
  const end = oracle.tick();
  cut.end(end);
  resized(end);
}

/** `fsync`: returns when all dirty pages of the file are on disk. Source: `fs/sync.c: vfs_fsync`. */
export function* fsync(inode: Inode): Proc {
  yield* inode.fs.fsync(inode);
}

/** `posix_fadvise(POSIX_FADV_WILLNEED)` of bytes [pos, pos + count). */
export function* fadviseWillneed(inode: Inode, pos: number, count: number): Proc {
  const { engine } = inode.sb;
  const first = engine.pageOf(pos);
  yield* inode.fs.fadviseWillneed(inode, first, engine.pageOf(pos + count - 1) - first + 1);
}

/** `posix_fadvise(POSIX_FADV_DONTNEED)` of the whole pages in bytes [pos, pos + count). */
export function* fadviseDontneed(inode: Inode, pos: number, count: number): Proc {
  const { pageSize } = inode.sb.engine.geometry;
  const last = Math.floor((pos + count) / pageSize) - 1;
  yield* invalidateMappingPages(inode.mapping, Math.ceil(pos / pageSize), last);
}

/** `ioctl(FICLONE)` or `FIDEDUPERANGE` of whole files. */
export function* remap(
  fs: BlockFileSystem,
  source: Inode,
  target: Inode,
  caller: RemapCaller = 'clone',
): Proc<Errno | null> {
  fs.sb.writers.acquireRead();
  const error = yield* remapFileRange(fs, source, target, caller);
  fs.sb.writers.release();
  return error;
}
