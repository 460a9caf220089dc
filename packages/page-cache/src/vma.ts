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
import { PrivateContent } from './private-content.ts';

/** A page table entry; changed in one step, under the pte lock. */
export interface Pte {
  /** Page of the file. */
  readonly index: number;
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
  /** Not even a load is allowed (`PROT_NONE`). */
  protnone: boolean;
}

/** What may be done through a mapping: stores too, loads alone, nothing. */
export type Protection = 'write' | 'read' | 'none';

/** Which pages of the file a mapping shows. */
export interface VmaOptions {
  /** First page of the file that is mapped. Default 0. */
  readonly pgoff?: number;
  /** Length in pages. */
  readonly pages: number;
  /** Readahead on faults: `sequential`, or none. Default none. */
  readonly advice?: 'random' | 'sequential';
  /** Stores go to the file (`MAP_SHARED`), or to pages of the process's own (`MAP_PRIVATE`). Default true. */
  readonly shared?: boolean;
  /** Default `write`. */
  readonly prot?: Protection;
}

/** A mapping of a file by one process. Source: `include/linux/mm_types.h: struct vm_area_struct`. */
export class Vma {
  readonly mm: Mm;
  readonly inode: Inode;
  readonly mapping: AddressSpace;
  readonly pgoff: number;
  readonly advice: 'random' | 'sequential';
  readonly ptes: readonly Pte[];
  readonly shared: boolean;
  /** Under the locks of whoever changes the mapping, and of faults. */
  prot: Protection;
  /** Of a private mapping, for the oracle. */
  readonly content: PrivateContent | null;
  /** Against changes of the mapping, for faults; of the latest profile. */
  readonly vmaLock: RwSemaphore;
  /** Being unmapped: a load or store through it ends in a signal. */
  unlinked = false;

  constructor(mm: Mm, inode: Inode, options: VmaOptions) {
    const { pgoff = 0, pages, advice = 'random', shared = true, prot = 'write' } = options;
    const { machine } = inode.sb.engine;
    this.mm = mm;
    this.inode = inode;
    this.mapping = inode.mapping;
    this.pgoff = pgoff;
    this.advice = advice;
    this.shared = shared;
    this.prot = prot;
    this.content = shared ? null : new PrivateContent();
    const label = `vm_lock(${mm.name}:${inode.name}[${pgoff}..${pgoff + pages - 1}])`;
    this.vmaLock = new RwSemaphore({ key: mmClasses.vmLock, label, validator: mm.engine.validator });
    this.ptes = Array.from({ length: pages }, (_, i) => ({
      index: pgoff + i,
      region: machine.region(`pte(${mm.name}:${inode.name}[${pgoff + i}])`),
      folio: null,
      migration: null,
      writable: false,
      dirty: false,
      protnone: false,
    }));
  }

  /** Another one of the same kind, of nothing yet, for `mm`. */
  like(mm: Mm, pages: number = this.ptes.length): Vma {
    const { inode, pgoff, advice, shared, prot } = this;
    return new Vma(mm, inode, { pgoff, pages, advice, shared, prot });
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
