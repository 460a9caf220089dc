/**
 * Copy on write: a store to a page of a private mapping goes to a page of the process's own, which is no page of the file any more: writeback,
 * punches and reclaim know nothing of it; only truncate takes it away.
 *
 * Invariant: the copy is made without the pte lock, and counts only if the pte is still what it was.
 */
import { allocPages } from './alloc-pages.ts';
import { Folio } from './folio.ts';
import { GFP_KERNEL } from './gfp.ts';
import type { Proc } from './machine.ts';
import type { VmFault } from './vm-fault.ts';
import type { Pte, Vma } from './vma.ts';

/**
 * `do_cow_fault`: nothing is there. The page of the process is allocated first; the one of the file stays locked until the pte is set, so
 * that truncate, which takes ptes away once more at its end, finds it.
 */
export function* doCowFault(vmf: VmFault, pte: Pte): Proc<'DONE' | 'RETRY' | 'SIGBUS'> {
  const { vma } = vmf;
  const copy = yield* allocAnon(vma, vmf.index);
  const result = yield* vma.inode.fs.fault(vmf);
  if (result.code !== 'LOCKED') {
    copy.drop();
    return result.code;
  }
  yield* replace(vma, pte, null, result.folio, copy);
  yield* result.folio.unlockAndPut();
  copy.drop();
  return 'DONE';
}

/** `do_wp_page` of a private mapping: a page that nobody else maps is used again, else it is copied. The caller's reference is put. */
export function* wpPagePrivate(vmf: VmFault, pte: Pte, old: Folio): Proc<'DONE'> {
  const { vma } = vmf;
  if (old.anon && (yield* reuse(vma, pte, old))) {
    yield* old.put();
    return 'DONE';
  }
  const copy = yield* allocAnon(vma, vmf.index);
  yield* replace(vma, pte, old, old, copy);
  yield* old.put();
  copy.drop();
  return 'DONE';
}

function* allocAnon(vma: Vma, index: number): Proc<Folio> {
  yield* allocPages(vma.mm.engine, GFP_KERNEL);
  return new Folio(vma.mapping, index, vma.mm.name);
}

/** `wp_page_reuse` */
function* reuse(vma: Vma, pte: Pte, old: Folio): Proc<boolean> {
  const { machine } = vma.mm.engine;
  return yield* machine.access([old.state], [pte.region], `reuse ${old.label}`, () =>
    vma.mm.pteLock.around(() => {
      if (pte.folio !== old || old.mapcount > 1) return false;
      pte.writable = true;
      return true;
    }),
  );
}

/** Copies `source`, then puts the copy in the place of what the pte has mapped. */
function* replace(vma: Vma, pte: Pte, old: Folio | null, source: Folio, copy: Folio): Proc {
  const { engine, pteLock } = vma.mm;
  const { machine, oracle } = engine;
  const start = yield* machine.access([source.state], [copy.state], `copy ${source.label}`, () => {
    copy.copyFrom(source);
    return oracle.tick();
  });
  const states = old === null ? [copy.state] : [copy.state, old.state];
  const reads = old === null ? [] : [old.references];
  yield* machine.access(reads, [pte.region, ...states], `${pte.region.name} gets its own page`, () =>
    pteLock.around(() => {
      if (pte.folio !== old || pte.migration !== null) return;
      if (old !== null) {
        old.mapcount -= 1;
        old.drop();
      }
      Object.assign(pte, { folio: copy.get(), writable: true, dirty: true });
      copy.mapcount += 1;
      // Bytes of another process's copy have been checked when that was made.
      if (!source.anon) oracle.check(vma.inode.name, copy.start, copy.data, start, 'load');
      vma.content?.own(pte.index, copy.data);
    }),
  );
}
