/**
 * The lock of one mapping, so that a fault need not take mmap_lock: faults try it shared, and fall back to mmap_lock when it is not to be
 * had; who changes the mapping takes it exclusively, under mmap_lock exclusively, and keeps it until mmap_lock is free again.
 *
 * Invariant: nobody ever waits for it but a writer, for faults that are under way; a fault never waits for a writer. In the kernel one
 * sequence number frees all of a process at once; here each is released, with mmap_lock still held.
 */
import type { RwSemaphore } from '@lockdep/locks';
import type { Proc } from './machine.ts';
import type { Mm } from './mm.ts';
import type { Vma } from './vma.ts';

/**
 * The mapping, found without mmap_lock and locked against changes, as a fault wants it; false when somebody changes it, or when it is gone.
 *
 * Source: `mm/mmap_lock.c: lock_vma_under_rcu` (v7.1).
 */
export function* lockVmaUnderRcu(vma: Vma): Proc<boolean> {
  if (!(yield* vma.vmaLock.tryDownRead())) return false;
  if (vma.mm.vmas.includes(vma)) return true;
  yield* vma.vmaLock.upRead();
  return false;
}

/** Waits for the faults on a mapping, and keeps out others until {@link mmapWriteUnlock}. Duty of the caller: mmap_lock held exclusively. */
export function* vmaStartWrite(vma: Vma): Proc {
  const { mm } = vma;
  if (!mm.engine.rules.perVmaLocks || mm.writeLocked.includes(vma)) return;
  // Of several mappings in any order: nobody else holds more than one, but a fault, which does not wait.
  yield* vma.vmaLock.downWrite({ nest: mm.mmapLock });
  mm.writeLocked.push(vma);
}

/** `mmap_write_unlock`: the mappings that were locked for writing are free with it (`vma_end_write_all`). */
export function* mmapWriteUnlock(mm: Mm): Proc {
  for (const vma of mm.writeLocked.splice(0)) yield* vma.vmaLock.upWrite();
  yield* mm.mmapLock.upWrite();
}

/** What a fault holds: mmap_lock, or the lock of the mapping. Both shared. */
export type FaultLock = RwSemaphore;
