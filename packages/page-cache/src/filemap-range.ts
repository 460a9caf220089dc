/** Questions about a range of the cache that a NOWAIT direct I/O asks instead of waiting; the answer may be old when it comes. */
import type { AddressSpace } from './address-space.ts';
import { type Folio, putFolios } from './folio.ts';
import type { Proc } from './machine.ts';

/** Whether anything of pages first … last is cached. Source: `mm/filemap.c: filemap_range_has_page`. */
export function* filemapRangeHasPage(mapping: AddressSpace, first: number, last: number): Proc<boolean> {
  const folios = yield* mapping.lookupRange(first, last);
  yield* putFolios(folios);
  return folios.length > 0;
}

/** Whether something of it is dirty or on its way to disk. Source: `mm/filemap.c: filemap_range_needs_writeback`. */
export function* filemapRangeNeedsWriteback(mapping: AddressSpace, first: number, last: number): Proc<boolean> {
  const folios = yield* mapping.lookupRange(first, last);
  let needs = false;
  for (const folio of folios) needs ||= yield* isDirtyOrWriteback(folio);
  yield* putFolios(folios);
  return needs;
}

function* isDirtyOrWriteback(folio: Folio): Proc<boolean> {
  const { machine } = folio.sb.engine;
  const words = `dirty ${folio.label}?`;
  return yield* machine.access(
    [folio.state],
    [],
    words,
    () => folio.dirty || folio.cleaning || folio.writeback !== null,
  );
}
