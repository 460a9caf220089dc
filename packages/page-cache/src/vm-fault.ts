/** A page fault in the making: which page of which mapping, for what, and whether mmap_lock may still be dropped. */
import type { Folio } from './folio.ts';
import type { Proc } from './machine.ts';
import type { Vma } from './vma.ts';

/** One attempt at a page fault. Source: `include/linux/mm.h: struct vm_fault`. */
export class VmFault {
  readonly vma: Vma;
  /** Page of the file. */
  readonly index: number;
  readonly write: boolean;
  /** Only a first attempt may drop mmap_lock to wait; the second waits with it held. */
  readonly firstTry: boolean;
  /** mmap_lock has been dropped: the fault must end in `RETRY`. */
  dropped = false;

  constructor(vma: Vma, index: number, write: boolean, firstTry: boolean) {
    this.vma = vma;
    this.index = index;
    this.write = write;
    this.firstTry = firstTry;
  }

  /** `maybe_unlock_mmap_for_io` */
  *dropMmapLock(): Proc {
    if (!this.firstTry || this.dropped) return;
    this.dropped = true;
    yield* this.vma.mm.mmapLock.upRead();
  }
}

/** What `->fault` answers: a locked folio, or how else it ended. */
export type FaultResult = { readonly code: 'LOCKED'; readonly folio: Folio } | { readonly code: 'RETRY' | 'SIGBUS' };

/** mmap_lock was dropped: take it and fault again (`VM_FAULT_RETRY`). */
export const RETRY: FaultResult = Object.freeze({ code: 'RETRY' });
/** No such page: the program gets a signal (`VM_FAULT_SIGBUS`). */
export const SIGBUS: FaultResult = Object.freeze({ code: 'SIGBUS' });
