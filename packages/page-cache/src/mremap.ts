/**
 * `mremap` of a whole mapping: its page tables move to another place, or it shrinks. The user's pointers are {@link Vma} objects here, so
 * the mapping that is answered is the new place; loads and stores through the old one end in a signal.
 */
import type { Proc } from './machine.ts';
import { zapPte } from './unmap.ts';
import type { Pte, Vma } from './vma.ts';
import { mmapWriteUnlock, vmaStartWrite } from './vma-lock.ts';

/**
 * Moves the mapping, with what its ptes map, and cuts it to, or grows it to, `pages`. Under i_mmap_rwsem, so that truncate, which walks
 * one place and then the other, misses no page (`need_rmap_locks`).
 *
 * Source: `mm/mremap.c: move_vma`, `move_page_tables` (v5.15).
 */
export function* mremap(vma: Vma, pages: number = vma.ptes.length): Proc<Vma> {
  const { mm, mapping } = vma;
  const moved = vma.like(mm, pages);
  yield* mm.mmapLock.downWrite();
  yield* vmaStartWrite(vma);
  yield* mapping.iMmapRwsem.downWrite();
  mapping.iMmap.push(moved);
  yield* vma.unlink();
  for (const [i, pte] of vma.ptes.slice(0, pages).entries()) yield* movePte(vma, pte, moved, moved.ptes[i]!);
  mapping.iMmap.splice(mapping.iMmap.indexOf(vma), 1);
  yield* mapping.iMmapRwsem.upWrite();
  for (const pte of vma.ptes) yield* zapPte(vma, pte, null);
  mm.vmas.splice(mm.vmas.indexOf(vma), 1, moved);
  yield* mmapWriteUnlock(mm);
  return moved;
}

/** One entry, present or migrating, with its bits; in one step under the pte lock. */
function* movePte(vma: Vma, from: Pte, moved: Vma, to: Pte): Proc {
  const { machine } = vma.mm.engine;
  yield* machine.access([], [from.region, to.region], `move ${from.region.name}`, () =>
    vma.mm.pteLock.around(() => {
      const { folio, migration, writable, dirty, protnone } = from;
      Object.assign(to, { folio, migration, writable, dirty, protnone });
      Object.assign(from, { folio: null, migration: null, writable: false, dirty: false, protnone: false });
      const own = vma.content?.page(from.index);
      if (own !== undefined) moved.content?.own(to.index, own);
      vma.content?.forget(from.index);
    }),
  );
}
