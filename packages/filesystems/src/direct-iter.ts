/**
 * `->read_iter` and `->write_iter` with `IOCB_DIRECT`: `i_rwsem` around the submission, the page cache as the way out where direct I/O cannot
 * be done, and the sync of `O_DSYNC` when the lock is dropped.
 *
 * A file system that locks a range of the file against reads while it maps blocks may not fault then, for the fault may be such a read: it pins what is
 * present, drops its locks, faults the rest in and goes on where it was (since v5.16). When that does not get on, all of it goes through the cache.
 */
import {
  filemapWriteAndWait,
  type Inode,
  inodeDioWait,
  invalidateMappingPages,
  type Kiocb,
  type Proc,
  type ReadResult,
  type Retag,
  type Tag,
  type UserBuffer,
  type WriteResult,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { iomapDioRead, iomapDioWrite } from './direct-io.ts';
import { isOverwrite } from './direct-map.ts';

/** How `i_rwsem` is held for a direct write, and whether the write has to be over before it is dropped. */
export interface DirectLock {
  readonly exclusive: boolean;
  readonly wait: boolean;
}

/**
 * `i_rwsem` for a direct write: shared if it changes bytes in place only, in whole blocks; null when NOWAIT cannot have it. A write
 * that grows the file, or shares a block with others, is over before the lock is dropped (`ext4_dio_write_checks`).
 */
export function* lockForDirectWrite(fs: BlockFileSystem, kiocb: Kiocb, count: number): Proc<DirectLock | null> {
  const { inode } = kiocb;
  const { iRwsem } = inode;
  const isAligned = isBlockAligned(fs, kiocb.pos, count);
  if (isAligned && !kiocb.append) {
    if (!(yield* tryShared(kiocb))) return null;
    if (yield* changesBytesOnly(fs, inode, kiocb.pos, count)) return { exclusive: false, wait: false };
    yield* iRwsem.upRead();
  }
  if (kiocb.nowait) return null;
  yield* iRwsem.downWrite();
  if (kiocb.append) kiocb.pos = inode.size;
  if (!isAligned) yield* inodeDioWait(inode);
  if (kiocb.pos > inode.size) yield* fs.zeroOldEnd(inode);
  return { exclusive: true, wait: !isAligned || kiocb.pos + count > inode.size };
}

/** Reads with `i_rwsem` shared. */
export function* directReadIter(fs: BlockFileSystem, kiocb: Kiocb, to: UserBuffer, count: number): Proc<ReadResult> {
  const { iRwsem } = kiocb.inode;
  const nofault = fs.faultsOutsideRangeLock;
  const tags: Tag[] = [];
  for (let tries = 0; ; ) {
    if (!kiocb.nowait) yield* iRwsem.downRead();
    else if (!(yield* iRwsem.tryDownRead())) return { tags, error: 'EAGAIN' };
    const result = yield* iomapDioRead(fs, kiocb, to, count, { nofault, wait: nofault, done: tags.length });
    yield* iRwsem.upRead();
    tags.push(...result.tags);
    const isOver = tags.length === count || (result.count === 0 && result.error !== 'EFAULT');
    if (!nofault || isOver) return { tags, error: result.error };
    // What was faulted in is gone again, as when the flush before the read write-protects it: not for ever.
    if (result.count === 0 && tries++ > 0) return yield* fs.bufferedReadIter(kiocb, to, count);
    if (!(yield* to.faultInWriteable(tags.length))) return { tags, error: 'EFAULT' };
  }
}

/** Writes with `i_rwsem` as {@link BlockFileSystem.lockForDirectWrite} says. */
export function* directWriteIter(
  fs: BlockFileSystem,
  kiocb: Kiocb,
  from: UserBuffer,
  count: number,
  retag: Retag,
): Proc<WriteResult> {
  const { inode } = kiocb;
  const { filePages, pageSize } = fs.engine.geometry;
  const nofault = fs.faultsOutsideRangeLock;
  let written = 0;
  for (let tries = 0; ; ) {
    const lock = yield* fs.lockForDirectWrite(kiocb, count);
    if (lock === null) return { written, error: 'EAGAIN' };
    const isTooFar = kiocb.pos + count > filePages * pageSize;
    const how = { nofault, wait: lock.wait || nofault, done: written };
    const result = isTooFar ? null : yield* iomapDioWrite(fs, kiocb, from, count, retag, how);
    if (lock.exclusive) yield* inode.iRwsem.upWrite();
    else yield* inode.iRwsem.upRead();
    if (result === null) return { written, error: 'EFBIG' };
    if (result.error === 'ENOTBLK') return yield* throughTheCache(fs, kiocb, from, count, retag);
    written += result.count;
    if (!nofault || written === count || (result.error !== null && result.error !== 'EFAULT')) {
      if (kiocb.dsync && result.count > 0) yield* fs.fsync(inode);
      return { written, error: result.error };
    }
    if (result.count === 0 && tries++ > 0) return yield* throughTheCache(fs, kiocb, from, count, retag);
    if (!(yield* from.faultInReadable(written, 1))) return { written, error: 'EFAULT' };
  }
}

/** The way out: a buffered write, which then is put on disk and dropped from the cache, as if it had been a direct one. */
function* throughTheCache(
  fs: BlockFileSystem,
  kiocb: Kiocb,
  from: UserBuffer,
  count: number,
  retag: Retag,
): Proc<WriteResult> {
  if (kiocb.nowait) return { written: 0, error: 'EAGAIN' };
  const result = yield* fs.bufferedWriteIter(kiocb, from, count, retag);
  if (result.written === 0) return result;
  const first = fs.engine.pageOf(kiocb.pos);
  const last = fs.engine.pageOf(kiocb.pos + result.written - 1);
  yield* filemapWriteAndWait(kiocb.inode, first, last);
  yield* invalidateMappingPages(kiocb.inode.mapping, first, last);
  kiocb.acknowledge?.(result.written);
  return result;
}

/** Whether bytes [pos, pos + count) begin and end with a block. */
export function isBlockAligned(fs: BlockFileSystem, pos: number, count: number): boolean {
  const { blockSize } = fs.engine.geometry;
  return pos % blockSize === 0 && count % blockSize === 0;
}

/** Takes `i_rwsem` shared for a write that may turn out to change bytes in place only; false when NOWAIT cannot have it. */
export function* tryShared(kiocb: Kiocb): Proc<boolean> {
  const { iRwsem } = kiocb.inode;
  if (kiocb.nowait) return yield* iRwsem.tryDownRead();
  yield* iRwsem.downRead();
  return true;
}

/** Whether the write neither grows the file nor changes where its blocks are. `i_rwsem` is held. */
export function* changesBytesOnly(fs: BlockFileSystem, inode: Inode, pos: number, count: number): Proc<boolean> {
  if (pos + count > (yield* inode.sizeRead())) return false;
  return yield* isOverwrite(fs, inode, pos, pos + count);
}
