/**
 * A file system over a disk: block maps, reading and writing folios block by block, and the system calls. The kinds of file
 * systems differ in their locks, which are the hooks at the end.
 *
 * To write your own: extend this class (or one of its kinds) and override methods.
 */
import { LockKey } from '@lockdep/core';
import { BitLock, type Completion, type RwSemaphore } from '@lockdep/locks';
import {
  type Act,
  type Engine,
  type Errno,
  FileSystem,
  type FileSystemType,
  Folio,
  FreezeLevel,
  filemapWriteAndWait,
  genericFileWriteIter,
  Inode,
  immediate,
  inodeDioWait,
  invalidateInodePages2Range,
  type Kiocb,
  nofsScope,
  type Proc,
  type ReadResult,
  type Retag,
  type SyncMode,
  shrinkFolio,
  type Tag,
  type UserBuffer,
  type WriteResult,
  ZERO,
  zeroTags,
} from '@lockdep/page-cache';
import { BlockAllocator, type ReusePolicy } from './block-allocator.ts';
import { BlockDevice } from './block-device.ts';
import { BlockMap, type Extent } from './block-map.ts';
import { type DirectLock, directReadIter, directWriteIter, lockForDirectWrite } from './direct-iter.ts';
import { type DirectBlock, mapForDirectWrite } from './direct-map.ts';
import { DiskSize } from './disk-size.ts';
import { truncateFailedWrite } from './failed-write.ts';
import { InodeCache } from './inode-cache.ts';
import { InodeSlab } from './inode-slab.ts';
import { inspectFiles } from './inspect-files.ts';
import { fillZero, readFolio } from './read-folio.ts';
import { refuse } from './refuse.ts';
import { RemapFlag } from './remap-flag.ts';
import { writeBegin, writeEnd } from './write-begin-end.ts';
import { writeFolio } from './write-folio.ts';

/** How a block file system is made. */
export interface BlockFileSystemOptions {
  /** Name in labels and messages. Default: that of the file-system type. */
  readonly name?: string;
  /** When freed blocks are used again. Default `lifo`: at once, the last one first. */
  readonly reuse?: ReusePolicy;
  /** Handles that fit into the journal, of a file system that has one. Default: any number. */
  readonly journalCapacity?: number;
}

/** What a block file system keeps for an inode. */
export interface InodeInfo {
  readonly map: BlockMap;
  /** Guards the map. */
  readonly mapLock: RwSemaphore;
  /** The lock against faults of the time before invalidate_lock; null where there was none. */
  readonly privateLock: RwSemaphore | null;
  /** A lock of the file's extents, held by reads and direct I/O from mapping blocks on; null where there is none. */
  readonly rangeLock: BitLock | null;
  readonly diskSize: DiskSize;
  readonly remapping: RemapFlag;
  /** Places that the write(2) under way has found without a block and has reserved. Guarded by `i_rwsem`, exclusive. */
  fresh: readonly number[];
}

const ioKey = new LockKey({ name: 'bio', kind: 'completion' });
const directKey = new LockKey({ name: 'direct I/O', kind: 'completion' });
const rangeKey = new LockKey({ name: 'extent_range', kind: 'bit_lock' });

/** A file system with a disk of its own; `create` makes its files, before anything runs. */
export abstract class BlockFileSystem extends FileSystem {
  readonly device: BlockDevice;
  readonly allocator: BlockAllocator;
  readonly slab: InodeSlab = new InodeSlab();
  readonly icache: InodeCache;
  /** Held shared by every transaction. */
  readonly transactionLock: FreezeLevel;
  readonly inodes: Inode[] = [];
  readonly #info = new Map<Inode, InodeInfo>();
  #nextIno = 100;

  /** `transaction`: what transactions hold; null when that is freeze level 3. */
  constructor(engine: Engine, type: FileSystemType, transaction: LockKey | null, options: BlockFileSystemOptions = {}) {
    super(engine, type, options.name ?? type.name);
    this.device = new BlockDevice(engine, ioKey);
    this.allocator = new BlockAllocator(engine, this.device, options.reuse ?? 'lifo');
    this.icache = new InodeCache(this);
    const { internal, name } = this.sb;
    this.transactionLock =
      transaction === null ? internal : new FreezeLevel(engine, transaction, `${transaction.name}(${name})`);
    engine.onInspect(() => inspectFiles(this));
  }

  /** A file with this content, on disk and not cached. Setup only. */
  create(name: string, content: readonly Tag[] = []): Inode {
    const { blockSize } = this.engine.geometry;
    const inode = this.createHole(name, content.length);
    for (let index = 0; index * blockSize < content.length; index++) {
      const data = Array.from({ length: blockSize }, (_, i) => content[index * blockSize + i] ?? ZERO);
      this.info(inode).map.set(index, { state: 'mapped', block: this.allocator.place(inode, index, data) });
    }
    this.engine.oracle.watch(name, content);
    return inode;
  }

  /** A file of this length without a block: it reads as zeroes. Setup only. */
  createHole(name: string, size: number): Inode {
    const inode = this.instantiate(name, this.#nextIno++, 1, size);
    inode.initSize(size);
    const { filePages, pageSize, blockSize } = this.engine.geometry;
    this.allocator.expect((filePages * pageSize) / blockSize);
    this.icache.enter(inode);
    this.engine.oracle.watch(name, zeroTags(size));
    return inode;
  }

  /** A directory: nothing but its `i_rwsem`. */
  mkdir(name: string): Inode {
    const address = this.slab.allocate();
    return new Inode(this, { name, ino: this.#nextIno++, generation: 1, address, directory: true });
  }

  /** A page of a file in the cache, clean; with `blocks`, only these of its blocks uptodate. Setup only. */
  cache(inode: Inode, index: number, blocks?: readonly number[]): void {
    const folio = new Folio(inode.mapping, index);
    const first = (index * folio.data.length) / this.engine.geometry.blockSize;
    for (const b of blocks ?? folio.buffers.keys()) {
      const extent = this.info(inode).map.get(first + b);
      if (extent?.state === 'mapped')
        folio.fill(b * this.engine.geometry.blockSize, this.device.blocks[extent.block]!.data);
      else fillZero(folio, b, this.engine.geometry.blockSize);
      folio.buffers[b]!.uptodate = true;
    }
    inode.mapping.place(folio);
    folio.drop();
  }

  /** Drops the clean pages of a file (`drop_caches`). */
  *drop(inode: Inode): Proc {
    for (let index = 0; index < inode.mapping.pages; index++) yield* shrinkFolio(inode.mapping, index);
  }

  /** @internal The file read from disk again: another object, maybe at another address. */
  reinstantiate(old: Inode): Inode {
    const { map, diskSize } = this.info(old);
    const inode = this.instantiate(old.name, old.ino, old.generation + 1, diskSize.value);
    for (const [index, extent] of map.range(0, Number.POSITIVE_INFINITY)) {
      this.info(inode).map.set(index, extent);
      if (extent.state !== 'delayed') this.allocator.rename(extent.block, old, inode);
    }
    inode.initSize(old.size);
    this.inodes.splice(this.inodes.indexOf(old), 1);
    return inode;
  }

  /** The object in memory for a file. */
  protected instantiate(name: string, ino: number, generation: number, diskSize: number): Inode {
    const inode = new Inode(this, { name, ino, generation, address: this.slab.allocate() });
    this.inodes.push(inode);
    this.#info.set(inode, {
      map: new BlockMap(),
      mapLock: this.makeMapLock(inode),
      privateLock: this.makePrivateLock(inode),
      rangeLock: this.#makeRangeLock(inode),
      diskSize: new DiskSize(this.engine, name, diskSize),
      remapping: new RemapFlag(this.engine.machine, name),
      fresh: [],
    });
    return inode;
  }

  /**
   * Block map and locks of an inode.
   *
   * @throws RangeError when it is not a file of this file system.
   */
  info(inode: Inode): InodeInfo {
    const info = this.#info.get(inode);
    if (info === undefined) throw new RangeError(`${inode.name} is not a file of ${this.sb.name}`);
    return info;
  }

  override privateLock(inode: Inode): RwSemaphore | null {
    return this.info(inode).privateLock;
  }

  override *readFolio(folio: Folio): Proc<Completion | Errno | null> {
    return yield* readFolio(this, folio);
  }

  override *readIter(kiocb: Kiocb, to: UserBuffer, count: number): Proc<ReadResult> {
    if (kiocb.direct) return yield* directReadIter(this, kiocb, to, count);
    return yield* this.bufferedReadIter(kiocb, to, count);
  }

  /** A read through the page cache. */
  *bufferedReadIter(kiocb: Kiocb, to: UserBuffer, count: number): Proc<ReadResult> {
    return yield* super.readIter(kiocb, to, count);
  }

  override *writeIter(kiocb: Kiocb, from: UserBuffer, count: number, retag: Retag): Proc<WriteResult> {
    if (kiocb.direct) return yield* directWriteIter(this, kiocb, from, count, retag);
    return yield* this.bufferedWriteIter(kiocb, from, count, retag);
  }

  /** A write through the page cache. */
  *bufferedWriteIter(kiocb: Kiocb, from: UserBuffer, count: number, retag: Retag): Proc<WriteResult> {
    return yield* genericFileWriteIter(kiocb, from, count, retag);
  }

  /** `i_rwsem` for a direct write; null when NOWAIT cannot have it. */
  *lockForDirectWrite(kiocb: Kiocb, count: number): Proc<DirectLock | null> {
    return yield* lockForDirectWrite(this, kiocb, count);
  }

  /** Before a direct write: pages first … last are on disk and out of the cache; the error when one stays. */
  *invalidateForDirectWrite(inode: Inode, first: number, last: number): Proc<Errno | null> {
    yield* filemapWriteAndWait(inode, first, last);
    return yield* invalidateInodePages2Range(inode.mapping, first, last);
  }

  /** After it: whoever has brought pages back from disk meanwhile may have brought old ones. */
  *invalidateAfterDirectWrite(inode: Inode, first: number, last: number): Proc<Errno | null> {
    if (this.engine.rules.bugs['dio.invalidateAtCompletion'] === false) return null;
    return yield* invalidateInodePages2Range(inode.mapping, first, last);
  }

  /** The blocks that a direct write of bytes [from, to) goes to. */
  *mapDirectWrite(inode: Inode, from: number, to: number, nowait: boolean): Proc<readonly DirectBlock[] | Errno> {
    return yield* mapForDirectWrite(this, inode, from, to, nowait);
  }

  /** Of the ends of direct I/O. */
  readonly directKey: LockKey = directKey;

  /** Direct I/O faults with no lock of the file's extents held (since v5.16), where there is such a lock. */
  get faultsOutsideRangeLock(): boolean {
    return this.engine.rules.bugs['fs.dioRangeLockOverGup'] === false;
  }

  /** Only with the switch, in either position: the kinds modelled have none. */
  #makeRangeLock(inode: Inode): BitLock | null {
    const { rules, validator } = this.engine;
    if (rules.bugs['fs.dioRangeLockOverGup'] === undefined) return null;
    return new BitLock({ key: rangeKey, label: `extent_range(${inode.name})`, validator, policy: 'any' });
  }

  override *writeBegin(inode: Inode, pos: number, bytes: number): Proc<Folio | Errno> {
    return yield* writeBegin(this, inode, pos, bytes);
  }

  override *writeEnd(inode: Inode, folio: Folio, pos: number, bytes: number, copied: readonly Tag[]): Proc<number> {
    return yield* writeEnd(this, inode, folio, pos, bytes, copied);
  }

  override *writeFolio(inode: Inode, folio: Folio, sync: SyncMode = 'all'): Proc<Completion | null> {
    return yield* writeFolio(this, inode, folio, sync);
  }

  override *reserveForMkwrite(inode: Inode, from: number, to: number, fresh: number[]): Proc<Errno | null> {
    const { blockSize } = this.engine.geometry;
    for (let index = Math.floor(from / blockSize); index * blockSize < to; index++) {
      const error = yield* this.prepareBlock(inode, index, fresh);
      if (error !== null) return error;
    }
    return null;
  }

  /** What is on disk at a byte of a file, when nothing runs. */
  peekDisk(inode: Inode, offset: number): Tag {
    const { blockSize } = this.engine.geometry;
    const extent = this.info(inode).map.get(Math.floor(offset / blockSize));
    return extent?.state === 'mapped' ? this.device.blocks[extent.block]!.data[offset % blockSize]! : ZERO;
  }

  /** The extents of some places of a file, under the map lock shared. */
  *lookupBlocks(inode: Inode, indexes: readonly number[]): Proc<(Extent | undefined)[]> {
    const { map, mapLock } = this.info(inode);
    yield* mapLock.downRead();
    const extents = indexes.map((index) => map.get(index));
    yield* mapLock.upRead();
    return extents;
  }

  /** Level 1 frozen, so that no new direct write begins; those under way end first. No fsync: who holds i_rwsem may wait for level 2. */
  override *syncFs(): Proc {
    for (const inode of [...this.inodes]) {
      const { dio } = inode;
      const words = `direct I/O of ${inode.name}?`;
      const idle = yield* this.engine.machine.access([dio.region], [], words, () => dio.idle);
      if (idle !== null) yield* idle.wait();
      yield* filemapWriteAndWait(inode);
    }
  }

  /** Changes the map under its lock. */
  *changeMap<T>(inode: Inode, change: (map: BlockMap) => Act<T>): Proc<T> {
    const { map, mapLock } = this.info(inode);
    yield* mapLock.downWrite();
    const result = yield* change(map);
    yield* mapLock.upWrite();
    return result;
  }

  /**
   * Runs `body` inside a transaction, and so in a NOFS scope: reclaim may need a transaction too. `isReserved`: room for it was made before,
   * by whoever submitted the I/O whose end this is.
   */
  *inTransaction<T>(body: () => Proc<T>, _isReserved: boolean = false): Proc<T> {
    yield* this.transactionLock.acquireRead();
    const result = yield* nofsScope(this.engine, body);
    yield* this.transactionLock.releaseRead();
    return result;
  }

  /** The data of the file, zeroed in part, goes to disk before the current transaction (ordered mode). */
  orderData(_inode: Inode): Act {
    return immediate(undefined);
  }

  /** Transactions that somebody has begun and not ended, when nothing runs any more. */
  openHandles(): readonly { readonly held: string; readonly by: string }[] {
    return [];
  }

  /** `->put_super`: the file system is unmounted, and no inode is left. */
  *putSuper(): Proc {}

  /** `fallocate(FALLOC_FL_PUNCH_HOLE)` of bytes [from, to), freeze protection held. */
  abstract punchHole(inode: Inode, from: number, to: number): Proc<Errno | null>;

  /** `ftruncate`, freeze protection held. Source: `fs/open.c: do_truncate`. */
  *setSize(inode: Inode, size: number): Proc<Errno | null> {
    yield* inode.iRwsem.downWrite();
    const error = yield* this.setattr(inode, size);
    yield* inode.iRwsem.upWrite();
    return error;
  }

  /** `->setattr` of a size: `i_rwsem` is held. */
  abstract setattr(inode: Inode, size: number): Proc<Errno | null>;

  /** `i_rwsem` and the lock that evicts, exclusively, and no direct I/O under way; answers the latter lock. */
  *lockForEviction(inode: Inode): Proc<RwSemaphore | null> {
    yield* inode.iRwsem.downWrite();
    return yield* this.takeEvictLock(inode);
  }

  /** The same where `i_rwsem` is held. */
  *takeEvictLock(inode: Inode): Proc<RwSemaphore | null> {
    if (!this.waitsForDioInside) yield* inodeDioWait(inode);
    const lock = this.evictLock(inode);
    if (lock !== null) yield* lock.downWrite();
    if (this.waitsForDioInside) yield* inodeDioWait(inode);
    return lock;
  }

  /** Releases what {@link lockForEviction} took; `lock` is its answer. */
  *unlockAfterEviction(inode: Inode, lock: RwSemaphore | null): Proc {
    if (lock !== null) yield* lock.upWrite();
    yield* inode.iRwsem.upWrite();
  }

  /** `fallocate(0)` of bytes [from, to), freeze protection held: every place gets a block, which reads as zeroes. */
  abstract preallocate(inode: Inode, from: number, to: number, keepSize: boolean): Proc<Errno | null>;

  /** `fallocate(FALLOC_FL_ZERO_RANGE)` of bytes [from, to), freeze protection held: they read as zeroes, and have blocks. */
  zeroRange(_inode: Inode, _from: number, _to: number, _keepSize: boolean): Proc<Errno | null> {
    return refuse('EOPNOTSUPP');
  }

  /** `fallocate(FALLOC_FL_COLLAPSE_RANGE)` of whole blocks, freeze protection held: bytes [from, to) go, what follows moves up. */
  collapseRange(_inode: Inode, _from: number, _to: number): Proc<Errno | null> {
    return refuse('EOPNOTSUPP');
  }

  /** `fallocate(FALLOC_FL_INSERT_RANGE)` of whole blocks, freeze protection held: what is behind `from` moves to `to`. */
  insertRange(_inode: Inode, _from: number, _to: number): Proc<Errno | null> {
    return refuse('EOPNOTSUPP');
  }

  /** `fallocate(FALLOC_FL_UNSHARE_RANGE)` of bytes [from, to), freeze protection held: every block becomes the file's alone. */
  unshareRange(_inode: Inode, _from: number, _to: number, _keepSize: boolean): Proc<Errno | null> {
    return refuse('EOPNOTSUPP');
  }

  /**
   * Reserves or allocates a block for a write, and notes it in `fresh` when the place had none. Called with or without the folio lock,
   * see {@link mapsBeforeFolio}.
   */
  abstract prepareBlock(inode: Inode, index: number, fresh?: number[]): Proc<Errno | null>;

  /** A write(2) came to less than was reserved for it ({@link InodeInfo.fresh}); its folio is not locked any more. */
  *undoWrite(inode: Inode, pos: number, bytes: number): Proc {
    if (this.info(inode).fresh.length > 0 && pos + bytes > inode.size) yield* truncateFailedWrite(this, inode);
  }

  /** Whether files can share blocks (`->remap_file_range`). */
  readonly canRemap: boolean = false;
  /** Whether readers of the source may go on while its blocks are being shared. */
  readonly demotesSource: boolean = false;
  /** Whether ranges of files can change places (`XFS_IOC_EXCHANGE_RANGE`). */
  get canExchange(): boolean {
    return false;
  }

  /** Zeroing part of a block failed, for which `fresh` was reserved; the lock that evicts is held. */
  *undoZeroing(_inode: Inode, _fresh: readonly number[]): Proc {}

  /** Whether the end of direct I/O is awaited with the lock that evicts held too. */
  readonly waitsForDioInside: boolean = false;
  /** Whether blocks for a write are prepared before its folio is locked. */
  readonly mapsBeforeFolio: boolean = false;
  /** Whether writeback starts its transaction before it locks the folio. */
  readonly transactionBeforeFolio: boolean = false;
  /** Whether a block is unwritten until its first I/O has completed, when a worker converts it and sets the size on disk. */
  readonly convertsAtCompletion: boolean = true;
  /** Whether zeroing part of an unwritten block is skipped, whatever the cache holds. */
  readonly zeroingSkipsUnwritten: boolean = false;

  protected abstract makeMapLock(inode: Inode): RwSemaphore;

  protected makePrivateLock(_inode: Inode): RwSemaphore | null {
    return null;
  }
}
