/**
 * `fork`: a process gets a copy of another one's address space. What the child has not got in its page table it can fault in; but the pages
 * that the parent has of its own it can find nowhere else, so both map them, write-protected, and whoever stores first copies.
 */
import type { Proc } from './machine.ts';
import { Mm } from './mm.ts';
import { noteOperation } from './observe-operations.ts';
import type { Pte, Vma } from './vma.ts';
import { mmapWriteUnlock, vmaStartWrite } from './vma-lock.ts';

/** Subclass of the child's mmap_lock: nobody can reach the child yet. */
const CHILD = 1;

/** Source: `kernel/fork.c: dup_mmap` (v5.15). The child's mappings are in the order of the parent's. */
export function* fork(parent: Mm, name: string): Proc<Mm> {
  const child = new Mm(parent.engine, name);
  yield* parent.mmapLock.downWrite();
  yield* child.mmapLock.downWrite({ subclass: CHILD });
  for (const vma of parent.vmas) {
    yield* vmaStartWrite(vma);
    const { mapping } = vma;
    const copy = vma.like(child);
    yield* mapping.iMmapRwsem.downWrite();
    // Right behind the parent's: whoever walks the list to take ptes away meets the parent's first.
    mapping.iMmap.splice(mapping.iMmap.indexOf(vma) + 1, 0, copy);
    yield* mapping.iMmapRwsem.upWrite();
    for (const [i, pte] of vma.ptes.entries()) yield* copyPte(vma, pte, copy, copy.ptes[i]!);
    noteOperation('open', copy);
    child.vmas.push(copy);
  }
  yield* child.mmapLock.upWrite();
  yield* mmapWriteUnlock(parent);
  return child;
}

/** A present entry is copied with a reference, clean: its dirty bit stays with the parent. A migrating one is left to a fault. */
function* copyPte(vma: Vma, from: Pte, copy: Vma, to: Pte): Proc {
  const { machine, rules } = vma.mm.engine;
  const protects = !vma.shared && rules.bugs['fork.writeProtects'] !== false;
  for (;;) {
    const folio = yield* machine.access([from.region], [], `read ${from.region.name}`, () => from.folio);
    if (folio === null) return;
    const regions = [from.region, to.region, folio.state, folio.references];
    const copied = yield* machine.access([], regions, `copy ${from.region.name}`, () =>
      copy.mm.pteLock.around(() =>
        vma.mm.pteLock.aroundNested(() => {
          if (from.folio !== folio) return false;
          to.folio = folio.get();
          if (protects) from.writable = false;
          to.writable = from.writable;
          to.dirty = false;
          to.protnone = from.protnone;
          const own = vma.content?.page(from.index);
          if (own !== undefined) copy.content?.own(to.index, own);
          folio.mapcount += 1;
          return true;
        }),
      ),
    );
    if (copied) return;
  }
}
