/**
 * `read_cache_page`: a folio, uptodate, with a reference, for code inside the kernel (dedupe compares with it).
 *
 * Duty of the caller: invalidate_lock held, in any mode; asserted where the file system is converted. It is not taken here, since
 * callers hold it exclusively.
 */
import type { AddressSpace } from './address-space.ts';
import { assertInvalidateLock } from './assert-invalidate-lock.ts';
import type { Errno } from './errno.ts';
import { filemapReadPage } from './filemap-get-pages.ts';
import type { Folio } from './folio.ts';
import { grabFolio } from './grab-folio.ts';
import type { Proc } from './machine.ts';

/**
 * The folio at a page index, uptodate, unlocked and with a reference, or the error of its read. Source: `mm/filemap.c: read_cache_page`.
 */
export function* readCachePage(mapping: AddressSpace, index: number): Proc<Folio | Errno> {
  if (mapping.host.fs.assertsInvalidateLock()) assertInvalidateLock(mapping, false);
  for (;;) {
    const cached = yield* mapping.lookup(index);
    if (cached !== null && (yield* isUptodate(cached))) return cached;
    if (cached !== null) yield* cached.put();
    const folio = yield* grabFolio(mapping, index);
    if (folio === null) return 'ENOMEM';
    if (yield* isUptodate(folio)) {
      yield* folio.lock.release();
      return folio;
    }
    const error = yield* filemapReadPage(mapping, folio, folio.start, folio.data.length);
    if (error === null) return folio;
    yield* folio.put();
    if (error !== 'AOP_TRUNCATED_PAGE') return error;
  }
}

function* isUptodate(folio: Folio): Proc<boolean> {
  const { machine } = folio.sb.engine;
  return yield* machine.access([folio.state], [], `uptodate ${folio.label}?`, () => folio.uptodate);
}
