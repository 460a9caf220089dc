/**
 * `remap_file_range`: makes one file share another's blocks (reflink), or checks first that they are equal (dedupe).
 *
 * All `i_rwsem`, then all eviction locks, then, inside a transaction for each extent, both ILOCKs: class by class, each class by
 * its own order. What `lockTwo.*` switches break is exactly that.
 */

import type { RwSemaphore } from '@lockdep/locks';
import {
  asOperation,
  type Errno,
  type Folio,
  filemapWriteAndWait,
  type Inode,
  inOrder,
  inodeDioWait,
  iRwsemOf,
  lockPair,
  type PairOrder,
  type Proc,
  putFolios,
  readCachePage,
  SECOND,
  truncatePagecache,
  unlockPair,
  zeroTags,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { isReserved } from './block-map.ts';
import { checkRemap, contentOf } from './check-remap.ts';
import { demoteSource, unlockRemapping } from './remap-flag.ts';

/** Which system call it is: with mixed comparators they disagree about the order of mappings. */
export type RemapCaller = 'clone' | 'dedupe';

/**
 * Makes the whole of `target` share the blocks of `source`; `dedupe` only when their bytes are equal, else `EBADE`.
 *
 * Duty of the caller: freeze protection held. Source: `fs/xfs/xfs_file.c: xfs_file_remap_range`.
 */
export function* remapFileRange(
  fs: BlockFileSystem,
  source: Inode,
  target: Inode,
  caller: RemapCaller,
): Proc<Errno | null> {
  return yield* asOperation('remap_file_range', [source, target], () => remapWhole(fs, source, target, caller));
}

function* remapWhole(fs: BlockFileSystem, source: Inode, target: Inode, caller: RemapCaller): Proc<Errno | null> {
  const since = fs.engine.oracle.tick();
  yield* lockBoth(fs, source, target, caller);
  yield* inodeDioWait(source);
  if (target !== source) yield* inodeDioWait(target);
  yield* filemapWriteAndWait(source);
  if (target !== source) yield* filemapWriteAndWait(target);
  const differ = caller === 'dedupe' && !(yield* isEqual(fs, source, target));
  if (differ || target === source) {
    yield* unlockBoth(fs, source, target);
    return differ ? 'EBADE' : null;
  }
  const cloned = caller === 'clone' ? tellOracle(fs, source, target) : null;
  yield* truncatePagecache(target, 0);
  yield* demoteSource(fs, source, target);
  yield* share(fs, source, target);
  cloned?.();
  checkRemap(fs, { source, target, from: 0, to: 0, count: source.size, caller, since });
  yield* unlockBoth(fs, source, target);
  return null;
}

/** Releases what {@link lockBoth} took, or {@link demoteSource} has left of it. */
export function* unlockBoth(fs: BlockFileSystem, source: Inode, target: Inode): Proc {
  if (fs.info(source).remapping.isSet) return yield* unlockRemapping(fs, source, target);
  if (fs.evictLock(source) !== null) yield* unlockPair(source, target, (inode) => fs.evictLock(inode)!);
  yield* unlockPair(source, target, iRwsemOf);
}

export function* lockBoth(fs: BlockFileSystem, source: Inode, target: Inode, caller: RemapCaller): Proc {
  const { rules } = fs.engine;
  const evictLockOf = (inode: Inode): RwSemaphore => fs.evictLock(inode)!;
  if (rules.bugs['lockTwo.interleaved'] === true) {
    for (const [i, inode] of inOrder(source, target, 'address').entries()) {
      yield* inode.iRwsem.downWrite({ subclass: i * SECOND });
      yield* evictLockOf(inode).downWrite({ subclass: i * SECOND });
    }
    return;
  }
  yield* lockPair(source, target, orderOf(fs, caller, 'address'), iRwsemOf);
  if (fs.evictLock(source) === null) return;
  yield* lockPair(source, target, orderOf(fs, caller, rules.xfsPairOrder), evictLockOf);
}

/**
 * By what a pair is ordered. `mixed`: clone by address, dedupe by inode number. Mixed for the eviction lock alone it would be
 * harmless, since both `i_rwsem` are held around it.
 */
function orderOf(fs: BlockFileSystem, caller: RemapCaller, usual: PairOrder): PairOrder {
  const comparator = fs.engine.rules.bugs['lockTwo.comparator'];
  if (comparator === 'mixed') return caller === 'dedupe' ? 'ino' : 'address';
  return comparator ?? usual;
}

/** The target gives up its blocks and shares the source's. */
function* share(fs: BlockFileSystem, source: Inode, target: Inode): Proc {
  const { blockSize } = fs.engine.geometry;
  for (let index = 0; index * blockSize < Math.max(source.size, target.size); index++) {
    yield* fs.inTransaction(() => shareBlock(fs, source, target, index, index));
  }
  if (source.size !== target.size) yield* target.sizeWrite(source.size);
  const { diskSize } = fs.info(target);
  if (diskSize.value === source.size) return;
  yield* fs.inTransaction(() => fs.changeMap(target, () => diskSize.write(source.size)));
}

/**
 * A clone is a write of all that the source holds now; dedupe may not change a byte. Answers what to call when the write is over: until the
 * target is evicted, a fault still finds its old pages.
 */
function tellOracle(fs: BlockFileSystem, source: Inode, target: Inode): () => void {
  const { oracle } = fs.engine;
  const shadow = oracle.file(target.name);
  const cut = zeroTags(Math.max(0, target.size - source.size));
  const time = oracle.tick();
  const write = shadow.begin(0, [...contentOf(fs, source, 0, source.size), ...cut], time);
  const resized = shadow.resize(source.size, time);
  return () => {
    const end = oracle.tick();
    write.end(end);
    resized(end);
  };
}

/** Place `index` of the target gives up its block and shares that of place `origin` of the source. A transaction runs. */
export function* shareBlock(fs: BlockFileSystem, source: Inode, target: Inode, origin: number, index: number): Proc {
  const mapLockOf = (inode: Inode): RwSemaphore => fs.info(inode).mapLock;
  yield* lockPair(source, target, 'ino', mapLockOf);
  const from = fs.info(source).map;
  const to = fs.info(target).map;
  const extent = from.get(origin);
  const old = to.get(index);
  if (old !== undefined) {
    to.delete(index);
    if (isReserved(old)) yield* fs.allocator.unreserve();
    if (old.state !== 'delayed') yield* fs.allocator.release(old.block, target, index);
  }
  if (extent?.state === 'mapped') {
    yield* fs.allocator.claim(extent.block, target, index);
    to.set(index, { state: 'mapped', block: extent.block, shared: true });
    from.set(origin, { ...extent, shared: true });
  }
  yield* unlockPair(source, target, mapLockOf);
}

/** Page by page, through the cache, with no lock of the mappings but those held already. Equal bytes are equal tags here. */
function* isEqual(fs: BlockFileSystem, a: Inode, b: Inode): Proc<boolean> {
  if (a.size !== b.size) return false;
  for (let index = 0; index * fs.engine.geometry.pageSize < a.size; index++) {
    const x = yield* readCachePage(a.mapping, index);
    if (typeof x === 'string') return false;
    const y = yield* readCachePage(b.mapping, index);
    const same = typeof y !== 'string' && (yield* compareLocked(x, y));
    yield* putFolios(typeof y === 'string' ? [x] : [x, y]);
    if (!same) return false;
  }
  return true;
}

/** Locked in the order of their indexes; two of one index in that of the arguments: whoever does it holds the locks of both mappings. */
function* compareLocked(x: Folio, y: Folio): Proc<boolean> {
  return yield* compareFolios(x, 0, y, 0, x.data.length);
}

/** Whether `count` bytes of two folios are equal; the same folio is locked once. Source: `fs/remap_range.c: vfs_lock_two_folios`. */
export function* compareFolios(x: Folio, atX: number, y: Folio, atY: number, count: number): Proc<boolean> {
  const { machine } = x.sb.engine;
  const [first, second] = x.index > y.index ? [y, x] : [x, y];
  yield* first.lock.acquire();
  if (second !== first) yield* second.lock.acquire();
  const words = `compare ${x.label} and ${y.label}`;
  const same = yield* machine.access([x.state, y.state], [], words, () =>
    Array.from({ length: count }, (_, i) => x.data[atX + i] === y.data[atY + i]).every(Boolean),
  );
  if (second !== first) yield* second.lock.release();
  yield* first.lock.release();
  return same;
}
