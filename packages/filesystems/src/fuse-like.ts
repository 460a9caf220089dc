/**
 * FUSE: the server is told first, and nothing keeps faults out of the cache meanwhile. The server may tell another size, too: whoever asks for
 * the attributes of a file takes that for the file's, without `i_rwsem`, and then drops what is cached behind it.
 *
 * So what a request of one's own is about to change must not be believed: while one is under way that changes the size, the size is marked as
 * unstable, and what was asked for before it ended is out of date. Not modelled: a server that changes the size by itself, and writes that make a file
 * longer at the server.
 */
import { LockKey } from '@lockdep/core';
import { SpinLock } from '@lockdep/locks';
import {
  type Act,
  type Engine,
  type Errno,
  filemapWriteAndWait,
  type Inode,
  type Proc,
  type Region,
  truncatePagecache,
  truncatePagecacheRange,
  ZERO,
} from '@lockdep/page-cache';
import { removeExtents } from './free-blocks.ts';
import { ServerLike } from './server-like.ts';

const fiLock = new LockKey({ name: '&fi->lock', kind: 'spinlock' });

/** What is known of the attributes of a file (`struct fuse_inode`). */
class FuseAttributes {
  /** Guards the version, and i_size together with it. */
  readonly lock: SpinLock;
  /** Changes with the attributes (`attr_version`). */
  version = 0;
  readonly #engine: Engine;
  readonly #region: Region;
  /** `FUSE_I_SIZE_UNSTABLE` */
  #isUnstable = false;

  constructor(engine: Engine, file: string) {
    const { machine, validator } = engine;
    this.#engine = engine;
    this.#region = machine.region(`attributes of ${file}`);
    this.lock = new SpinLock({ key: fiLock, label: `fi_lock(${file})`, validator });
  }

  mark(isUnstable: boolean): Act {
    const words = `size ${isUnstable ? 'unstable' : 'stable'}`;
    return this.#engine.machine.access([], [this.#region], words, () => {
      this.#isUnstable = isUnstable;
    });
  }

  /** The version, without the lock. */
  ask(): Act<number> {
    return this.#engine.machine.access([this.#region], [], 'version of the attributes', () => this.version);
  }

  /** Whether what was asked for at a version may be believed. Duty of the caller: the lock. */
  believes(version: number): Act<boolean> {
    const words = 'are attributes out of date?';
    return this.#engine.machine.access([this.#region], [], words, () => version === this.version && !this.#isUnstable);
  }

  /** Duty of the caller: the lock. */
  change(): Act {
    return this.#engine.machine.access([], [this.#region], 'attributes change', () => {
      this.version += 1;
    });
  }
}

/** Source: `fs/fuse/file.c`, `fs/fuse/dir.c`, `fs/fuse/inode.c`. */
export class FuseLike extends ServerLike {
  override readonly converted: boolean = false;
  /** By inode number. */
  readonly #attributes = new Map<number, FuseAttributes>();

  override createHole(name: string, size: number): Inode {
    const inode = super.createHole(name, size);
    this.#attributes.set(inode.ino, new FuseAttributes(this.engine, name));
    return inode;
  }

  /** `fuse_file_fallocate` */
  override *punchHole(inode: Inode, from: number, to: number): Proc<Errno | null> {
    yield* inode.iRwsem.downWrite();
    yield* filemapWriteAndWait(inode);
    yield* this.changeThere(inode, from, to, () => ZERO);
    if (this.engine.rules.bugs['fuse.punchDropsCache'] !== false) yield* truncatePagecacheRange(inode, from, to);
    yield* inode.iRwsem.upWrite();
    return null;
  }

  override *preallocate(inode: Inode, from: number, to: number, keepSize: boolean): Proc<Errno | null> {
    yield* inode.iRwsem.downWrite();
    const error = yield* this.#whileUnstable(inode, () => this.#preallocate(inode, from, to, keepSize));
    yield* inode.iRwsem.upWrite();
    return error;
  }

  /** `fuse_do_setattr` */
  override *setSize(inode: Inode, size: number): Proc<Errno | null> {
    yield* inode.iRwsem.downWrite();
    yield* this.#whileUnstable(inode, () => this.#truncate(inode, size));
    yield* inode.iRwsem.upWrite();
    return null;
  }

  /** `stat(2)`, or a path walk, asks the server: `fuse_change_attributes`. */
  *revalidate(inode: Inode): Proc {
    const attributes = this.#attributes.get(inode.ino)!;
    const version = yield* attributes.ask();
    const size = yield* this.info(inode).diskSize.read();
    yield* attributes.lock.acquire();
    const isBelieved = yield* attributes.believes(version);
    const old = yield* inode.sizeRead();
    if (isBelieved) {
      yield* attributes.change();
      if (old !== size) yield* inode.sizeWrite(size);
    }
    yield* attributes.lock.release();
    if (isBelieved && old !== size) yield* truncatePagecache(inode, size);
  }

  *#whileUnstable<T>(inode: Inode, request: () => Proc<T>): Proc<T> {
    const marks = this.engine.rules.bugs['fuse.marksSizeUnstable'] !== false;
    const attributes = this.#attributes.get(inode.ino)!;
    if (marks) yield* attributes.mark(true);
    const result = yield* request();
    if (marks) yield* attributes.mark(false);
    return result;
  }

  *#preallocate(inode: Inode, from: number, to: number, keepSize: boolean): Proc<Errno | null> {
    const error = yield* this.allocateUnwritten(inode, from, to);
    if (error !== null || keepSize || to <= inode.size) return error;
    const { diskSize } = this.info(inode);
    yield* this.changeMap(inode, () => diskSize.write(to));
    yield* this.#publish(inode, to);
    return null;
  }

  *#truncate(inode: Inode, size: number): Proc {
    const { blockSize } = this.engine.geometry;
    const { diskSize } = this.info(inode);
    const old = inode.size;
    yield* filemapWriteAndWait(inode);
    const blockEnd = Math.ceil(size / blockSize) * blockSize;
    if (size < old && size < blockEnd) yield* this.changeThere(inode, size, blockEnd, () => ZERO);
    const fs = this;
    yield* this.changeMap(inode, function* (map) {
      yield* removeExtents(fs, inode, map, Math.ceil(size / blockSize), Number.POSITIVE_INFINITY);
      yield* diskSize.write(size);
    });
    yield* this.#publish(inode, size);
    if (size < old) yield* truncatePagecache(inode, size);
  }

  /** The size that the server has now is the file's. */
  *#publish(inode: Inode, size: number): Proc {
    const attributes = this.#attributes.get(inode.ino)!;
    yield* attributes.lock.acquire();
    yield* attributes.change();
    yield* inode.sizeWrite(size);
    yield* attributes.lock.release();
  }
}
