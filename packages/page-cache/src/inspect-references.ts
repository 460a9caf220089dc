/** The references of folios when every task has ended: each is the cache's or a pte's, or somebody has forgotten to put it. */
import type { Engine } from './engine.ts';

export function inspectReferences(engine: Engine): void {
  for (const folio of engine.folios) {
    const expected = (folio.mapping === null ? 0 : 1) + folio.mapcount;
    if (folio.refcount === expected) continue;
    const { label, start: offset, refcount } = folio;
    const message = `${label} has ${refcount} references when nothing runs any more, ${expected} can be accounted for`;
    engine.oracle.add({ kind: 'leak', via: 'end', file: folio.inode.name, offset, saw: label, message });
  }
}
