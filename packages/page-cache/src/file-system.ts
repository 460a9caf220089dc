/**
 * What the page cache asks of a file system, with the generic answers: subclass it, and override what differs.
 *
 * The methods are those of `address_space_operations`, `file_operations` and `vm_operations_struct`. The contract of each is that of
 * the kernel's locking document; the duties of callers are asserted where the specification names them.
 */
import type { Completion, RwSemaphore } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';
import type { Engine } from './engine.ts';
import type { Errno } from './errno.ts';
import type { FileSystemType } from './file-system-type.ts';
import { filemapFault } from './filemap-fault.ts';
import { filemapMapPages } from './filemap-map-pages.ts';
import { filemapRead, type ReadResult } from './filemap-read.ts';
import type { Folio } from './folio.ts';
import type { Unsynced } from './freeze-super.ts';
import { genericFileWriteIter } from './generic-file-write-iter.ts';
import type { Retag, WriteResult } from './generic-perform-write.ts';
import { GFP_KERNEL, type GfpFlags } from './gfp.ts';
import { immediate } from './immediate.ts';
import type { Inode } from './inode.ts';
import { Kiocb } from './kiocb.ts';
import type { Act, Proc } from './machine.ts';
import { observeOperations } from './observe-operations.ts';
import { type MkwriteCode, pageMkwrite } from './page-mkwrite.ts';
import { forcePageCacheRa } from './readahead.ts';
import { SuperBlock } from './super-block.ts';
import type { Tag } from './tag.ts';
import type { UserBuffer } from './user-buffer.ts';
import type { FaultResult, VmFault } from './vm-fault.ts';
import type { Vma } from './vma.ts';
import { filemapWriteAndWait, type SyncMode } from './write-cache-pages.ts';

/**
 * A mounted file system over the page cache: subclasses supply blocks and I/O.
 *
 * Source of the contracts: `Documentation/filesystems/locking.rst`.
 */
export abstract class FileSystem {
  readonly engine: Engine;
  readonly sb: SuperBlock;
  /** Holds invalidate_lock over eviction; one that has not been converted is exempt from the assertions, and listed. */
  readonly converted: boolean = true;
  /** What allocations of folios of its files may do; a NOFS scope or a fault changes that. */
  readonly gfpMask: GfpFlags = GFP_KERNEL;

  constructor(engine: Engine, type: FileSystemType, name: string) {
    this.engine = engine;
    this.sb = new SuperBlock(engine, type, name);
    if (engine.observer !== null) observeOperations(this, engine.observer);
  }

  /** The file system's own lock against faults, where it had one before invalidate_lock. */
  privateLock(_inode: Inode): RwSemaphore | null {
    return null;
  }

  /** What truncate and punch hold exclusively from eviction until the block map is up to date. */
  evictLock(inode: Inode): RwSemaphore | null {
    const { rules } = this.engine;
    return rules.evictTakesInvalidateLock && this.converted ? inode.mapping.invalidateLock : this.privateLock(inode);
  }

  /** Whether the duties that concern invalidate_lock are asserted; a file system that is not converted is exempt, and noted. */
  assertsInvalidateLock(): boolean {
    const { rules, unconverted } = this.engine;
    if (!rules.evictTakesInvalidateLock || rules.bugs.assertInvalidateLock === false) return false;
    if (!this.converted) unconverted.add(this.sb.name);
    return this.converted;
  }

  /**
   * `->read_folio`: entered with the folio locked; it is unlocked on every path, here (answers null or the error) or by the I/O,
   * whose end is answered.
   */
  abstract readFolio(folio: Folio): Proc<Completion | Errno | null>;

  /** `->readahead`: submits reads of locked folios of ascending index, and does not wait. */
  *readahead(_mapping: AddressSpace, folios: readonly Folio[]): Proc {
    for (const folio of folios) yield* this.readFolio(folio);
  }

  /** `->write_begin`: the folio of the bytes, locked, with what the write does not cover in place. */
  abstract writeBegin(inode: Inode, pos: number, bytes: number): Proc<Folio | Errno>;

  /**
   * Something that begins behind the end is about to make the file longer: what has been stored past the end until now becomes zero.
   * `i_rwsem` is held. Default: nothing is done about it.
   */
  *zeroOldEnd(_inode: Inode): Proc<Errno | null> {
    return yield* immediate(null);
  }

  /** `->write_end`: puts what was copied in place and unlocks; answers how many bytes count (0: try again). */
  abstract writeEnd(inode: Inode, folio: Folio, pos: number, bytes: number, copied: readonly Tag[]): Proc<number>;

  /**
   * `->writepages`: writes the folios that are dirty; answers the ends of their writebacks. No allocation enters a file system: reclaim
   * might wait for a writeback whose I/O is not submitted yet.
   */
  *writepages(inode: Inode, folios: readonly Folio[], sync: SyncMode = 'all'): Proc<Completion[]> {
    const { memory, rules } = this.engine;
    const saved = rules.bugs['writepages.nofsScope'] === false ? null : memory.nofsSave();
    const ends: Completion[] = [];
    for (const folio of folios) {
      const end = yield* this.writeFolio(inode, folio, sync);
      if (end !== null) ends.push(end);
    }
    if (saved !== null) memory.nofsRestore(saved);
    return ends;
  }

  /** `->release_folio`: reclaim asks for what the file system keeps at a clean, locked folio; false when it has to stay. */
  releaseFolio(_folio: Folio, _gfp: GfpFlags): Act<boolean> {
    return immediate(true);
  }

  /** `->writepage`: writes one folio if it is dirty; answers the end of its writeback. */
  abstract writeFolio(inode: Inode, folio: Folio, sync?: SyncMode): Proc<Completion | null>;

  /** Whether an allocation that came to `ENOSPC`, for the nth time, is worth another try; waits for what frees blocks. No folio is locked. */
  mayRetryAllocation(_times: number): Act<boolean> {
    return immediate(false);
  }

  /** Blocks for bytes [from, to) of a page that becomes writable, its folio locked; notes in `fresh` which blocks had none. */
  abstract reserveForMkwrite(inode: Inode, from: number, to: number, fresh: number[]): Proc<Errno | null>;

  /** `vm_operations->fault`: before invalidate_lock, wrapped in the file system's own lock where it had one. */
  *fault(vmf: VmFault): Proc<FaultResult> {
    const { inode } = vmf.vma;
    const { rules } = this.engine;
    const outer = rules.bugs['fault.takesIrwsem'] === true ? inode.iRwsem : null;
    const lock = rules.faultLock === 'private' ? this.privateLock(inode) : null;
    if (outer !== null) yield* outer.downRead();
    if (lock !== null) yield* lock.downRead();
    const result = yield* filemapFault(vmf);
    if (lock !== null) yield* lock.upRead();
    if (outer !== null) yield* outer.upRead();
    return result;
  }

  /** `vm_operations->map_pages` */
  *mapPages(vmf: VmFault): Proc<boolean> {
    return yield* filemapMapPages(vmf);
  }

  /**
   * What `->migrate_folio` does with both folios locked: the second, which nobody knows yet, takes the place of the first, and what it holds. False: the
   * first is in use.
   */
  *replaceFolio(folio: Folio, target: Folio): Proc<boolean> {
    const moved = yield* target.inode.mapping.replace(folio, target);
    if (moved) yield* folio.copyTo(target);
    return moved;
  }

  /** A file is about to be mapped writable and shared; nothing is held. Default: nothing has to be done. */
  prepareMmap(_inode: Inode): Act {
    return immediate(undefined);
  }

  /** `->mmap` of such a mapping, mmap_lock held exclusively. */
  mmap(_inode: Inode): Act {
    return immediate(undefined);
  }

  /** The beginning of page_mkwrite, before the folio is locked; mmap_lock and what keeps out remapping are held. */
  prepareMkwrite(_inode: Inode): Act<Errno | null> {
    return immediate(null);
  }

  /** `vm_operations->page_mkwrite` */
  *pageMkwrite(vma: Vma, folio: Folio): Proc<MkwriteCode> {
    return yield* pageMkwrite(vma, folio);
  }

  /** Takes {@link mkwriteLock}, shared; answers how. */
  *lockForMkwrite(_inode: Inode, lock: RwSemaphore): Proc<'shared' | 'exclusive'> {
    yield* lock.downRead();
    return 'shared';
  }

  /** What page_mkwrite holds against remapping: the lock that evicts, unless faults are switched off from it. */
  mkwriteLock(inode: Inode): RwSemaphore | null {
    const { faultLock, bugs } = this.engine.rules;
    return faultLock === 'none' || bugs['remap.lockOutMkwrite'] === false ? null : this.evictLock(inode);
  }

  /** `sync_filesystem`: all files on disk. */
  *syncFs(): Proc {}

  /** `->freeze_fs`: what is left to be done when nobody can change anything any more. */
  *freezeFs(): Proc {}

  /** What would be on the way to disk if the machine stopped now, in words: nothing, of a frozen file system. One step. */
  unsynced(): Act<readonly Unsynced[]> {
    const folios = [...this.engine.folios].filter((folio) => folio.sb === this.sb);
    const regions = folios.map((folio) => folio.state);
    return this.engine.machine.access(regions, [], `${this.sb.name}: anything dirty?`, () =>
      // One that has left the cache is nobody's to write any more; a process's own copy never was.
      folios.flatMap(({ dirty, mapping, anon, inode, start, label }) =>
        dirty && mapping !== null && !anon ? [{ file: inode.name, offset: start, words: `${label} is dirty` }] : [],
      ),
    );
  }

  /** `->fsync`: everything on disk. */
  *fsync(inode: Inode): Proc {
    yield* filemapWriteAndWait(inode);
  }

  /** `posix_fadvise(POSIX_FADV_WILLNEED)` of pages first … first + count - 1. */
  *fadviseWillneed(inode: Inode, first: number, count: number): Proc {
    yield* forcePageCacheRa(new Kiocb(inode, 0), first, count);
  }

  /** `->read_iter` */
  *readIter(kiocb: Kiocb, to: UserBuffer, count: number): Proc<ReadResult> {
    return yield* filemapRead(kiocb, to, count);
  }

  /** `->write_iter`, freeze protection held. */
  *writeIter(kiocb: Kiocb, from: UserBuffer, count: number, retag: Retag): Proc<WriteResult> {
    return yield* genericFileWriteIter(kiocb, from, count, retag);
  }
}
