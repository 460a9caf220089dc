/**
 * Taking ptes away: of a range of a mapping, or of one locked folio. Under `i_mmap_rwsem`, without `mmap_lock`.
 *
 * A dirty pte leaves its folio dirty; that is the only place where a folio gets dirty without its lock.
 */
import type { AddressSpace } from './address-space.ts';
import type { Folio } from './folio.ts';
import type { Proc } from './machine.ts';
import { noteOperation } from './observe-operations.ts';
import type { Pte, Vma } from './vma.ts';

/** `unmap_mapping_pages`: the ptes of pages first … last; those of pages that are a process's own only with `evenCows`. */
export function* unmapMappingPages(mapping: AddressSpace, first: number, last: number, evenCows: boolean): Proc {
  if (last < first) return;
  const { unmapMode } = mapping.sb.engine.rules;
  if (unmapMode === 'write') yield* mapping.iMmapRwsem.downWrite();
  else yield* mapping.iMmapRwsem.downRead();
  for (const vma of mapping.iMmap) {
    for (let index = Math.max(first, vma.pgoff); index <= last; index++) {
      const pte = vma.pte(index);
      if (pte === undefined) break;
      yield* zapPte(vma, pte, null, evenCows);
    }
  }
  if (unmapMode === 'write') yield* mapping.iMmapRwsem.upWrite();
  else yield* mapping.iMmapRwsem.upRead();
}

/** `unmap_mapping_folio`: the ptes of one folio, whose lock the caller holds. */
export function* unmapFolio(mapping: AddressSpace, folio: Folio): Proc {
  yield* forEachPte(mapping, folio.index, (vma, pte) => zapPte(vma, pte, folio));
}

/** `folio_mkclean`: write-protects all ptes of a locked folio, so that the next store faults; moves their dirty bits to it. */
export function* folioMkclean(mapping: AddressSpace, folio: Folio): Proc<boolean> {
  let cleaned = false;
  yield* forEachPte(mapping, folio.index, function* (vma, pte) {
    if ((yield* readPte(vma, pte)) !== folio) return;
    const { machine } = vma.mm.engine;
    const words = `write-protect ${pte.region.name}`;
    const did = yield* machine.access([], [pte.region, folio.state], words, () =>
      vma.mm.pteLock.around(() => {
        if (pte.folio !== folio || (!pte.writable && !pte.dirty)) return false;
        if (pte.dirty) markDirty(folio);
        pte.writable = false;
        pte.dirty = false;
        return true;
      }),
    );
    cleaned ||= did;
  });
  return cleaned;
}

/** Walks the ptes that may map a page of the file (`rmap_walk`). */
export function* forEachPte(mapping: AddressSpace, index: number, visit: (vma: Vma, pte: Pte) => Proc): Proc {
  yield* mapping.iMmapRwsem.downRead();
  for (const vma of mapping.iMmap) {
    const pte = vma.pte(index);
    if (pte !== undefined) yield* visit(vma, pte);
  }
  yield* mapping.iMmapRwsem.upRead();
}

/**
 * Takes one pte away, or the migration entry in its place; with `only`, just if it maps that folio; without `evenCows`, not if it maps a page
 * of the process's own.
 */
export function* zapPte(vma: Vma, pte: Pte, only: Folio | null, evenCows: boolean = true): Proc {
  const { machine } = vma.mm.engine;
  for (;;) {
    const entry = yield* machine.access([pte.region], [], `read ${pte.region.name}`, () => pte.folio ?? pte.migration);
    if (entry === null || (only !== null && entry !== only) || (entry.anon && !evenCows)) return;
    const zapped = yield* machine.access([entry.references], [pte.region, entry.state], `zap ${pte.region.name}`, () =>
      vma.mm.pteLock.around(() => zap(vma, pte, entry)),
    );
    // It may be back at another place, if its page has moved.
    if (zapped || only !== null) return;
  }
}

function zap(vma: Vma, pte: Pte, entry: Folio): boolean {
  if (pte.folio !== entry && pte.migration !== entry) return false;
  const present = pte.folio === entry;
  if (entry.anon) vma.content?.forget(pte.index);
  else if (present && pte.dirty) markDirty(entry);
  pte.folio = null;
  pte.migration = null;
  pte.writable = false;
  pte.dirty = false;
  pte.protnone = false;
  if (present) {
    entry.mapcount -= 1;
    entry.drop();
  }
  return true;
}

/** What the pte maps now. */
export function* readPte(vma: Vma, pte: Pte): Proc<Folio | null> {
  return yield* vma.mm.engine.machine.access([pte.region], [], `read ${pte.region.name}`, () => pte.folio);
}

/** `set_page_dirty`: in a step that writes the folio's state. Every block that holds data becomes dirty. */
export function markDirty(folio: Folio): void {
  noteOperation('dirty_folio', folio);
  folio.dirty = true;
  for (const buffer of folio.buffers) if (buffer.uptodate) buffer.dirty = true;
}
