/**
 * `mprotect` of a whole mapping: what may be done through it changes, then its ptes, one by one; a store through a pte that still allows it
 * is in time. What becomes allowed is left to faults, which ask the file system.
 */
import type { Proc } from './machine.ts';
import type { Protection, Vma } from './vma.ts';
import { mmapWriteUnlock, vmaStartWrite } from './vma-lock.ts';

/** False (`ENOMEM`) when it is not mapped. Source: `mm/mprotect.c: mprotect_fixup`, `change_protection`. */
export function* mprotect(vma: Vma, prot: Protection): Proc<boolean> {
  const { mm } = vma;
  yield* mm.mmapLock.downWrite();
  const isMapped = mm.vmas.includes(vma);
  if (isMapped) {
    yield* vmaStartWrite(vma);
    vma.prot = prot;
    for (const pte of vma.ptes) {
      yield* mm.engine.machine.access([], [pte.region], `protect ${pte.region.name}`, () =>
        mm.pteLock.around(() => {
          pte.protnone = prot === 'none';
          if (prot !== 'write') pte.writable = false;
        }),
      );
    }
  }
  yield* mmapWriteUnlock(mm);
  return isMapped;
}
