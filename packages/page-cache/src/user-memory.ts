/**
 * Loads and stores of a program through a mapping: no kernel entry while the pte allows it, a fault when it does not. One that
 * looked the pte up and found it changed in the same moment tries again, so a load never sees a page that has been unmapped.
 */
import { pageFault } from './handle-mm-fault.ts';
import type { Proc } from './machine.ts';
import { type Tag, tagName } from './tag.ts';
import { readPte } from './unmap.ts';
import type { Vma } from './vma.ts';

/** The byte at `offset` of the file; null for SIGBUS. */
export function* userLoad(vma: Vma, offset: number): Proc<Tag | null> {
  const { oracle } = vma.mm.engine;
  const start = oracle.tick();
  for (;;) {
    const tag = yield* loadPresent(vma, offset);
    if (tag !== null) {
      checkLoad(vma, offset, tag, start);
      return tag;
    }
    if (!(yield* pageFault(vma, vma.mm.engine.pageOf(offset), false))) return null;
  }
}

/** A page of the process's own must be what the process made of it; every other one is the file's. */
function checkLoad({ content, inode, mm }: Vma, offset: number, tag: Tag, start: number): void {
  const { geometry, oracle } = mm.engine;
  const own = content?.page(Math.floor(offset / geometry.pageSize));
  if (own === undefined) oracle.check(inode.name, offset, [tag], start, 'load');
  else {
    const expected = own[offset % geometry.pageSize]!;
    if (tag === expected) return;
    const [saw, right] = [tagName(tag), tagName(expected)];
    const message = `byte ${offset} of the private mapping of ${mm.name} is ${saw}, expected ${right}`;
    oracle.add({ kind: 'lost-write', via: 'load', file: inode.name, offset, saw, message });
  }
}

/** The byte, when its page is present; null when a load would fault. */
export function* loadPresent(vma: Vma, offset: number): Proc<Tag | null> {
  const { machine, geometry } = vma.mm.engine;
  const pte = vma.pte(Math.floor(offset / geometry.pageSize));
  if (pte === undefined) return null;
  const folio = yield* readPte(vma, pte);
  if (folio === null) return null;
  return yield* machine.access([pte.region, folio.state], [], `load ${vma.inode.name}[${offset}]`, () =>
    pte.folio === folio && !vma.unlinked && !pte.protnone ? folio.data[offset % geometry.pageSize]! : null,
  );
}

/** Stores a byte; false for SIGBUS. */
export function* userStore(vma: Vma, offset: number, tag: Tag): Proc<boolean> {
  const { machine, geometry, oracle } = vma.mm.engine;
  const index = Math.floor(offset / geometry.pageSize);
  const pte = vma.pte(index);
  if (pte === undefined) return false;
  for (;;) {
    const folio = yield* readPte(vma, pte);
    const words = `store ${vma.inode.name}[${offset}]`;
    const stored =
      folio !== null &&
      (yield* machine.access([], [pte.region, folio.state], words, () => {
        if (pte.folio !== folio || !pte.writable || vma.unlinked) return false;
        folio.data[offset % geometry.pageSize] = tag;
        pte.dirty = true;
        if (vma.content !== null) vma.content.stored(index, offset % geometry.pageSize, tag);
        else oracle.stored(vma.inode.name, offset, tag, offset >= vma.inode.size);
        return true;
      }));
    if (stored) return true;
    if (!(yield* pageFault(vma, index, true))) return false;
  }
}
