/**
 * `madvise`: advice about part of a mapping. What calls the file system drops mmap_lock around the call, with the file pinned: the file
 * system takes locks that are held over faults. Afterwards the mapping may be gone, and the caller is told to look again.
 */
import { faultinPage } from './handle-mm-fault.ts';
import type { Proc } from './machine.ts';
import { zapPte } from './unmap.ts';
import type { Vma } from './vma.ts';

/** Runs `call` for a mapping that exists, as `madvise_remove` and `madvise_willneed` do; false when there is no such mapping. */
export function* withFileOf(vma: Vma, call: () => Proc<unknown>): Proc<boolean> {
  const { mm } = vma;
  const drops = mm.engine.rules.bugs['madvise.dropsMmapLock'] !== false;
  yield* mm.mmapLock.downRead();
  if (!mm.vmas.includes(vma)) {
    yield* mm.mmapLock.upRead();
    return false;
  }
  if (drops) yield* mm.mmapLock.upRead();
  yield* call();
  if (drops) yield* mm.mmapLock.downRead();
  yield* mm.mmapLock.upRead();
  return true;
}

/**
 * `MADV_WILLNEED` of pages first … first + count - 1 of the file; false (`ENOMEM`) when it is not mapped. Source: `mm/madvise.c:
 * madvise_willneed`.
 */
export function* madviseWillneed(vma: Vma, first: number, count: number): Proc<boolean> {
  return yield* withFileOf(vma, () => vma.inode.fs.fadviseWillneed(vma.inode, first, count));
}

/**
 * `MADV_POPULATE_READ`, or `_WRITE`: faults pages first … first + count - 1 of the file in; false (`EFAULT`) when one cannot be had. Source:
 * `mm/madvise.c: madvise_populate`.
 */
export function* madvisePopulate(vma: Vma, first: number, count: number, write: boolean): Proc<boolean> {
  for (let index = first; index < first + count; index++) {
    if (!(yield* faultinPage(vma, index, write))) return false;
  }
  return true;
}

/** `MADV_DONTNEED`: takes the ptes of pages first … first + count - 1 away; the folios stay, but for the process's own. Source: `mm/madvise.c: madvise_dontneed_single_vma`. */
export function* madviseDontneed(vma: Vma, first: number, count: number): Proc<boolean> {
  const { mm } = vma;
  yield* mm.mmapLock.downRead();
  const isMapped = mm.vmas.includes(vma);
  if (isMapped) {
    for (let index = Math.max(first, vma.pgoff); index < first + count; index++) {
      const pte = vma.pte(index);
      if (pte !== undefined) yield* zapPte(vma, pte, null);
    }
  }
  yield* mm.mmapLock.upRead();
  return isMapped;
}
