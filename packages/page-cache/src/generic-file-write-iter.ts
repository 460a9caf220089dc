/**
 * `generic_file_write_iter`: buffered write(2) with its locks. `i_rwsem` exclusively over the whole copy, nothing over the sync
 * that `O_DSYNC` asks for.
 */
import { genericPerformWrite, type Retag, type WriteResult } from './generic-perform-write.ts';
import { inodeDioWait } from './inode-dio.ts';
import type { Kiocb } from './kiocb.ts';
import type { Proc } from './machine.ts';
import type { UserBuffer } from './user-buffer.ts';

/** Writes `count` bytes of `from` at `kiocb.pos`, or at the end of the file. Source: `mm/filemap.c: generic_file_write_iter`. */
export function* genericFileWriteIter(kiocb: Kiocb, from: UserBuffer, count: number, retag: Retag): Proc<WriteResult> {
  const { inode } = kiocb;
  if (kiocb.nowait) return { written: 0, error: 'EINVAL' };
  yield* inode.iRwsem.downWrite();
  if (kiocb.append) kiocb.pos = inode.size;
  // An extending direct write may be under way that does not hold i_rwsem any more (XFS): the gap is known when it is over.
  if (kiocb.pos > inode.size) {
    yield* inodeDioWait(inode);
    const error = kiocb.pos > inode.size ? yield* inode.fs.zeroOldEnd(inode) : null;
    if (error !== null) {
      yield* inode.iRwsem.upWrite();
      return { written: 0, error };
    }
  }
  const result = yield* genericPerformWrite(inode, kiocb.pos, from, count, retag);
  yield* inode.iRwsem.upWrite();
  if (kiocb.dsync && result.written > 0) yield* inode.fs.fsync(inode);
  return result;
}
