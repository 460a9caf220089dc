/**
 * `filemap_get_pages` and what it falls back on: find the folios of a read in the cache, or bring them there.
 *
 * Caller's duty: no invalidate_lock and no folio lock held, and to put the folios it gets. Where the rules say so, each of the two ways
 * to fill a folio holds invalidate_lock shared until the read I/O is over.
 */
import { Completion } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';
import { allocPages } from './alloc-pages.ts';
import type { Errno } from './errno.ts';
import { Folio, putFolios } from './folio.ts';
import {
  filemapInvalidateLockSharedKillable,
  filemapInvalidateTrylockShared,
  filemapInvalidateUnlockShared,
} from './invalidate-lock.ts';
import type { Kiocb } from './kiocb.ts';
import type { Proc } from './machine.ts';
import { pageCacheAsyncRa, pageCacheSyncRa } from './readahead.ts';

/** The folios of bytes [pos, pos + count), from the first on as far as they can be had; at least one, or an error. */
export function* filemapGetPages(kiocb: Kiocb, pos: number, count: number): Proc<Folio[] | Errno> {
  const { engine } = kiocb.inode.sb;
  const first = engine.pageOf(pos);
  const last = Math.min(engine.pageOf(pos + count - 1), kiocb.mapping.pages - 1);
  for (let round = 0; round < engine.patience; round++) {
    if (yield* engine.signals.pending()) return 'EINTR';
    let batch = yield* filemapGetReadBatch(kiocb, first, last, pos, count);
    if (batch === null) {
      if (kiocb.noio) return 'EAGAIN';
      yield* pageCacheSyncRa(kiocb, first, last - first + 1);
      batch = yield* filemapGetReadBatch(kiocb, first, last, pos, count);
    }
    if (batch === null) {
      if (kiocb.nowait || kiocb.waitq) return 'EAGAIN';
      const made = yield* filemapCreatePage(kiocb, first);
      if (made === 'AOP_TRUNCATED_PAGE') continue;
      return made instanceof Folio ? [made] : made;
    }
    const error = yield* completeBatch(kiocb, batch, pos, count);
    if (batch.folios.length > 0) return batch.folios;
    if (error !== 'AOP_TRUNCATED_PAGE') return error ?? 'EAGAIN';
  }
  return 'EINTR';
}

/** Folios without a gap; all but the last are uptodate, and have no mark of readahead. */
interface ReadBatch {
  readonly folios: Folio[];
  readonly uptodate: boolean;
  readonly marked: boolean;
}

/** `filemap_get_read_batch`: up to the first folio that needs something to be done; null when there is none at all. */
function* filemapGetReadBatch(
  kiocb: Kiocb,
  first: number,
  last: number,
  pos: number,
  count: number,
): Proc<ReadBatch | null> {
  const found = yield* kiocb.mapping.lookupRange(first, last);
  const folios: Folio[] = [];
  let [uptodate, marked] = [true, false];
  for (const folio of found) {
    if (folio.index !== first + folios.length || !uptodate || marked) break;
    folios.push(folio);
    uptodate = yield* rangeUptodate(kiocb.mapping, folio, pos, count);
    marked = folio.readahead;
  }
  yield* putFolios(found.slice(folios.length));
  return folios.length === 0 ? null : { folios, uptodate, marked };
}

/** Does what the last folio of the batch needs; takes it out of the batch if that fails. */
function* completeBatch(kiocb: Kiocb, batch: ReadBatch, pos: number, count: number): Proc<Errno | null> {
  const { folios, uptodate, marked } = batch;
  const last = folios.at(-1)!;
  if (marked) {
    if (kiocb.noio) {
      folios.pop();
      yield* last.put();
      return 'EAGAIN';
    }
    yield* pageCacheAsyncRa(kiocb, last);
  }
  if (uptodate) return null;
  // What there is already can be returned now, so there is nothing to be called back for.
  if (kiocb.waitq && folios.length > 1) kiocb.nowait = true;
  const error = yield* filemapUpdatePage(kiocb, last, pos, count);
  if (error !== null) folios.pop();
  return error;
}

/** Reads the uptodate bits, without the folio lock: of the whole folio, or of the blocks that are wanted. */
function* rangeUptodate(mapping: AddressSpace, folio: Folio, pos: number, count: number): Proc<boolean> {
  const { machine, geometry } = mapping.sb.engine;
  return yield* machine.access([folio.state], [], `uptodate ${folio.label}?`, () => {
    const from = Math.max(0, pos - folio.start);
    return folio.isPartiallyUptodate(from, Math.min(geometry.pageSize, pos + count - folio.start));
  });
}

/** A folio that is cached but not uptodate: waits for whoever fills it, or fills it. Puts it unless that works. */
function* filemapUpdatePage(kiocb: Kiocb, folio: Folio, pos: number, count: number): Proc<Errno | null> {
  const { mapping } = kiocb;
  const { rules } = mapping.sb.engine;
  const locks = rules.readersTakeInvalidateLock && rules.dropAfterAdd !== 'all';
  if (locks) {
    if (!kiocb.nowait) {
      if (!(yield* filemapInvalidateLockSharedKillable(mapping))) {
        yield* folio.put();
        return 'EINTR';
      }
    } else if (!(yield* filemapInvalidateTrylockShared(mapping))) {
      yield* folio.put();
      return 'EAGAIN';
    }
  }
  const locked = (yield* folio.lock.tryAcquire()) || (kiocb.waitq && !kiocb.nowait && (yield* lockAsync(kiocb, folio)));
  if (!locked) {
    if (locks) yield* filemapInvalidateUnlockShared(mapping);
    yield* folio.put();
    if (kiocb.nowait || kiocb.noio) return 'EAGAIN';
    if (kiocb.waitq) return 'EIOCBQUEUED';
    yield* waitOnFolioLocked(folio);
    return 'AOP_TRUNCATED_PAGE';
  }
  const error = yield* fillLocked(kiocb, folio, pos, count);
  if (locks) yield* filemapInvalidateUnlockShared(mapping);
  if (error !== null) yield* folio.put();
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
  if (kiocb.noio || kiocb.nowait || kiocb.waitq) {
    yield* folio.lock.release();
    return 'EAGAIN';
  }
  return yield* filemapReadPage(kiocb.mapping, folio, pos, count);
}

/** Waits until the folio is unlocked, holding nothing, not even a reference; it may be anything afterwards. */
export function* waitOnFolioLocked(folio: Folio): Proc {
  yield* folio.lock.acquire();
  yield* folio.lock.release();
}

/** `__folio_lock_async`: the lock, or a promise to be told when it is free ({@link Kiocb.queued}). */
function* lockAsync(kiocb: Kiocb, folio: Folio): Proc<boolean> {
  if (yield* folio.lock.tryAcquire()) return true;
  const { engine, classes } = folio.sb;
  const queued = new Completion({ key: classes.writeback, label: `unlock of ${folio.label}`, validator: null });
  kiocb.queued = queued;
  yield* engine.machine.start(`wake for ${folio.label}`, function* () {
    yield* waitOnFolioLocked(folio);
    yield* queued.completeAll();
  });
  return false;
}

/** No folio after readahead has had its chance: adds one and fills it. */
function* filemapCreatePage(kiocb: Kiocb, index: number): Proc<Folio | Errno> {
  const { mapping } = kiocb;
  const { rules } = mapping.sb.engine;
  yield* allocPages(mapping.sb.engine, mapping.gfpMask);
  if (yield* mapping.sb.engine.faults.fails('allocation', `page ${index} of ${mapping.host.name}`)) return 'ENOMEM';
  const folio = new Folio(mapping, index);
  if (rules.readersTakeInvalidateLock && !(yield* filemapInvalidateLockSharedKillable(mapping))) {
    yield* folio.put();
    return 'EINTR';
  }
  // Nodes of i_pages.
  yield* allocPages(mapping.sb.engine, mapping.gfpMask);
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
  if (error === null) return folio;
  yield* folio.put();
  return error;
}

/** Reads a locked folio; the I/O unlocks it. Waits for that. */
export function* filemapReadPage(mapping: AddressSpace, folio: Folio, pos: number, count: number): Proc<Errno | null> {
  const submitted = yield* mapping.host.fs.readFolio(folio);
  if (typeof submitted === 'string') return submitted;
  if (submitted !== null) yield* submitted.wait();
  return (yield* rangeUptodate(mapping, folio, pos, count)) ? null : 'EIO';
}
