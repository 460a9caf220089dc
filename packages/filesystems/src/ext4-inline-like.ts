/**
 * ext4 with inline data: a file that fits into its inode has no block. Everything that cannot do with that converts the file first, which takes a
 * transaction and `xattr_sem`, and may fail for want of a block; then the data are inline again.
 *
 * write_begin and write_end both ask whether the file is inline, so `i_rwsem` has to keep conversions out from one to the other. page_mkwrite
 * converts under mmap_lock, where `i_rwsem` cannot be had: so a file is converted before it is mapped, when that lock is not held yet.
 *
 * Not modelled: inline data that a truncate cuts (it converts), inline directories.
 */
import type { Completion, RwSemaphore } from '@lockdep/locks';
import {
  type Engine,
  type Errno,
  FileSystemType,
  type Folio,
  grabFolio,
  type Inode,
  immediate,
  type Kiocb,
  type Proc,
  type ReadResult,
  type Retag,
  type Tag,
  type UserBuffer,
  type WriteResult,
} from '@lockdep/page-cache';
import type { BlockFileSystemOptions } from './block-file-system.ts';
import { Ext4Like } from './ext4-like.ts';
import { InlineData } from './inline-data.ts';

const ext4 = new FileSystemType('ext4');

/** Its files made by {@link createInline} begin inline. Source: `fs/ext4/inline.c` (v5.19). */
export class Ext4InlineLike extends Ext4Like {
  /** By inode number. */
  readonly #inline = new Map<number, InlineData>();

  constructor(engine: Engine, options: BlockFileSystemOptions = {}) {
    super(engine, options, ext4);
  }

  /**
   * A file with this content in its inode. Setup only.
   *
   * @throws RangeError when it does not fit.
   */
  createInline(name: string, content: readonly Tag[]): Inode {
    const { blockSize } = this.engine.geometry;
    if (content.length > blockSize) throw new RangeError(`${name}: no more than ${blockSize} bytes fit into an inode`);
    const inode = this.createHole(name, content.length);
    this.#inline.set(inode.ino, new InlineData(this.engine, name, content));
    this.engine.oracle.watch(name, content);
    return inode;
  }

  override peekDisk(inode: Inode, offset: number): Tag {
    return this.#inline.get(inode.ino)?.bytes?.[offset] ?? super.peekDisk(inode, offset);
  }

  /**
   * `ext4_readpage_inline`. Asked under `xattr_sem`: without it, as `ext4_read_folio` asks first, a read may come when the data have left the
   * inode and not arrived in a block.
   */
  override *readFolio(folio: Folio): Proc<Completion | Errno | null> {
    const inline = this.#inline.get(folio.inode.ino);
    const asksFirst = this.engine.rules.bugs['ext4.readAsksInlineUnlocked'] === true;
    if (inline === undefined || folio.index > 0 || (asksFirst && !(yield* inline.test())))
      return yield* super.readFolio(folio);
    if (!(yield* this.#fill(inline, folio))) return yield* super.readFolio(folio);
    yield* folio.lock.release();
    return null;
  }

  /** `ext4_should_use_dio` */
  override *readIter(kiocb: Kiocb, to: UserBuffer, count: number): Proc<ReadResult> {
    if (kiocb.direct && (yield* this.#isInline(kiocb.inode))) return yield* this.bufferedReadIter(kiocb, to, count);
    return yield* super.readIter(kiocb, to, count);
  }

  override *writeIter(kiocb: Kiocb, from: UserBuffer, count: number, retag: Retag): Proc<WriteResult> {
    if (!kiocb.direct || !(yield* this.#isInline(kiocb.inode)))
      return yield* super.writeIter(kiocb, from, count, retag);
    const result = yield* this.bufferedWriteIter(kiocb, from, count, retag);
    if (result.error === null) kiocb.acknowledge?.(result.written);
    return result;
  }

  /** `ext4_da_write_inline_data_begin`: the handle is that of write_end too. */
  override *writeBegin(inode: Inode, pos: number, bytes: number): Proc<Folio | Errno> {
    const inline = this.#inline.get(inode.ino);
    if (inline === undefined) return yield* super.writeBegin(inode, pos, bytes);
    inline.begun = false;
    if (!(yield* inline.test())) return yield* super.writeBegin(inode, pos, bytes);
    if (pos + bytes > this.engine.geometry.blockSize)
      return (yield* this.#convert(inode)) ?? (yield* super.writeBegin(inode, pos, bytes));
    yield* this.journal.start();
    const folio = yield* grabFolio(inode.mapping, 0);
    if (folio === null) {
      yield* this.journal.stop();
      return 'ENOMEM';
    }
    if (yield* this.#fill(inline, folio)) {
      inline.begun = true;
      return folio;
    }
    yield* folio.unlockAndPut();
    yield* this.journal.stop();
    return yield* super.writeBegin(inode, pos, bytes);
  }

  /** `ext4_da_write_end`, `ext4_write_inline_data_end` */
  override *writeEnd(inode: Inode, folio: Folio, pos: number, bytes: number, copied: readonly Tag[]): Proc<number> {
    const inline = this.#inline.get(inode.ino);
    if (inline === undefined) return yield* super.writeEnd(inode, folio, pos, bytes, copied);
    if ((yield* inline.test()) !== inline.begun) this.#reportBug(inode, pos, inline.begun);
    // The kernel stops there. Here the write ends as it has begun.
    if (!inline.begun) return yield* super.writeEnd(inode, folio, pos, bytes, copied);
    yield* this.engine.machine.access([], [folio.state], `write ${folio.label}`, () => folio.fill(pos, copied));
    yield* inline.xattrSem.downWrite();
    yield* inline.write(pos, copied);
    yield* inline.xattrSem.upWrite();
    const end = pos + copied.length;
    if (end > inode.size) yield* this.publishSize(inode, end);
    yield* folio.unlockAndPut();
    yield* this.journal.stop();
    return copied.length;
  }

  #reportBug(inode: Inode, offset: number, begun: boolean): void {
    const message = begun
      ? 'write_end finds no inline data, where write_begin has prepared no block'
      : 'write_end finds inline data, and misses the handle that write_begin starts for them';
    this.engine.oracle.add({ kind: 'bug-on', via: 'write', file: inode.name, offset, saw: 'BUG_ON', message });
  }

  /** So that `ext4_page_mkwrite` never finds inline data. */
  override *prepareMmap(inode: Inode): Proc {
    if (this.engine.rules.bugs['ext4.convertsInline'] === undefined) yield* this.#convertUnder(inode.iRwsem, inode);
  }

  override *mmap(inode: Inode): Proc {
    if (this.engine.rules.bugs['ext4.convertsInline'] === 'mmap') yield* this.#convert(inode);
  }

  override *prepareMkwrite(inode: Inode): Proc<Errno | null> {
    const where = this.engine.rules.bugs['ext4.convertsInline'];
    if (where === 'page-mkwrite-i_rwsem') return yield* this.#convertUnder(inode.iRwsem, inode);
    return where === 'page-mkwrite' ? yield* this.#convert(inode) : null;
  }

  override *preallocate(inode: Inode, from: number, to: number, keepSize: boolean): Proc<Errno | null> {
    return (yield* this.#convertFirst(inode)) ?? (yield* super.preallocate(inode, from, to, keepSize));
  }

  override *punchHole(inode: Inode, from: number, to: number): Proc<Errno | null> {
    return (yield* this.#convertFirst(inode)) ?? (yield* super.punchHole(inode, from, to));
  }

  override *zeroRange(inode: Inode, from: number, to: number, keepSize: boolean): Proc<Errno | null> {
    return (yield* this.#convertFirst(inode)) ?? (yield* super.zeroRange(inode, from, to, keepSize));
  }

  override *collapseRange(inode: Inode, from: number, to: number): Proc<Errno | null> {
    return (yield* this.#convertFirst(inode)) ?? (yield* super.collapseRange(inode, from, to));
  }

  override *insertRange(inode: Inode, from: number, to: number): Proc<Errno | null> {
    return (yield* this.#convertFirst(inode)) ?? (yield* super.insertRange(inode, from, to));
  }

  override *setSize(inode: Inode, size: number): Proc<Errno | null> {
    return (yield* this.#convertFirst(inode)) ?? (yield* super.setSize(inode, size));
  }

  /** `ext4_fallocate`: under `i_rwsem` since v5.19, which is dropped again. */
  *#convertFirst(inode: Inode): Proc<Errno | null> {
    if (this.engine.rules.bugs['ext4.fallocateConvertsUnlocked'] === true) return yield* this.#convert(inode);
    return yield* this.#convertUnder(inode.iRwsem, inode);
  }

  *#convertUnder(lock: RwSemaphore, inode: Inode): Proc<Errno | null> {
    yield* lock.downWrite();
    const error = yield* this.#convert(inode);
    yield* lock.upWrite();
    return error;
  }

  /** `ext4_convert_inline_data`: in a transaction, the data get a block; without one they stay where they are. */
  *#convert(inode: Inode): Proc<Errno | null> {
    const inline = this.#inline.get(inode.ino);
    if (inline === undefined || !(yield* inline.test())) return null;
    return yield* this.inTransaction(() => this.#convertLocked(inode, inline));
  }

  *#convertLocked(inode: Inode, inline: InlineData): Proc<Errno | null> {
    yield* inline.xattrSem.downWrite();
    let error: Errno | null = null;
    if (inline.bytes !== null) {
      const bytes = yield* inline.destroy();
      error = yield* this.#moveToBlock(inode, bytes);
      if (error !== null) yield* inline.restore();
    }
    yield* inline.xattrSem.upWrite();
    return error;
  }

  *#moveToBlock(inode: Inode, bytes: readonly Tag[]): Proc<Errno | null> {
    const { allocator, device, engine } = this;
    return yield* this.changeMap(inode, function* (map): Proc<Errno | null> {
      const block = yield* allocator.allocate(inode, 0);
      if (block < 0) return 'ENOSPC';
      const { region, data } = device.blocks[block]!;
      yield* engine.machine.access([], [region], `write block ${block}`, () => data.splice(0, data.length, ...bytes));
      map.set(0, { state: 'mapped', block });
      return null;
    });
  }

  /** Brings the block of a locked folio uptodate from the inode; false when the data are not there any more. */
  *#fill(inline: InlineData, folio: Folio): Proc<boolean> {
    yield* inline.xattrSem.downRead();
    const { bytes } = inline;
    if (bytes !== null)
      yield* this.engine.machine.access([], [folio.state], `fill ${folio.label} from the inode`, () => {
        const [first] = folio.buffers;
        if (first!.uptodate) return;
        folio.fill(0, bytes);
        first!.uptodate = true;
      });
    yield* inline.xattrSem.upRead();
    return bytes !== null;
  }

  *#isInline(inode: Inode): Proc<boolean> {
    const inline = this.#inline.get(inode.ino);
    return yield* inline === undefined ? immediate(false) : inline.test();
  }
}
