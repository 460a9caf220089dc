/**
 * A folio (page): its lock bit, state bits, references, and contents block by block.
 *
 * Invariants: contents and uptodate bits are changed with the folio locked, but for stores through a writable pte; so who reads
 * them unlocked does so in a step that reads `state`. `mapping` is null once the folio has left the cache, `index` is kept.
 * It is freed with its last reference: one of its maker's, of the cache, of each pte, of each task that uses it, of its writeback. Gets
 * and puts commute, so they are parts of other steps; only who freezes the count depends on them ({@link AddressSpace.removeUnused}).
 */
import { BitLock, Completion } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';
import type { Inode } from './inode.ts';
import { registerFolioLock } from './lock-classes.ts';
import type { Act, Proc, Region } from './machine.ts';
import type { SuperBlock } from './super-block.ts';
import { FREED, type Tag, UNINIT } from './tag.ts';

/** What is known of one block of a folio (a buffer_head, or iomap's bits). */
export interface Buffer {
  /** It holds what the file has there. */
  uptodate: boolean;
  /** It has to be written to disk. */
  dirty: boolean;
  /** Truncate or punch has taken it from its block: a store may make it dirty again, but until a new block is asked for it has none. */
  discarded: boolean;
}

/**
 * One page in memory, made with one reference, which is its maker's. Source: `include/linux/mm_types.h: struct folio`.
 */
export class Folio {
  readonly index: number;
  readonly lock: BitLock;
  /** Contents and uptodate bits. */
  readonly state: Region;
  readonly data: Tag[];
  readonly buffers: readonly Buffer[];
  mapping: AddressSpace | null = null;
  dirty = false;
  /** Clean already, and not yet under writeback: still tagged as dirty, so that fsync does not pass it by. */
  cleaning = false;
  readahead = false;
  /** Was in the way of reclaim, which looks again when its writeback ends (`PG_reclaim`). */
  reclaim = false;
  /** Ptes that map it. */
  mapcount = 0;
  /** 0 when it has been freed. */
  refcount = 1;
  /** Read by those who put, written by those who freeze. */
  readonly references: Region;
  /** The writeback under way; null when there is none. */
  writeback: Completion | null = null;
  /** A process's own copy of the page: it is in no cache, and its `index` only says where it was copied from. */
  readonly anon: boolean;
  /** Its file and file system, also after it has left the cache. */
  readonly inode: Inode;
  readonly sb: SuperBlock;

  /** `owner`: the process whose own page it is; null for one that is to be the file's. */
  constructor(mapping: AddressSpace, index: number, owner: string | null = null) {
    const { engine, classes } = mapping.sb;
    const { pageSize, blockSize } = engine.geometry;
    const label =
      owner === null ? `folio(${mapping.host.name},${index})` : `anon(${owner}:${mapping.host.name},${index})`;
    this.anon = owner !== null;
    this.inode = mapping.host;
    this.sb = mapping.sb;
    this.index = index;
    this.lock = new BitLock({ key: classes.folioLock, label, validator: engine.validator, policy: 'any' });
    if (this.lock.instance !== null) registerFolioLock(this.lock.instance, this);
    this.state = engine.machine.region(label);
    this.references = engine.machine.region(`references of ${label}`);
    engine.folios.add(this);
    this.data = new Array<Tag>(pageSize).fill(UNINIT);
    this.buffers = Array.from({ length: pageSize / blockSize }, () => ({
      uptodate: false,
      dirty: false,
      discarded: false,
    }));
  }

  /** The name it goes by in diagrams. */
  get label(): string {
    return this.lock.label;
  }

  get uptodate(): boolean {
    return this.buffers.every((buffer) => buffer.uptodate);
  }

  /** Byte offset of its start in the file. */
  get start(): number {
    return this.index * this.data.length;
  }

  /** Whether all blocks that bytes [from, to) of the folio touch are uptodate. */
  isPartiallyUptodate(from: number, to: number): boolean {
    const blockSize = this.data.length / this.buffers.length;
    for (let b = Math.floor(from / blockSize); b * blockSize < to; b++) if (!this.buffers[b]!.uptodate) return false;
    return true;
  }

  /** Puts tags at byte `from` of the folio. */
  fill(from: number, tags: readonly Tag[]): void {
    for (const [i, tag] of tags.entries()) this.data[from + i] = tag;
  }

  /** `folio_migrate_copy`, to another. Duty of the caller: both locked. */
  copyTo(target: Folio): Act {
    const { machine } = this.sb.engine;
    return machine.access([this.state], [target.state], `copy ${this.label}`, () => target.copyFrom(this));
  }

  /** Takes over the bytes and the state of another (`folio_migrate_copy`), within a step that writes this one's. */
  copyFrom(folio: Folio): void {
    this.fill(0, folio.data);
    for (const [b, buffer] of folio.buffers.entries()) Object.assign(this.buffers[b]!, buffer);
    this.readahead = folio.readahead;
    this.reclaim = folio.reclaim;
  }

  /** One more reference, for somebody who found it where it has one. */
  get(): this {
    this.refcount += 1;
    return this;
  }

  /**
   * One reference less: in a step that reads `references`, or together with the release of the folio lock.
   *
   * @throws RangeError when there is none left: somebody has put it twice.
   */
  drop(): void {
    if (this.refcount === 0) throw new RangeError(`${this.label} is put once too often: it has been freed`);
    this.refcount -= 1;
    if (this.refcount > 0) return;
    this.data.fill(FREED);
    this.sb.engine.folios.delete(this);
  }

  /** `folio_put`, as a step of its own. */
  *put(): Proc {
    yield* putFolios([this]);
  }

  /** `folio_unlock`, then `folio_put`, in one step: who freezes the count holds the lock. */
  *unlockAndPut(): Proc {
    yield* this.lock.release();
    this.drop();
  }

  /** Starts a writeback; its completion is what waiters wait for. */
  startWriteback(): Completion {
    const { engine, classes } = this.sb;
    this.writeback = new Completion({
      key: classes.writeback,
      label: `writeback ${this.label}`,
      validator: engine.validator,
    });
    return this.writeback;
  }
}

/** Puts several folios in one step. */
export function* putFolios(folios: readonly Folio[]): Proc {
  const [first] = folios;
  if (first === undefined) return;
  const references = folios.map((folio) => folio.references);
  const words = `put ${folios.map((folio) => folio.label).join(', ')}`;
  yield* first.sb.engine.machine.access(references, [], words, () => {
    for (const folio of folios) folio.drop();
  });
}
