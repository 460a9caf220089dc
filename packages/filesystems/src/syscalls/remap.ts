/** `ioctl(2)` with `FICLONE` and `FIDEDUPERANGE`. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import type { Errno, Inode, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { exchangeBlocks } from '../exchange-range.ts';
import { type RemapRange, remapBytes } from '../remap-bytes.ts';
import { type RemapCaller, remapFileRange } from '../remap-file-range.ts';

/** `ioctl(FICLONE)` or `FIDEDUPERANGE` of whole files. */
export function* remap(
  fs: BlockFileSystem,
  source: Inode,
  target: Inode,
  caller: RemapCaller = 'clone',
): Proc<Errno | null> {
  yield* fs.sb.writers.acquireRead();
  const error = yield* remapFileRange(fs, source, target, caller);
  yield* fs.sb.writers.releaseRead();
  return error;
}

/** `ioctl(FICLONERANGE)` or `FIDEDUPERANGE`: `count` bytes from `from` on, to `to`; count 0 is all up to the end of the source. */
export function* remapRange(
  fs: BlockFileSystem,
  source: Inode,
  target: Inode,
  range: RemapRange,
  caller: RemapCaller = 'clone',
): Proc<Errno | null> {
  yield* fs.sb.writers.acquireRead();
  const error = yield* remapBytes(fs, source, target, range, caller);
  yield* fs.sb.writers.releaseRead();
  return error;
}

/** `ioctl(XFS_IOC_EXCHANGE_RANGE)`: `count` bytes from `from` on change places with those from `to` on; whole blocks inside of both files. */
export function* exchangeRange(fs: BlockFileSystem, a: Inode, b: Inode, range: RemapRange): Proc<Errno | null> {
  yield* fs.sb.writers.acquireRead();
  const error = yield* exchangeBlocks(fs, a, b, range);
  yield* fs.sb.writers.releaseRead();
  return error;
}
