/** A page fault in the making: which page of which mapping, for what, under which lock, and whether that may still be dropped. */
import type { Folio } from './folio.ts';
import type { Proc } from './machine.ts';
import type { Vma } from './vma.ts';
import type { FaultLock } from './vma-lock.ts';

/** One attempt at a page fault. Source: `include/linux/mm.h: struct vm_fault`. */
export class VmFault {
  readonly vma: Vma;
  /** Page of the file. */
  readonly index: number;
  readonly write: boolean;
  /** mmap_lock, or that of the mapping; held shared. */
  readonly lock: FaultLock;
  /** Only a first attempt may drop the lock to wait; the second waits with it held. */
  readonly firstTry: boolean;
  /** The lock has been dropped: the fault must end in `RETRY`. */
  dropped = false;

  constructor(vma: Vma, index: number, write: boolean, lock: FaultLock, firstTry: boolean) {
    this.vma = vma;
    this.index = index;
    this.write = write;
    this.lock = lock;
    this.firstTry = firstTry;
  }

  /** `maybe_unlock_mmap_for_io` */
  *dropLock(): Proc {
    if (!this.firstTry || this.dropped) return;
    this.dropped = true;
    yield* this.lock.upRead();
  }
}

/** What `->fault` answers: a locked folio, or how else it ended. */
export type FaultResult = { readonly code: 'LOCKED'; readonly folio: Folio } | { readonly code: 'RETRY' | 'SIGBUS' };

/** The lock was dropped: take mmap_lock and fault again (`VM_FAULT_RETRY`). */
export const RETRY: FaultResult = Object.freeze({ code: 'RETRY' });
/** No such page: the program gets a signal (`VM_FAULT_SIGBUS`). */
export const SIGBUS: FaultResult = Object.freeze({ code: 'SIGBUS' });
