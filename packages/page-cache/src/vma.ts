/**
 * A mapping of part of a file into user memory, with its page table entries.
 *
 * A pte changes in one step, under the pte lock; the hardware sets its dirty bit together with the store. Each pte is a region.
 */
import { RwSemaphore } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';
import type { Folio } from './folio.ts';
import type { Inode } from './inode.ts';
import { mmClasses } from './lock-classes.ts';
import type { Proc, Region } from './machine.ts';
import type { Mm } from './mm.ts';

/** A page table entry; changed in one step, under the pte lock. */
export interface Pte {
  /** Named by the steps that read or change it. */
  readonly region: Region;
  /** What it maps; null when absent. */
  folio: Folio | null;
  /** Absent because its folio is moving: who needs it waits for that folio's lock. */
  migration: Folio | null;
  /** A store needs no fault. */
  writable: boolean;
  /** Stored to since it was last write-protected. */
  dirty: boolean;
}

/** Which pages of the file a mapping shows. */
export interface VmaOptions {
  /** First page of the file that is mapped. Default 0. */
  readonly pgoff?: number;
  /** Length in pages. */
  readonly pages: number;
  /** Readahead on faults: `sequential`, or none. Default none. */
  readonly advice?: 'random' | 'sequential';
}

/** A shared mapping of a file by one process. Source: `include/linux/mm_types.h: struct vm_area_struct`. */
export class Vma {
  readonly mm: Mm;
  readonly inode: Inode;
  readonly mapping: AddressSpace;
  readonly pgoff: number;
  readonly advice: 'random' | 'sequential';
  readonly ptes: readonly Pte[];
  /** Against changes of the mapping, for faults; of the latest profile. */
  readonly vmaLock: RwSemaphore;
  /** Being unmapped: a load or store through it ends in a signal. */
  unlinked = false;

  constructor(mm: Mm, inode: Inode, options: VmaOptions) {
    const { pgoff = 0, pages, advice = 'random' } = options;
    const { machine } = inode.sb.engine;
    this.mm = mm;
    this.inode = inode;
    this.mapping = inode.mapping;
    this.pgoff = pgoff;
    this.advice = advice;
    const label = `vm_lock(${mm.name}:${inode.name}[${pgoff}..${pgoff + pages - 1}])`;
    this.vmaLock = new RwSemaphore({ key: mmClasses.vmLock, label, validator: mm.engine.validator });
    this.ptes = Array.from({ length: pages }, (_, i) => ({
      region: machine.region(`pte(${mm.name}:${inode.name}[${pgoff + i}])`),
      folio: null,
      migration: null,
      writable: false,
      dirty: false,
    }));
  }

  /** From this step on, loads and stores through it end in a signal. */
  *unlink(): Proc {
    const regions = this.ptes.map((pte) => pte.region);
    yield* this.mm.engine.machine.access([], regions, `unlink the mapping of ${this.inode.name}`, () => {
      this.unlinked = true;
    });
  }

  /** The pte for a page of the file; undefined outside. */
  pte(index: number): Pte | undefined {
    return this.ptes[index - this.pgoff];
  }
}
