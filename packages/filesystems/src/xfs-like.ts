/**
 * An XFS-like file system: IOLOCK (`i_rwsem`) shared around buffered reads, MMAPLOCK against faults (since the merge that is
 * invalidate_lock itself), ILOCK for the block map, and reflink between two inodes.
 *
 * Order: IOLOCK > MMAPLOCK > folio lock > transaction > ILOCK; two ILOCKs by inode number, as inode cluster buffers demand.
 */
import { LockKey } from '@lockdep/core';
import { RwSemaphore } from '@lockdep/locks';
import {
  type Engine,
  type Errno,
  FileSystemType,
  GFP_NOFS,
  type GfpFlags,
  type Inode,
  inodeDioWait,
  type Kiocb,
  type Proc,
  type ReadResult,
  truncateSetsize,
  type UserBuffer,
  type VmFault,
} from '@lockdep/page-cache';
import { BlockFileSystem, type BlockFileSystemOptions } from './block-file-system.ts';
import { changesBytesOnly, type DirectLock, isBlockAligned, tryShared } from './direct-iter.ts';
import { punchFailedWrite } from './failed-write.ts';
import { freeBehind } from './free-blocks.ts';
import { allocateUnwritten } from './preallocate.ts';
import { flushRange } from './punch-hole.ts';
import { reserveBlock } from './reserve-block.ts';
import { xfsCollapseRange, xfsFreeFileSpace, xfsInsertRange, xfsUnshareRange, xfsZeroRange } from './xfs-fallocate.ts';
import { zeroTail } from './zero-blocks.ts';
import { zeroOldEnd } from './zero-old-end.ts';

const xfs = new FileSystemType('xfs');
const ilock = new LockKey({ name: '&xfs_nondir_ilock_class', kind: 'rwsem' });
const mmaplock = new LockKey({ name: '&ip->i_mmaplock', kind: 'rwsem' });

/**
 * A file system whose reads hold `i_rwsem` shared; transactions start after the folio lock. Source: `fs/xfs/xfs_file.c`.
 */
export class XfsLike extends BlockFileSystem {
  override readonly canRemap: boolean = true;
  override readonly demotesSource: boolean = this.engine.rules.remapDemotesSource;
  override readonly mapsBeforeFolio: boolean = true;
  override readonly zeroingSkipsUnwritten: boolean = true;
  /** Reclaim on behalf of its page cache never comes back into it (`xfs_setup_inode`). */
  override readonly gfpMask: GfpFlags = GFP_NOFS;
  override readonly waitsForDioInside: boolean = true;

  constructor(engine: Engine, options: BlockFileSystemOptions = {}, type: FileSystemType = xfs) {
    super(engine, type, null, options);
  }

  override get canExchange(): boolean {
    return this.engine.rules.exchangesRanges;
  }

  override *bufferedReadIter(kiocb: Kiocb, to: UserBuffer, count: number): Proc<ReadResult> {
    const { iRwsem } = kiocb.inode;
    if (!kiocb.nowait) yield* iRwsem.downRead();
    else if (!(yield* iRwsem.tryDownRead())) return { tags: [], error: 'EAGAIN' };
    const result = yield* super.bufferedReadIter(kiocb, to, count);
    yield* iRwsem.upRead();
    return result;
  }

  /**
   * Shared for whole blocks, also where the write grows the file: its end changes the size under ILOCK. Exclusively, and with no direct I/O
   * under way, for a moment when there is a gap to the old end, and for parts of blocks that are not on disk (`xfs_file_dio_write`).
   */
  override *lockForDirectWrite(kiocb: Kiocb, count: number): Proc<DirectLock | null> {
    const { inode } = kiocb;
    const { iRwsem } = inode;
    const isAligned = isBlockAligned(this, kiocb.pos, count);
    if (!kiocb.append) {
      if (!(yield* tryShared(kiocb))) return null;
      const fits = isAligned
        ? kiocb.pos <= (yield* inode.sizeRead())
        : yield* changesBytesOnly(this, inode, kiocb.pos, count);
      if (fits && !(yield* this.#isRemapping(inode))) return { exclusive: false, wait: false };
      yield* iRwsem.upRead();
    }
    if (kiocb.nowait) return null;
    yield* iRwsem.downWrite();
    if (kiocb.append) kiocb.pos = inode.size;
    yield* inodeDioWait(inode);
    if (kiocb.pos > inode.size) yield* this.zeroOldEnd(inode);
    if (!isAligned || kiocb.append) return { exclusive: true, wait: true };
    yield* iRwsem.downgradeWrite();
    return { exclusive: false, wait: false };
  }

  /** `xfs_lock_mmap_for_write_fault` */
  override *lockForMkwrite(inode: Inode, lock: RwSemaphore): Proc<'shared' | 'exclusive'> {
    yield* lock.downRead();
    if (this.engine.rules.bugs['xfs.mkwriteWaitsForRemap'] === false || !(yield* this.#isRemapping(inode)))
      return 'shared';
    yield* lock.upRead();
    yield* lock.downWrite();
    return 'exclusive';
  }

  *#isRemapping(inode: Inode): Proc<boolean> {
    return this.demotesSource && (yield* this.info(inode).remapping.test());
  }

  override *mapPages(vmf: VmFault): Proc<boolean> {
    const { inode } = vmf.vma;
    const lock = this.engine.rules.faultAroundTakesMmaplock ? this.evictLock(inode) : null;
    if (lock !== null) yield* lock.downRead();
    const mapped = yield* super.mapPages(vmf);
    if (lock !== null) yield* lock.upRead();
    return mapped;
  }

  override *fadviseWillneed(inode: Inode, first: number, count: number): Proc {
    const takes = this.engine.rules.bugs['xfs.fadviseTakesIolock'] !== false;
    if (takes) yield* inode.iRwsem.downRead();
    yield* super.fadviseWillneed(inode, first, count);
    if (takes) yield* inode.iRwsem.upRead();
  }

  override *prepareBlock(inode: Inode, index: number, fresh?: number[]): Proc<Errno | null> {
    return yield* this.changeMap(inode, (map) => reserveBlock(this, map, index, fresh));
  }

  override *undoWrite(inode: Inode): Proc {
    const { fresh } = this.info(inode);
    if (fresh.length > 0) yield* punchFailedWrite(this, inode, fresh, false);
  }

  override *preallocate(inode: Inode, from: number, to: number, keepSize: boolean): Proc<Errno | null> {
    const lock = yield* this.lockForEviction(inode);
    let error = yield* allocateUnwritten(this, inode, from, to);
    if (error === null && !keepSize && to > inode.size) error = yield* this.resize(inode, to);
    yield* this.unlockAfterEviction(inode, lock);
    return error;
  }

  override *punchHole(inode: Inode, from: number, to: number): Proc<Errno | null> {
    const lock = yield* this.lockForEviction(inode);
    const error = yield* xfsFreeFileSpace(this, inode, from, to);
    yield* this.unlockAfterEviction(inode, lock);
    return error;
  }

  override *zeroRange(inode: Inode, from: number, to: number, keepSize: boolean): Proc<Errno | null> {
    return yield* xfsZeroRange(this, inode, from, to, keepSize);
  }

  override *collapseRange(inode: Inode, from: number, to: number): Proc<Errno | null> {
    return yield* xfsCollapseRange(this, inode, from, to);
  }

  override *insertRange(inode: Inode, from: number, to: number): Proc<Errno | null> {
    return yield* xfsInsertRange(this, inode, from, to);
  }

  override *unshareRange(inode: Inode, from: number, to: number, keepSize: boolean): Proc<Errno | null> {
    return yield* xfsUnshareRange(this, inode, from, to, keepSize);
  }

  override *setattr(inode: Inode, size: number): Proc<Errno | null> {
    const lock = yield* this.takeEvictLock(inode);
    const error = yield* this.resize(inode, size);
    if (lock !== null) yield* lock.upWrite();
    return error;
  }

  /** `xfs_setattr_size`. Duty of the caller: what {@link lockForEviction} takes. */
  *resize(inode: Inode, size: number): Proc<Errno | null> {
    const shrinks = size < inode.size;
    const error = shrinks ? yield* this.#zeroNewTail(inode, size) : null;
    if (error !== null) return error;
    if (size > inode.size) {
      const failed = yield* this.zeroOldEnd(inode);
      if (failed !== null) return failed;
    }
    yield* truncateSetsize(inode, size);
    if (shrinks) yield* this.inTransaction(() => freeBehind(this, inode, size, size));
    else yield* this.#logSize(inode, size);
    return null;
  }

  /** Zeroing does not see a dirty page over a block that is not written yet: it has to be written first. */
  *#zeroNewTail(inode: Inode, size: number): Proc<Errno | null> {
    if (this.engine.rules.bugs['xfs.flushEofPageOnTruncate'] !== false) yield* flushRange(this, inode, size, size + 1);
    return yield* zeroTail(this, inode, size);
  }

  override *zeroOldEnd(inode: Inode): Proc<Errno | null> {
    if (this.engine.rules.bugs['xfs.zeroesOldEnd'] === false) return null;
    return yield* zeroOldEnd(this, inode);
  }

  override *undoZeroing(inode: Inode, fresh: readonly number[]): Proc {
    if (fresh.length > 0) yield* punchFailedWrite(this, inode, fresh, true);
  }

  /** The size on disk, in a transaction of its own. */
  *#logSize(inode: Inode, size: number): Proc {
    const { diskSize } = this.info(inode);
    yield* this.inTransaction(() => this.changeMap(inode, () => diskSize.write(size)));
  }

  protected override makeMapLock(inode: Inode): RwSemaphore {
    return new RwSemaphore({ key: ilock, label: `ILOCK(${inode.name})`, validator: this.engine.validator });
  }

  protected override makePrivateLock(inode: Inode): RwSemaphore | null {
    const { rules, validator } = this.engine;
    if (rules.evictTakesInvalidateLock) return null;
    return new RwSemaphore({ key: mmaplock, label: `MMAPLOCK(${inode.name})`, validator });
  }
}
