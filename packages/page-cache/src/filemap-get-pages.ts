/**
 * `filemap_get_pages` and what it falls back on: find the folios of a read in the cache, or bring them there.
 *
 * Caller's duty: no invalidate_lock and no folio lock held. Where the rules say so, each of the two ways to fill a folio holds
 * invalidate_lock shared until the read I/O is over.
 */
import type { AddressSpace } from './address-space.ts';
import type { Errno } from './errno.ts';
import { Folio } from './folio.ts';
import {
  filemapInvalidateLockShared,
  filemapInvalidateTrylockShared,
  filemapInvalidateUnlockShared,
} from './invalidate-lock.ts';
import type { Kiocb } from './kiocb.ts';
import type { Proc } from './machine.ts';
import { pageCacheAsyncRa, pageCacheSyncRa } from './readahead.ts';

/** The folios of bytes [pos, pos + count), from the first on as far as they are uptodate; at least one, or an error. */
export function* filemapGetPages(kiocb: Kiocb, pos: number, count: number): Proc<Folio[] | Errno> {
  const { engine } = kiocb.inode.sb;
  const first = engine.pageOf(pos);
  const last = Math.min(engine.pageOf(pos + count - 1), kiocb.mapping.pages - 1);
  for (let round = 0; round < engine.patience; round++) {
    let folios = contiguous(yield* kiocb.mapping.lookupRange(first, last), first);
    if (folios.length === 0) {
      if (kiocb.noio) return 'EAGAIN';
      yield* pageCacheSyncRa(kiocb, first, last - first + 1);
      folios = contiguous(yield* kiocb.mapping.lookupRange(first, last), first);
    }
    if (folios.length === 0) {
      if (kiocb.nowait) return 'EAGAIN';
      const made = yield* filemapCreatePage(kiocb, first);
      if (made === 'AOP_TRUNCATED_PAGE') continue;
      return made instanceof Folio ? [made] : made;
    }
    if (folios.at(-1)!.readahead) yield* pageCacheAsyncRa(kiocb, folios.at(-1)!);
    const usable = yield* uptodatePrefix(kiocb, folios, pos, count);
    if (usable.length > 0) return usable;
    const error = yield* filemapUpdatePage(kiocb, folios[0]!, pos, count);
    if (error === 'AOP_TRUNCATED_PAGE') continue;
    return error ?? [folios[0]!];
  }
  return 'EINTR';
}

/** Folios from `first` on without a gap. */
function contiguous(folios: readonly Folio[], first: number): Folio[] {
  return folios.filter((folio, i) => folio.index === first + i);
}

function* uptodatePrefix(kiocb: Kiocb, folios: readonly Folio[], pos: number, count: number): Proc<Folio[]> {
  const usable: Folio[] = [];
  for (const folio of folios) {
    if (!(yield* rangeUptodate(kiocb.mapping, folio, pos, count))) break;
    usable.push(folio);
  }
  return usable;
}

/** Reads the uptodate bits, without the folio lock: of the whole folio, or of the blocks that are wanted. */
function* rangeUptodate(mapping: AddressSpace, folio: Folio, pos: number, count: number): Proc<boolean> {
  const { machine, geometry } = mapping.sb.engine;
  return yield* machine.access([folio.state], [], `uptodate ${folio.label}?`, () => {
    const from = Math.max(0, pos - folio.start);
    return folio.isPartiallyUptodate(from, Math.min(geometry.pageSize, pos + count - folio.start));
  });
}

/** A folio that is cached but not uptodate: waits for whoever fills it, or fills it. */
function* filemapUpdatePage(kiocb: Kiocb, folio: Folio, pos: number, count: number): Proc<Errno | null> {
  const { mapping } = kiocb;
  const { rules } = mapping.sb.engine;
  const locks = rules.readersTakeInvalidateLock && rules.dropAfterAdd !== 'all';
  if (locks) {
    if (!kiocb.nowait) yield* filemapInvalidateLockShared(mapping);
    else if (!(yield* filemapInvalidateTrylockShared(mapping))) return 'EAGAIN';
  }
  if (!(yield* folio.lock.tryAcquire())) {
    if (locks) yield* filemapInvalidateUnlockShared(mapping);
    if (kiocb.nowait || kiocb.noio) return 'EAGAIN';
    yield* waitOnFolioLocked(folio);
    return 'AOP_TRUNCATED_PAGE';
  }
  const error = yield* fillLocked(kiocb, folio, pos, count);
  if (locks) yield* filemapInvalidateUnlockShared(mapping);
  return error;
}

function* fillLocked(kiocb: Kiocb, folio: Folio, pos: number, count: number): Proc<Errno | null> {
  if (folio.mapping === null) {
    yield* folio.lock.release();
    return 'AOP_TRUNCATED_PAGE';
  }
  if (yield* rangeUptodate(kiocb.mapping, folio, pos, count)) {
    yield* folio.lock.release();
    return null;
  }
  if (kiocb.noio || kiocb.nowait) {
    yield* folio.lock.release();
    return 'EAGAIN';
  }
  return yield* filemapReadPage(kiocb.mapping, folio, pos, count);
}

/** Waits until the folio is unlocked, holding nothing; it may be anything afterwards. */
export function* waitOnFolioLocked(folio: Folio): Proc {
  yield* folio.lock.acquire();
  yield* folio.lock.release();
}

/** No folio after readahead has had its chance: adds one and fills it. */
function* filemapCreatePage(kiocb: Kiocb, index: number): Proc<Folio | Errno> {
  const { mapping } = kiocb;
  const { rules } = mapping.sb.engine;
  const folio = new Folio(mapping, index);
  if (rules.readersTakeInvalidateLock) yield* filemapInvalidateLockShared(mapping);
  yield* folio.lock.tryAcquire();
  let locked = rules.readersTakeInvalidateLock;
  let error: Errno | null = 'AOP_TRUNCATED_PAGE';
  if (yield* mapping.add(folio)) {
    if (locked && rules.dropAfterAdd !== 'never') {
      yield* filemapInvalidateUnlockShared(mapping);
      locked = false;
    }
    error = yield* filemapReadPage(mapping, folio, folio.start, folio.data.length);
  } else yield* folio.lock.release();
  if (locked) yield* filemapInvalidateUnlockShared(mapping);
  return error ?? folio;
}

/** Reads a locked folio; the I/O unlocks it. Waits for that. */
export function* filemapReadPage(mapping: AddressSpace, folio: Folio, pos: number, count: number): Proc<Errno | null> {
  const submitted = yield* mapping.host.fs.readFolio(folio);
  if (typeof submitted === 'string') return submitted;
  if (submitted !== null) yield* submitted.wait();
  return (yield* rangeUptodate(mapping, folio, pos, count)) ? null : 'EIO';
}
