/**
 * `copy_file_range(2)`: by sharing blocks where the file system can, else through a pipe of its own, a page at a time. A system call is kernel
 * code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged.
 */
import { type Errno, type Inode, Pipe, type Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { remapRange } from './remap.ts';
import { readForSplice, spliceFrom } from './splice.ts';

/** A range of one file and where it goes in another. */
export interface CopyRange {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Copies bytes, fewer at the end of the source; answers how many. Source: `fs/read_write.c: vfs_copy_file_range`. */
export function* copyFileRange(
  fs: BlockFileSystem,
  source: Inode,
  target: Inode,
  { from, to, count }: CopyRange,
  write: string,
): Proc<number | Errno> {
  const { geometry, rules } = fs.engine;
  if (from < 0 || to < 0 || count < 0) return 'EINVAL';
  const size = yield* source.sizeRead();
  const bytes = Math.min(count, size - from);
  if (bytes <= 0) return 0;
  if (to + bytes > geometry.filePages * geometry.pageSize) return 'EFBIG';
  if (source === target && Math.abs(from - to) < bytes) return 'EINVAL';
  if (fs.canRemap && (yield* remapRange(fs, source, target, { from, to, count: bytes })) === null) return bytes;
  // Since v6.8 freeze protection of the target is not held while the source, maybe of another file system, is read.
  if (rules.copyHoldsFreezeProtection) yield* target.sb.writers.acquireRead();
  const copied = yield* copyBySplice(source, target, { from, to, count: bytes }, write);
  if (rules.copyHoldsFreezeProtection) yield* target.sb.writers.releaseRead();
  return copied;
}

/** Reads one page's worth, then writes it: no lock of the source is held with one of the target (`splice_direct_to_actor`). */
function* copyBySplice(
  source: Inode,
  target: Inode,
  { from, to, count }: CopyRange,
  write: string,
): Proc<number | Errno> {
  const { engine } = target.sb;
  const { pageSize } = engine.geometry;
  const pipe = new Pipe(engine, 'splice', pageSize);
  const { writers } = target.sb;
  let copied = 0;
  while (copied < count) {
    const tags = yield* readForSplice(source, from + copied, Math.min(count - copied, pageSize));
    if (typeof tags === 'string') return copied > 0 ? copied : tags;
    if (tags.length === 0) break;
    pipe.push(tags);
    if (!engine.rules.copyHoldsFreezeProtection) yield* writers.acquireRead();
    const written = yield* spliceFrom(pipe, target, to + copied, tags.length, `${write}+${copied}`);
    if (!engine.rules.copyHoldsFreezeProtection) yield* writers.releaseRead();
    if (typeof written === 'string') return copied > 0 ? copied : written;
    copied += written;
    if (written < tags.length) break;
  }
  return copied;
}
