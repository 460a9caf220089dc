/**
 * An ext4-like file system: delayed allocation, `i_data_sem`, transactions outside the folio lock; reads take no inode lock.
 *
 * Before invalidate_lock it had `i_mmap_sem`, which faults took shared and truncate and punch exclusively; read(2) did not.
 */
import { LockKey } from '@lockdep/core';
import { RwSemaphore } from '@lockdep/locks';
import {
  type Engine,
  type Errno,
  FileSystemType,
  type Inode,
  immediate,
  type Proc,
  pagecacheIsizeExtended,
  truncatePagecache,
} from '@lockdep/page-cache';
import { BlockFileSystem, type BlockFileSystemOptions } from './block-file-system.ts';
import { freeBehind } from './free-blocks.ts';
import { evictAndFree, flushRange, mkcleanBoundaries } from './punch-hole.ts';
import { zeroTail } from './zero-blocks.ts';

const ext4 = new FileSystemType('ext4');
const iDataSem = new LockKey({ name: '&ei->i_data_sem', kind: 'rwsem' });
const iMmapSem = new LockKey({ name: '&ei->i_mmap_sem', kind: 'rwsem' });
const jbd2Handle = new LockKey({ name: 'jbd2_handle', kind: 'rwsem' });

/** A file system with delayed allocation; transactions start before the folio lock. Source: `fs/ext4/inode.c`. */
export class Ext4Like extends BlockFileSystem {
  override readonly transactionBeforeFolio: boolean = true;

  constructor(engine: Engine, options: BlockFileSystemOptions = {}, type: FileSystemType = ext4) {
    super(engine, type, jbd2Handle, options);
  }

  /** Only reserves: the block itself is chosen at writeback. */
  override *prepareBlock(inode: Inode, index: number): Proc<Errno | null> {
    const [extent] = yield* this.lookupBlocks(inode, [index]);
    if (extent !== undefined) return null;
    yield* this.changeMap(inode, (map) => immediate(map.set(index, { state: 'delayed' })));
    return null;
  }

  /** The latest kernel does not flush: it write-protects the pages that stay, and keeps them dirty. */
  override *punchHole(inode: Inode, from: number, to: number): Proc {
    const { boundaryMkclean } = this.engine.rules;
    if (!boundaryMkclean) yield* flushRange(this, inode, from, to);
    const lock = yield* this.lockForEviction(inode);
    if (boundaryMkclean) yield* mkcleanBoundaries(this, inode, from, to);
    yield* evictAndFree(this, inode, from, to);
    yield* this.unlockAfterEviction(inode, lock);
  }

  override *setSize(inode: Inode, size: number): Proc {
    const lock = yield* this.lockForEviction(inode);
    const old = inode.size;
    yield* this.inTransaction(() => this.changeMap(inode, () => inode.sizeWrite(size)));
    if (size > old) yield* pagecacheIsizeExtended(inode, old);
    yield* truncatePagecache(inode, size);
    if (size < old) yield* this.inTransaction(() => this.#truncate(inode, size));
    yield* this.unlockAfterEviction(inode, lock);
  }

  override *fsync(inode: Inode): Proc {
    yield* super.fsync(inode);
    yield* this.allocator.commit();
  }

  *#truncate(inode: Inode, size: number): Proc {
    yield* zeroTail(this, inode, size);
    yield* freeBehind(this, inode, size);
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
