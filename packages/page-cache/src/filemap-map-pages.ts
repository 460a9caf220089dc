/**
 * `filemap_map_pages`: fault-around. Maps cached, uptodate folios near a fault without blocking: it only tries folio locks, never adds
 * a folio, and takes no invalidate_lock; the folio lock and a look at the mapping under it are enough.
 */
import { type Folio, putFolios } from './folio.ts';
import { finishFault } from './handle-mm-fault.ts';
import type { Proc } from './machine.ts';
import type { VmFault } from './vm-fault.ts';
import type { Vma } from './vma.ts';

/** True when the page of the fault itself is mapped now. */
export function* filemapMapPages(vmf: VmFault): Proc<boolean> {
  const { vma } = vmf;
  const folios = yield* vma.mapping.lookupRange(vma.pgoff, vma.pgoff + vma.ptes.length - 1);
  let done = false;
  const passed: Folio[] = [];
  for (const folio of folios) {
    const mapped = yield* mapOne(vma, folio);
    if (mapped === null) passed.push(folio);
    else if (mapped) done ||= folio.index === vmf.index;
  }
  yield* putFolios(passed);
  return done;
}

/** Null: passed by, and not put. */
function* mapOne(vma: Vma, folio: Folio): Proc<boolean | null> {
  const { machine, geometry } = vma.mm.engine;
  const isUptodate = yield* machine.access([folio.state], [], `uptodate ${folio.label}?`, () => folio.uptodate);
  if (!isUptodate || folio.readahead) return null;
  if (!(yield* folio.lock.tryAcquire())) return null;
  let mapped = false;
  const size = yield* vma.inode.sizeRead();
  if (folio.mapping === vma.mapping && folio.index < Math.ceil(size / geometry.pageSize)) {
    mapped = yield* finishFault(vma, vma.pte(folio.index)!, folio, false);
  }
  yield* folio.unlockAndPut();
  return mapped;
}
