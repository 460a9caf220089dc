/** `fallocate(2)`. A system call is kernel code run by a task: it tells the oracle when it begins, what it saw, and when it was acknowledged. */
import { type Errno, type Inode, type Proc, zeroTags } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { refuse } from '../refuse.ts';
import { preallocate } from './preallocate.ts';
import { punchHole } from './punch-hole.ts';

/** `FALLOC_FL_PUNCH_HOLE` and its like, in the manner of the kernel's names; `allocate-range` is mode 0. Exactly one. */
export type FallocateMode =
  | 'allocate-range'
  | 'punch-hole'
  | 'zero-range'
  | 'collapse-range'
  | 'insert-range'
  | 'unshare-range';

/** `FALLOC_FL_KEEP_SIZE`: the file does not grow; of no meaning for modes that move bytes, implied by `punch-hole`. */
export interface FallocateFlags {
  readonly keepSize?: boolean;
}

/** `fallocate` of bytes [pos, pos + count): null, or the error. Source: `fs/open.c: vfs_fallocate`. */
export function* fallocate(
  fs: BlockFileSystem,
  inode: Inode,
  mode: FallocateMode,
  pos: number,
  count: number,
  { keepSize = false }: FallocateFlags = {},
): Proc<Errno | null> {
  const { filePages, pageSize, blockSize } = fs.engine.geometry;
  if (pos < 0 || count <= 0) return 'EINVAL';
  if (pos + count > filePages * pageSize) return 'EFBIG';
  switch (mode) {
    case 'allocate-range':
      return yield* preallocate(fs, inode, pos, count, { keepSize });
    case 'punch-hole':
      return yield* punchHole(fs, inode, pos, count);
    case 'zero-range':
      return yield* zeroRange(fs, inode, pos, count, keepSize);
    case 'unshare-range':
      return yield* unshareRange(fs, inode, pos, count, keepSize);
    default: {
      const isAligned = pos % blockSize === 0 && count % blockSize === 0;
      yield* fs.sb.writers.acquireRead();
      // The oracle is told by whoever holds the locks: where bytes move to depends on when.
      const error = yield* mode === 'collapse-range'
        ? isAligned
          ? fs.collapseRange(inode, pos, pos + count)
          : refuse('EINVAL')
        : isAligned
          ? fs.insertRange(inode, pos, pos + count)
          : refuse('EINVAL');
      yield* fs.sb.writers.releaseRead();
      return error;
    }
  }
}

function* zeroRange(
  fs: BlockFileSystem,
  inode: Inode,
  pos: number,
  count: number,
  keepSize: boolean,
): Proc<Errno | null> {
  const { oracle } = fs.engine;
  const shadow = oracle.file(inode.name);
  const open = shadow.begin(pos, zeroTags(count), oracle.tick());
  const resized = keepSize ? null : shadow.resize(pos + count, oracle.tick());
  yield* fs.sb.writers.acquireRead();
  const error = yield* fs.zeroRange(inode, pos, pos + count, keepSize);
  yield* fs.sb.writers.releaseRead();
  if (error === 'EOPNOTSUPP') open.cancel();
  resized?.(oracle.tick(), error === 'EOPNOTSUPP' ? false : 'maybe');
  // One that failed on the way may have got anywhere.
  if (error === null) open.end(oracle.tick());
  return error;
}

/** Changes no byte, and maybe the size. */
function* unshareRange(
  fs: BlockFileSystem,
  inode: Inode,
  pos: number,
  count: number,
  keepSize: boolean,
): Proc<Errno | null> {
  const { oracle } = fs.engine;
  const resized = keepSize ? null : oracle.file(inode.name).resize(pos + count, oracle.tick());
  yield* fs.sb.writers.acquireRead();
  const error = yield* fs.unshareRange(inode, pos, pos + count, keepSize);
  yield* fs.sb.writers.releaseRead();
  resized?.(oracle.tick(), 'maybe');
  return error;
}
