/**
 * An ext2-like file system: no journal, no delayed allocation, block lookups without a lock, `truncate_mutex` for changes. It has no
 * punch in the kernel; here it has one, so that the races can be shown without any private lock.
 */
import { LockKey } from '@lockdep/core';
import { Mutex, RwSemaphore } from '@lockdep/locks';
import {
  type Act,
  type Engine,
  type Errno,
  FileSystemType,
  type Inode,
  inodeDioWait,
  type Kiocb,
  type Proc,
  type Region,
  truncateSetsize,
} from '@lockdep/page-cache';
import { BlockFileSystem, type BlockFileSystemOptions } from './block-file-system.ts';
import type { BlockMap, Extent } from './block-map.ts';
import { type DirectLock, isBlockAligned } from './direct-iter.ts';
import { blocksOf, type DirectBlock } from './direct-map.ts';
import { freeBehind } from './free-blocks.ts';
import { evictAndFree, flushRange } from './punch-hole.ts';
import { refuse } from './refuse.ts';
import { zeroTail } from './zero-blocks.ts';

const ext2 = new FileSystemType('ext2');
const truncateMutex = new LockKey({ name: '&ei->truncate_mutex', kind: 'mutex' });
const unused = new LockKey({ name: 'ext2 transaction', kind: 'rwsem' });

interface MapGuard {
  readonly mutex: Mutex;
  readonly region: Region;
}

/** A file system without transactions or a private lock. Source: `fs/ext2/inode.c`. */
export class Ext2Like extends BlockFileSystem {
  /** A block is new only in memory, until it is submitted. */
  override readonly convertsAtCompletion: boolean = false;
  readonly #guards = new Map<Inode, MapGuard>();

  constructor(engine: Engine, options: BlockFileSystemOptions = {}, type: FileSystemType = ext2) {
    super(engine, type, unused, options);
  }

  override *lookupBlocks(inode: Inode, indexes: readonly number[]): Proc<(Extent | undefined)[]> {
    const { map } = this.info(inode);
    const { region } = this.#guard(inode);
    const words = `map blocks of ${inode.name}`;
    return yield* this.engine.machine.access([region], [], words, () => indexes.map((index) => map.get(index)));
  }

  override *changeMap<T>(inode: Inode, change: (map: BlockMap) => Act<T>): Proc<T> {
    const { mutex, region } = this.#guard(inode);
    yield* mutex.acquire();
    yield* this.engine.machine.access([], [region], `change block map of ${inode.name}`, () => {});
    const result = yield* change(this.info(inode).map);
    yield* mutex.release();
    return result;
  }

  override *inTransaction<T>(body: () => Proc<T>): Proc<T> {
    return yield* body();
  }

  override preallocate(): Proc<Errno | null> {
    return refuse('EOPNOTSUPP');
  }

  override *prepareBlock(inode: Inode, index: number, fresh?: number[]): Proc<Errno | null> {
    const allocator = this.allocator;
    return yield* this.changeMap(inode, function* (map): Proc<Errno | null> {
      if (map.get(index) !== undefined) return null;
      const block = yield* allocator.allocate(inode, index);
      if (block < 0) return 'ENOSPC';
      map.set(index, { state: 'unwritten', block });
      fresh?.push(index);
      return null;
    });
  }

  override *punchHole(inode: Inode, from: number, to: number): Proc<Errno | null> {
    yield* flushRange(this, inode, from, to);
    const lock = yield* this.lockForEviction(inode);
    const error = yield* evictAndFree(this, inode, from, to);
    yield* this.unlockAfterEviction(inode, lock);
    return error;
  }

  override *setattr(inode: Inode, size: number): Proc<Errno | null> {
    yield* inodeDioWait(inode);
    const shrinks = size < inode.size;
    const error = shrinks ? yield* zeroTail(this, inode, size) : null;
    if (error !== null) return error;
    const lock = this.evictLock(inode);
    if (lock !== null) yield* lock.downWrite();
    yield* truncateSetsize(inode, size);
    if (shrinks) yield* freeBehind(this, inode, size);
    if (lock !== null) yield* lock.upWrite();
    return null;
  }

  /** Always exclusively (`ext2_dio_write_iter`). */
  override *lockForDirectWrite(kiocb: Kiocb, count: number): Proc<DirectLock | null> {
    const { inode } = kiocb;
    if (!kiocb.nowait) yield* inode.iRwsem.downWrite();
    else if (!(yield* inode.iRwsem.tryDownWrite())) return null;
    if (kiocb.append) kiocb.pos = inode.size;
    const isAligned = isBlockAligned(this, kiocb.pos, count);
    if (!isAligned) yield* inodeDioWait(inode);
    return { exclusive: true, wait: !isAligned || kiocb.pos + count > inode.size };
  }

  /** A block that is new within the file would show what was on disk before, so holes are filled through the page cache. */
  override *mapDirectWrite(
    inode: Inode,
    from: number,
    to: number,
    nowait: boolean,
  ): Proc<readonly DirectBlock[] | Errno> {
    const indexes = blocksOf(this, from, Math.min(to, inode.size));
    const extents = yield* this.lookupBlocks(inode, indexes);
    if (extents.some((extent) => extent?.state !== 'mapped')) return 'ENOTBLK';
    return yield* super.mapDirectWrite(inode, from, to, nowait);
  }

  override *fsync(inode: Inode): Proc {
    yield* super.fsync(inode);
    yield* inode.iRwsem.downWrite();
    yield* inode.iRwsem.upWrite();
  }

  /** Never taken: lookups need no lock and changes take the mutex. */
  protected override makeMapLock(inode: Inode): RwSemaphore {
    const { machine, validator } = this.engine;
    const label = `truncate_mutex(${inode.name})`;
    const mutex = new Mutex({ key: truncateMutex, label, validator });
    this.#guards.set(inode, { mutex, region: machine.region(`block map of ${inode.name}`) });
    return new RwSemaphore({ key: unused, label: 'unused', validator: null });
  }

  #guard(inode: Inode): MapGuard {
    return this.#guards.get(inode)!;
  }
}
