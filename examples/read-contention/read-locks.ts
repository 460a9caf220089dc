/** Three ways to keep reads apart from whatever removes pages, on one file system: all that differs is what a read and a write hold. */
import { LockKey } from '@lockdep/core';
import { Ext4Like } from '@lockdep/filesystems';
import { RwSemaphore } from '@lockdep/locks';
import {
  type Engine,
  FileSystemType,
  type Inode,
  Kiocb,
  PresentBuffer,
  type Proc,
  type Tag,
} from '@lockdep/page-cache';

/** Reads and writes of one page, without freeze protection, which does not differ. */
export abstract class OnePageAtATime extends Ext4Like {
  abstract readPage(inode: Inode, index: number): Proc;
  abstract writePage(inode: Inode, index: number, tags: readonly Tag[]): Proc;

  protected *read(inode: Inode, index: number): Proc {
    const { pageSize } = this.engine.geometry;
    yield* this.readIter(new Kiocb(inode, index * pageSize), new PresentBuffer(), pageSize);
  }

  protected *write(inode: Inode, index: number, tags: readonly Tag[]): Proc {
    const pos = index * tags.length;
    const folio = yield* this.writeBegin(inode, pos, tags.length);
    if (typeof folio === 'string') throw new Error(`${this.sb.name}: write of ${inode.name}[${index}]: ${folio}`);
    yield* this.writeEnd(inode, folio, pos, tags.length, tags);
  }
}

/** As merged in v5.15: reads hold invalidate_lock while they fill a page, and nothing while they copy from one that is there. */
class InvalidateLock extends OnePageAtATime {
  override *readPage(inode: Inode, index: number): Proc {
    yield* this.read(inode, index);
  }

  override *writePage(inode: Inode, index: number, tags: readonly Tag[]): Proc {
    yield* inode.iRwsem.downWrite();
    yield* this.write(inode, index, tags);
    yield* inode.iRwsem.upWrite();
  }
}

/** What the patch rules out for file systems that do not do it anyway: a read holds i_rwsem shared from its first byte to its last. */
class Irwsem extends InvalidateLock {
  override *readPage(inode: Inode, index: number): Proc {
    yield* inode.iRwsem.downRead();
    yield* this.read(inode, index);
    yield* inode.iRwsem.upRead();
  }
}

const pageKey = new LockKey({ name: 'page range', kind: 'rwsem', order: { by: 'page' } });

/** For comparison: reads shared and writes exclusive, each on its own pages; who changes the whole file would take i_rwsem exclusively. */
class Ranges extends OnePageAtATime {
  readonly #locks = new Map<Inode, RwSemaphore[]>();

  override *readPage(inode: Inode, index: number): Proc {
    const lock = this.#lockOf(inode, index);
    yield* lock.downRead();
    yield* this.read(inode, index);
    yield* lock.upRead();
  }

  override *writePage(inode: Inode, index: number, tags: readonly Tag[]): Proc {
    const lock = this.#lockOf(inode, index);
    yield* inode.iRwsem.downRead();
    yield* lock.downWrite();
    yield* this.write(inode, index, tags);
    yield* lock.upWrite();
    yield* inode.iRwsem.upRead();
  }

  #lockOf(inode: Inode, index: number): RwSemaphore {
    const locks = this.#locks.get(inode) ?? this.#makeLocks(inode);
    return locks[index]!;
  }

  #makeLocks(inode: Inode): RwSemaphore[] {
    const { validator, geometry } = this.engine;
    const locks = Array.from({ length: geometry.filePages }, (_, page) => {
      return new RwSemaphore({ key: pageKey, label: `${inode.name}[${page}]`, orderKeys: { page }, validator });
    });
    this.#locks.set(inode, locks);
    return locks;
  }
}

/** What reads take. */
export type ReadLock = 'i_rwsem' | 'invalidate_lock' | 'page ranges';

const kinds = { i_rwsem: Irwsem, invalidate_lock: InvalidateLock, 'page ranges': Ranges };

/** In the order of the table and of the plot. */
export const readLocks: readonly ReadLock[] = ['i_rwsem', 'invalidate_lock', 'page ranges'];

export function mountWith(readLock: ReadLock, engine: Engine): OnePageAtATime {
  return new kinds[readLock](engine, {}, new FileSystemType(readLock));
}
