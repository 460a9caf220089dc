/**
 * An ext4-like file system: delayed allocation, `i_data_sem`, transactions outside the folio lock; reads take no inode lock.
 *
 * Before invalidate_lock it had `i_mmap_sem`, which faults took shared and truncate and punch exclusively; read(2) did not.
 */
import { LockKey } from '@lockdep/core';
import { type Completion, RwSemaphore } from '@lockdep/locks';
import {
  allocPages,
  type Engine,
  type Errno,
  FileSystemType,
  type Folio,
  filemapWriteAndWait,
  GFP_KERNEL,
  type Inode,
  nofsScope,
  PercpuRwsem,
  type Proc,
  pagecacheIsizeExtended,
  type SyncMode,
  truncatePagecache,
} from '@lockdep/page-cache';
import { BlockFileSystem, type BlockFileSystemOptions } from './block-file-system.ts';
import { ext4CollapseRange, ext4InsertRange, ext4ZeroRange } from './ext4-fallocate.ts';
import { flushSpace } from './flusher.ts';
import { freeBehind } from './free-blocks.ts';
import { Journal } from './journal.ts';
import { writeOrdered } from './ordered-data.ts';
import { allocateUnwritten } from './preallocate.ts';
import { evictAndFree, flushRange, mkcleanBoundaries } from './punch-hole.ts';
import { reserveBlock } from './reserve-block.ts';
import { zeroTail } from './zero-blocks.ts';
import { zeroOldEnd } from './zero-old-end.ts';

const ext4 = new FileSystemType('ext4');
const iDataSem = new LockKey({ name: '&ei->i_data_sem', kind: 'rwsem' });
const sWritepagesRwsem = new LockKey({ name: '&sbi->s_writepages_rwsem', kind: 'rwsem' });
const iMmapSem = new LockKey({ name: '&ei->i_mmap_sem', kind: 'rwsem' });
const jbd2Handle = new LockKey({ name: 'jbd2_handle', kind: 'rwsem' });

/** A file system with delayed allocation; transactions start before the folio lock. Source: `fs/ext4/inode.c`. */
export class Ext4Like extends BlockFileSystem {
  /** Shared by whoever writes pages; exclusive while a file changes how its data is written. */
  readonly sWritepagesRwsem: PercpuRwsem;

  readonly journal: Journal;
  override readonly transactionBeforeFolio: boolean;

  constructor(engine: Engine, options: BlockFileSystemOptions = {}, type: FileSystemType = ext4) {
    super(engine, type, jbd2Handle, options);
    this.transactionBeforeFolio = engine.rules.bugs['ext4.transactionUnderPageLock'] !== true;
    const { allocator } = this;
    this.journal = new Journal({
      engine,
      name: this.sb.name,
      handles: this.transactionLock,
      capacity: options.journalCapacity ?? Number.POSITIVE_INFINITY,
      writeOrdered: (inode) => writeOrdered(this, inode),
      seal: () => allocator.seal(),
      commit: () => allocator.commit(),
    });
    this.sWritepagesRwsem = new PercpuRwsem(engine, {
      key: sWritepagesRwsem,
      label: `s_writepages_rwsem(${this.sb.name})`,
      option: 'changesFlags',
    });
  }

  override *inTransaction<T>(body: () => Proc<T>, isReserved: boolean = false): Proc<T> {
    yield* this.journal.start(isReserved);
    const result = yield* nofsScope(this.engine, body);
    yield* this.journal.stop();
    return result;
  }

  override openHandles(): readonly { readonly held: string; readonly by: string }[] {
    return this.journal.open.map((by) => ({ held: `a handle of the journal of ${this.sb.name}`, by }));
  }

  override *orderData(inode: Inode): Proc {
    yield* this.journal.order(inode);
  }

  /**
   * Under s_writepages_rwsem, and so in a NOFS scope: reclaim that writes another inode would take it again, behind a writer that waits.
   * (Kernels 5.6 to 6.3 had no such scope. No profile is without it: the switch takes it away.)
   */
  override *writepages(inode: Inode, folios: readonly Folio[], sync: SyncMode = 'all'): Proc<Completion[]> {
    const { memory, rules } = this.engine;
    yield* this.sWritepagesRwsem.downRead();
    const saved = rules.bugs['ext4.writepagesNofs'] === false ? null : memory.nofsSave();
    // The io_end that the bios will share.
    yield* allocPages(this.engine, GFP_KERNEL);
    const ends = yield* super.writepages(inode, folios, sync);
    if (saved !== null) memory.nofsRestore(saved);
    yield* this.sWritepagesRwsem.upRead();
    return ends;
  }

  /**
   * `ext4_change_inode_journal_flag`: the data of a file goes through the journal from now on, or does not any more.
   *
   * @throws RangeError when the engine was not made with `changesFlags: true`.
   */
  *changeJournalFlag(inode: Inode): Proc {
    const lock = yield* this.lockForEviction(inode);
    yield* filemapWriteAndWait(inode);
    yield* this.sWritepagesRwsem.downWrite();
    yield* this.sWritepagesRwsem.upWrite();
    yield* this.unlockAfterEviction(inode, lock);
  }

  /** `ext4_da_write_begin`: a disk that is full may have blocks after a commit. */
  override *writeBegin(inode: Inode, pos: number, bytes: number): Proc<Folio | Errno> {
    for (let times = 1; ; times++) {
      const folio = yield* super.writeBegin(inode, pos, bytes);
      if (folio !== 'ENOSPC' || !(yield* this.mayRetryAllocation(times))) return folio;
    }
  }

  /** `ext4_should_retry_alloc`: at most three times, and only if a commit frees blocks; waits for that. */
  override *mayRetryAllocation(times: number): Proc<boolean> {
    if (times > 3) return false;
    if (this.engine.rules.bugs['fs.reserveUnderPageLock'] === false && times === 1) yield* flushSpace(this);
    else if (!(yield* this.allocator.isPending())) return false;
    yield* this.journal.commit();
    return true;
  }

  /** Only reserves, so it needs no transaction: the block itself is chosen at writeback. */
  override *prepareBlock(inode: Inode, index: number, fresh?: number[]): Proc<Errno | null> {
    const { bugs } = this.engine.rules;
    const [extent] = yield* this.lookupBlocks(inode, [index]);
    if (extent !== undefined) return null;
    const reserve = (): Proc<Errno | null> => this.changeMap(inode, (map) => reserveBlock(this, map, index, fresh));
    if (bugs['ext4.transactionUnderPageLock'] === true) return yield* this.inTransaction(reserve);
    const error = yield* reserve();
    if (error === null || bugs['fs.reserveUnderPageLock'] !== true) return error;
    yield* flushSpace(this);
    return yield* reserve();
  }

  /** No page is evicted: holes have none that hold data. */
  override *preallocate(inode: Inode, from: number, to: number, keepSize: boolean): Proc<Errno | null> {
    yield* inode.iRwsem.downWrite();
    const error = yield* this.allocateUnwritten(inode, from, to);
    if (error === null && !keepSize && to > inode.size) {
      const old = inode.size;
      yield* this.zeroOldEnd(inode);
      yield* this.inTransaction(() => this.publishSize(inode, to));
      yield* pagecacheIsizeExtended(inode, old, to);
    }
    yield* inode.iRwsem.upWrite();
    return error;
  }

  /** `ext4_alloc_file_blocks`, `i_rwsem` held. */
  *allocateUnwritten(inode: Inode, from: number, to: number): Proc<Errno | null> {
    for (let times = 1; ; times++) {
      const error = yield* allocateUnwritten(this, inode, from, to);
      if (error !== 'ENOSPC' || !(yield* this.mayRetryAllocation(times))) return error;
    }
  }

  /** Within the block that has the end: since v6.13. Stores past the end were part of the file before, when it grew. */
  override *zeroOldEnd(inode: Inode): Proc<Errno | null> {
    const { rules, geometry } = this.engine;
    if (!rules.isizeExtendedZeroes || inode.size % geometry.blockSize === 0) return null;
    return yield* this.inTransaction(() => zeroOldEnd(this, inode));
  }

  /** Both sizes are one thing to whoever holds `i_data_sem`. */
  *publishSize(inode: Inode, size: number): Proc {
    const { diskSize } = this.info(inode);
    yield* this.changeMap(inode, function* () {
      yield* diskSize.write(size);
      yield* inode.sizeWrite(size);
    });
  }

  /** The latest kernel does not flush: it write-protects the pages that stay, and keeps them dirty. */
  override *punchHole(inode: Inode, from: number, to: number): Proc<Errno | null> {
    const { boundaryMkclean } = this.engine.rules;
    if (!boundaryMkclean) yield* flushRange(this, inode, from, to);
    const lock = yield* this.lockForEviction(inode);
    if (to >= inode.size) yield* this.publishBeforePunch(inode);
    if (boundaryMkclean) yield* mkcleanBoundaries(this, inode, from, to);
    const error = yield* evictAndFree(this, inode, from, to);
    yield* this.unlockAfterEviction(inode, lock);
    return error;
  }

  /** No page would be left whose writeback sets the size on disk (`ext4_update_disksize_before_punch`). */
  *publishBeforePunch(inode: Inode): Proc {
    const diskSize = yield* this.info(inode).diskSize.read();
    if (diskSize < inode.size) yield* this.inTransaction(() => this.publishSize(inode, inode.size));
  }

  override *zeroRange(inode: Inode, from: number, to: number, keepSize: boolean): Proc<Errno | null> {
    return yield* ext4ZeroRange(this, inode, from, to, keepSize);
  }

  override *collapseRange(inode: Inode, from: number, to: number): Proc<Errno | null> {
    return yield* ext4CollapseRange(this, inode, from, to);
  }

  override *insertRange(inode: Inode, from: number, to: number): Proc<Errno | null> {
    return yield* ext4InsertRange(this, inode, from, to);
  }

  override *setattr(inode: Inode, size: number): Proc<Errno | null> {
    const lock = yield* this.takeEvictLock(inode);
    const old = inode.size;
    let error = size > old ? yield* this.zeroOldEnd(inode) : null;
    if (error === null) {
      yield* this.inTransaction(() => this.publishSize(inode, size));
      if (size > old) yield* pagecacheIsizeExtended(inode, old, size);
      yield* truncatePagecache(inode, size);
      if (size < old) error = yield* this.inTransaction(() => this.#truncate(inode, size));
    }
    if (lock !== null) yield* lock.upWrite();
    return error;
  }

  override *fsync(inode: Inode): Proc {
    yield* super.fsync(inode);
    yield* this.journal.commit();
  }

  /** `jbd2_journal_lock_updates`: an fsync may still have a handle, with nothing to write any more. */
  override *freezeFs(): Proc {
    yield* this.transactionLock.freeze();
    yield* this.journal.flush();
    yield* this.transactionLock.thaw();
  }

  /** `ext4_put_super`, `jbd2_journal_destroy` */
  override *putSuper(): Proc {
    yield* this.journal.commit();
  }

  *#truncate(inode: Inode, size: number): Proc<Errno | null> {
    const error = yield* zeroTail(this, inode, size);
    yield* freeBehind(this, inode, size);
    return error;
  }

  protected override makeMapLock(inode: Inode): RwSemaphore {
    const { validator } = this.engine;
    return new RwSemaphore({ key: iDataSem, label: `i_data_sem(${inode.name})`, validator });
  }

  protected override makePrivateLock(inode: Inode): RwSemaphore | null {
    const { rules, validator } = this.engine;
    if (rules.evictTakesInvalidateLock) return null;
    return new RwSemaphore({ key: iMmapSem, label: `i_mmap_sem(${inode.name})`, validator });
  }
}
