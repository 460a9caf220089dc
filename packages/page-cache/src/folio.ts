/**
 * A folio (page): its lock bit, state bits, and contents block by block.
 *
 * Invariants: contents and uptodate bits are changed with the folio locked, but for stores through a writable pte; so who reads
 * them unlocked does so in a step that reads `state`. `mapping` is null once the folio has left the cache, `index` is kept.
 */
import { BitLock, Completion } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';
import { registerFolioLock } from './lock-classes.ts';
import type { Region } from './machine.ts';
import type { SuperBlock } from './super-block.ts';
import { type Tag, UNINIT } from './tag.ts';

/** What is known of one block of a folio (a buffer_head, or iomap's bits). */
export interface Buffer {
  uptodate: boolean;
  dirty: boolean;
}

export class Folio {
  readonly index: number;
  readonly lock: BitLock;
  /** Contents and uptodate bits. */
  readonly state: Region;
  readonly data: Tag[];
  readonly buffers: readonly Buffer[];
  mapping: AddressSpace | null = null;
  dirty = false;
  readahead = false;
  /** Ptes that map it. */
  mapcount = 0;
  /** The writeback under way; null when there is none. */
  writeback: Completion | null = null;
  /** Its file system, also after it has left the cache. */
  readonly sb: SuperBlock;

  constructor(mapping: AddressSpace, index: number) {
    const { engine, classes } = mapping.sb;
    const { pageSize, blockSize } = engine.geometry;
    const label = `folio(${mapping.host.name},${index})`;
    this.sb = mapping.sb;
    this.index = index;
    this.lock = new BitLock({ key: classes.folioLock, label, validator: engine.validator, policy: 'any' });
    if (this.lock.instance !== null) registerFolioLock(this.lock.instance, this);
    this.state = engine.machine.region(label);
    this.data = new Array<Tag>(pageSize).fill(UNINIT);
    this.buffers = Array.from({ length: pageSize / blockSize }, () => ({ uptodate: false, dirty: false }));
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
