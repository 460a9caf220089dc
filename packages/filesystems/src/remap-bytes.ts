/**
 * `remap_file_range` of a range (`FICLONERANGE`, `FIDEDUPERANGE`, `copy_file_range`): whole blocks, the last one up to the end of the source.
 * Locks as for whole files, see {@link remapFileRange}; the two may be one file.
 */
import {
  asOperation,
  type Errno,
  filemapWriteAndWait,
  type Inode,
  inodeDioWait,
  type Proc,
  pagecacheIsizeExtended,
  putFolios,
  readCachePage,
  truncatePagecacheRange,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { checkRemap } from './check-remap.ts';
import { compareFolios, lockBoth, type RemapCaller, shareBlock, unlockBoth } from './remap-file-range.ts';
import { demoteSource } from './remap-flag.ts';

/** Bytes `from` … `from + count - 1` of the source go to `to` of the target; count 0: all up to the end of the source. */
export interface RemapRange {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Duty of the caller: freeze protection held. Source: `fs/remap_range.c: generic_remap_file_range_prep`. */
export function* remapBytes(
  fs: BlockFileSystem,
  source: Inode,
  target: Inode,
  range: RemapRange,
  caller: RemapCaller,
): Proc<Errno | null> {
  if (!fs.canRemap) return 'EOPNOTSUPP';
  return yield* asOperation('remap_file_range', [source, target], () => remapRange(fs, source, target, range, caller));
}

function* remapRange(
  fs: BlockFileSystem,
  source: Inode,
  target: Inode,
  range: RemapRange,
  caller: RemapCaller,
): Proc<Errno | null> {
  const { geometry, oracle } = fs.engine;
  const { blockSize } = geometry;
  if (range.from % blockSize !== 0 || range.to % blockSize !== 0) return 'EINVAL';
  const since = oracle.tick();
  yield* lockBoth(fs, source, target, caller);
  const count = range.count === 0 ? source.size - range.from : range.count;
  const error = checkRange(fs, source, target, { ...range, count }, caller);
  const result = error ?? (count <= 0 ? null : yield* remapLocked(fs, source, target, { ...range, count }, caller));
  if (result === null && count > 0) checkRemap(fs, { source, target, ...range, count, caller, since });
  yield* unlockBoth(fs, source, target);
  return result;
}

/** `generic_remap_checks`: inside the source; no part of a block, but for that at both ends of file; no overlap. */
function checkRange(
  fs: BlockFileSystem,
  source: Inode,
  target: Inode,
  { from, to, count }: RemapRange,
  caller: RemapCaller,
): Errno | null {
  const { blockSize, filePages, pageSize } = fs.engine.geometry;
  if (from + count > source.size) return 'EINVAL';
  if (caller === 'dedupe' && to + count > target.size) return 'EINVAL';
  if (to + count > filePages * pageSize) return 'EFBIG';
  const endsBoth = from + count === source.size && to + count >= target.size;
  if (count % blockSize !== 0 && !endsBoth) return 'EINVAL';
  return source === target && Math.abs(from - to) < count ? 'EINVAL' : null;
}

function* remapLocked(
  fs: BlockFileSystem,
  source: Inode,
  target: Inode,
  { from, to, count }: RemapRange,
  caller: RemapCaller,
): Proc<Errno | null> {
  const { oracle, geometry } = fs.engine;
  const { blockSize, pageSize } = geometry;
  yield* inodeDioWait(source);
  if (target !== source) yield* inodeDioWait(target);
  if (to > target.size && caller === 'clone') {
    const error = yield* fs.zeroOldEnd(target);
    if (error !== null) return error;
  }
  const [first, last] = [fs.engine.pageOf(to), fs.engine.pageOf(to + count - 1)];
  yield* filemapWriteAndWait(source, fs.engine.pageOf(from), fs.engine.pageOf(from + count - 1));
  yield* filemapWriteAndWait(target, first, last);
  if (caller === 'dedupe' && !(yield* isEqualRange(fs, source, target, { from, to, count }))) return 'EBADE';
  const shadow = oracle.file(target.name);
  const time = oracle.tick();
  // Dedupe may not change a byte.
  const copied = caller === 'clone' ? shadow.copy(oracle.file(source.name), from, to, count, time) : null;
  const old = target.size;
  const resized = to + count > old ? shadow.resize(to + count, time) : null;
  yield* truncatePagecacheRange(target, first * pageSize, (last + 1) * pageSize);
  yield* demoteSource(fs, source, target);
  for (let at = 0; at < count; at += blockSize) {
    yield* fs.inTransaction(() => shareBlock(fs, source, target, (from + at) / blockSize, (to + at) / blockSize));
  }
  if (to + count > old) {
    yield* target.sizeWrite(to + count);
    yield* pagecacheIsizeExtended(target, old, to);
    const { diskSize } = fs.info(target);
    yield* fs.inTransaction(() => fs.changeMap(target, () => diskSize.write(to + count)));
  }
  copied?.end(oracle.tick());
  resized?.(oracle.tick());
  return null;
}

/** Through the cache, as much at a time as lies in one page of each. Source: `fs/remap_range.c: vfs_dedupe_file_range_compare`. */
function* isEqualRange(
  fs: BlockFileSystem,
  source: Inode,
  target: Inode,
  { from, to, count }: RemapRange,
): Proc<boolean> {
  const { pageSize } = fs.engine.geometry;
  for (let done = 0; done < count; ) {
    const [atX, atY] = [(from + done) % pageSize, (to + done) % pageSize];
    const length = Math.min(count - done, pageSize - Math.max(atX, atY));
    const x = yield* readCachePage(source.mapping, fs.engine.pageOf(from + done));
    if (typeof x === 'string') return false;
    const y = yield* readCachePage(target.mapping, fs.engine.pageOf(to + done));
    const same = typeof y !== 'string' && (yield* compareFolios(x, atX, y, atY, length));
    yield* putFolios(typeof y === 'string' ? [x] : [x, y]);
    if (!same) return false;
    done += length;
  }
  return true;
}
