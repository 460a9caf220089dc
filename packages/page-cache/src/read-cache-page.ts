/**
 * `read_cache_page`: a folio, uptodate, for code inside the kernel (dedupe compares with it).
 *
 * Duty of the caller: invalidate_lock held, in any mode; asserted where the file system is converted. It is not taken here, since
 * callers hold it exclusively.
 */
import type { AddressSpace } from './address-space.ts';
import type { Errno } from './errno.ts';
import { filemapReadPage } from './filemap-get-pages.ts';
import type { Folio } from './folio.ts';
import { grabFolio } from './grab-folio.ts';
import type { Proc } from './machine.ts';

export function* readCachePage(mapping: AddressSpace, index: number): Proc<Folio | Errno> {
  const { engine } = mapping.sb;
  if (mapping.host.fs.assertsInvalidateLock()) engine.assertHeld(mapping.invalidateLock);
  for (;;) {
    const folio = yield* grabFolio(mapping, index);
    const words = `uptodate ${folio.label}?`;
    if (yield* engine.machine.access([folio.state], [], words, () => folio.uptodate)) {
      yield* folio.lock.release();
      return folio;
    }
    const error = yield* filemapReadPage(mapping, folio, folio.start, folio.data.length);
    if (error !== null && error !== 'AOP_TRUNCATED_PAGE') return error;
  }
}
