/**
 * A page fault from the processor to the pte: locks the mapping, asks the file system, and sets the pte.
 *
 * Where mappings have locks of their own the first attempt tries that, and mmap_lock, shared, is for when it cannot be had. A first attempt
 * that had to wait has dropped its lock: mmap_lock is taken and the fault is repeated once.
 */
import { allocPages } from './alloc-pages.ts';
import { doCowFault, wpPagePrivate } from './cow-fault.ts';
import { waitOnFolioLocked } from './filemap-get-pages.ts';
import type { Folio } from './folio.ts';
import { GFP_KERNEL } from './gfp.ts';
import type { Proc } from './machine.ts';
import { VmFault } from './vm-fault.ts';
import type { Pte, Vma } from './vma.ts';
import { type FaultLock, lockVmaUnderRcu } from './vma-lock.ts';

/** Makes a page present (and writable): true, or false for a signal. Source: `arch/x86/mm/fault.c: do_user_addr_fault` (v7.1). */
export function* pageFault(vma: Vma, index: number, write: boolean): Proc<boolean> {
  const { perVmaLocks } = vma.mm.engine.rules;
  if (!perVmaLocks || !(yield* lockVmaUnderRcu(vma))) return yield* faultinPage(vma, index, write);
  const code = yield* tryFault(vma, index, write, vma.vmaLock, true);
  return code === 'RETRY' ? yield* faultinPage(vma, index, write, false) : code !== 'SIGBUS';
}

/** The same under mmap_lock, as who pins pages does it. Source: `mm/gup.c: faultin_page`. */
export function* faultinPage(vma: Vma, index: number, write: boolean, firstTry: boolean = true): Proc<boolean> {
  const { mmapLock } = vma.mm;
  for (let mayDrop = firstTry; ; mayDrop = false) {
    yield* mmapLock.downRead();
    const code = yield* tryFault(vma, index, write, mmapLock, mayDrop);
    if (code !== 'RETRY') return code !== 'SIGBUS';
  }
}

/** One attempt, which ends with the lock released. */
function* tryFault(
  vma: Vma,
  index: number,
  write: boolean,
  lock: FaultLock,
  firstTry: boolean,
): Proc<'DONE' | 'RETRY' | 'SIGBUS'> {
  const pte = vma.mm.vmas.includes(vma) && allows(vma, write) ? vma.pte(index) : undefined;
  const code = pte === undefined ? 'SIGBUS' : yield* handleMmFault(new VmFault(vma, index, write, lock, firstTry), pte);
  if (code !== 'RETRY') yield* lock.upRead();
  return code;
}

/** `access_error` */
function allows({ prot }: Vma, write: boolean): boolean {
  return write ? prot === 'write' : prot !== 'none';
}

function* handleMmFault(vmf: VmFault, pte: Pte): Proc<'DONE' | 'RETRY' | 'SIGBUS'> {
  const { vma } = vmf;
  const { present, migration } = yield* readEntry(vma, pte);
  if (migration !== null) {
    yield* waitOnFolioLocked(migration);
    return 'DONE';
  }
  // The pte has a reference at this moment, so there is one to be had.
  if (present !== null) {
    if (!vmf.write) return 'DONE';
    const folio = present.get();
    return vma.shared ? yield* doWpPage(vma, pte, folio) : yield* wpPagePrivate(vmf, pte, folio);
  }
  if (!vmf.write && vma.mm.engine.faultAround && (yield* vma.inode.fs.mapPages(vmf))) return 'DONE';
  if (vmf.write && !vma.shared) return yield* doCowFault(vmf, pte);
  // The page table, before the fault answers with a locked folio.
  yield* allocPages(vma.mm.engine, GFP_KERNEL);
  const result = yield* vma.inode.fs.fault(vmf);
  if (result.code !== 'LOCKED') return result.code;
  const { folio } = result;
  if (vmf.write) {
    yield* folio.lock.release();
    const code = yield* makeWritable(vma, folio);
    if (code !== 'LOCKED') return code;
  }
  yield* finishFault(vma, pte, folio, vmf.write);
  yield* folio.unlockAndPut();
  return 'DONE';
}

/** What is there: a page, or one that is moving (`migration_entry_wait`), or nothing. */
function* readEntry(vma: Vma, pte: Pte): Proc<{ readonly present: Folio | null; readonly migration: Folio | null }> {
  return yield* vma.mm.engine.machine.access([pte.region], [], `read ${pte.region.name}`, () => ({
    present: pte.folio,
    migration: pte.migration,
  }));
}

/** `wp_page_shared`: a store to a page that is mapped read-only. */
function* doWpPage(vma: Vma, pte: Pte, folio: Folio): Proc<'DONE' | 'SIGBUS'> {
  const code = yield* makeWritable(vma, folio);
  if (code !== 'LOCKED') return code;
  const { machine } = vma.mm.engine;
  yield* machine.access([], [pte.region], `make ${pte.region.name} writable`, () =>
    vma.mm.pteLock.around(() => {
      if (pte.folio === folio) pte.writable = true;
    }),
  );
  yield* folio.unlockAndPut();
  return 'DONE';
}

/** Asks the file system, without the folio lock. When it does not answer with the lock, the folio is put. */
function* makeWritable(vma: Vma, folio: Folio): Proc<'LOCKED' | 'DONE' | 'SIGBUS'> {
  const code = yield* vma.inode.fs.pageMkwrite(vma, folio);
  if (code === 'LOCKED') return code;
  yield* folio.put();
  return code === 'SIGBUS' ? 'SIGBUS' : 'DONE';
}

/** `finish_fault`: sets the pte, unless somebody else has. The folio is locked. */
export function* finishFault(vma: Vma, pte: Pte, folio: Folio, write: boolean): Proc<boolean> {
  const { machine } = vma.mm.engine;
  return yield* machine.access([], [pte.region, folio.state], `map ${pte.region.name}`, () =>
    vma.mm.pteLock.around(() => {
      if (pte.folio !== null || pte.migration !== null) return false;
      pte.folio = folio.get();
      pte.writable = write;
      pte.dirty = false;
      folio.mapcount += 1;
      return true;
    }),
  );
}
