/** I-DIO: when a direct write is over, the cache has nothing older of its range. Looks at what is cached now, as a reader would. */
import type { Inode, Proc } from '@lockdep/page-cache';
import { putFolios } from '@lockdep/page-cache';

/** Tells the oracle what is cached of bytes [pos, pos + count), after the write has been acknowledged. */
export function* checkDirectWrite(inode: Inode, pos: number, count: number): Proc {
  const { engine } = inode.sb;
  const folios = yield* inode.mapping.lookupRange(engine.pageOf(pos), engine.pageOf(pos + count - 1));
  for (const folio of folios) {
    yield* engine.machine.access([folio.state], [], `older than the direct write: ${folio.label}?`, () => {
      for (let i = 0; i < folio.data.length; i++) {
        const offset = folio.start + i;
        if (offset < pos || offset >= pos + count || !folio.isPartiallyUptodate(i, i + 1)) continue;
        engine.oracle.check(inode.name, offset, [folio.data[i]!], engine.oracle.tick(), 'folio');
      }
    });
  }
  yield* putFolios(folios);
}
