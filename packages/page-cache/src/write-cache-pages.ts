/**
 * `write_cache_pages`: writes the dirty folios of a mapping. Each is locked, write-protected, cleaned, marked as under writeback and
 * unlocked before its I/O is submitted; the completion ends the writeback and takes no folio lock.
 */
import type { Completion } from '@lockdep/locks';
import { type Folio, putFolios } from './folio.ts';
import { immediate } from './immediate.ts';
import type { Inode } from './inode.ts';
import type { Act, Proc } from './machine.ts';
import { ZERO } from './tag.ts';
import { folioMkclean, markDirty } from './unmap.ts';
import { waitOnFolioWriteback } from './wait-writeback.ts';

/** What is done about a page whose writeback is under way: it is waited for, or left alone (`WB_SYNC_ALL`, `WB_SYNC_NONE`). */
export type SyncMode = 'all' | 'none';

/** Submits everything dirty in pages first … last; answers the ends of these writebacks, and (of `all`) of those under way already. */
export function* writeCachePages(
  inode: Inode,
  first: number,
  last: number,
  sync: SyncMode = 'all',
): Proc<Completion[]> {
  const ends: Completion[] = [];
  const folios: Folio[] = [];
  for (const folio of yield* inode.mapping.lookupRange(first, last)) {
    const { dirty, writeback } = yield* readTags(folio);
    if (dirty) folios.push(folio);
    else {
      if (writeback !== null && sync === 'all') ends.push(writeback);
      yield* folio.put();
    }
  }
  if (folios.length === 0) return ends;
  ends.push(...(yield* inode.fs.writepages(inode, folios, sync)));
  yield* putFolios(folios);
  return ends;
}

/** The tags of a folio in `i_pages`, without its lock: a clean folio is not locked at all. */
function* readTags(folio: Folio): Proc<{ readonly dirty: boolean; readonly writeback: Completion | null }> {
  const { machine } = folio.sb.engine;
  return yield* machine.access([folio.state], [], `dirty ${folio.label}?`, () => ({
    dirty: folio.dirty || folio.cleaning,
    writeback: folio.writeback,
  }));
}

/** `filemap_write_and_wait_range` */
export function* filemapWriteAndWait(inode: Inode, first: number = 0, last: number = inode.mapping.pages - 1): Proc {
  for (const end of yield* writeCachePages(inode, first, last)) yield* end.wait();
}

/**
 * Locks a folio and makes it ready for I/O: true when it is dirty, now clean and write-protected, still locked. False: nothing to
 * do, or not now (`sync`, and `mayWrite`, asked when no writeback is under way), and it is unlocked.
 */
export function* lockForWriteback(
  inode: Inode,
  folio: Folio,
  sync: SyncMode = 'all',
  mayWrite: () => Act<boolean> = () => immediate(true),
): Proc<boolean> {
  yield* folio.lock.acquire();
  if (folio.mapping === inode.mapping && (sync === 'all' || !(yield* isUnderWriteback(folio)))) {
    if (sync === 'all') yield* waitOnFolioWriteback(folio);
    if ((yield* mayWrite()) && (yield* clearDirtyForIo(inode, folio))) return true;
  }
  yield* folio.lock.release();
  return false;
}

function* isUnderWriteback(folio: Folio): Proc<boolean> {
  const words = `writeback ${folio.label}?`;
  return yield* folio.sb.engine.machine.access([folio.state], [], words, () => folio.writeback !== null);
}

/** `folio_clear_dirty_for_io`: write-protects first, so that a store after this makes the folio dirty again. */
function* clearDirtyForIo(inode: Inode, folio: Folio): Proc<boolean> {
  const { machine } = folio.sb.engine;
  const state = yield* machine.access([folio.state], [], `dirty ${folio.label}?`, () => ({
    dirty: folio.dirty,
    mapped: folio.mapcount > 0,
  }));
  if (!state.dirty) return false;
  if (state.mapped) yield* folioMkclean(inode.mapping, folio);
  return yield* machine.access([], [folio.state], `clean ${folio.label}`, () => {
    const { dirty } = folio;
    folio.dirty = false;
    folio.cleaning = dirty;
    return dirty;
  });
}

/** There was nothing to write after all: takes the tag away from a folio that {@link lockForWriteback} has locked, and unlocks it. */
export function* cancelWriteback(folio: Folio): Proc {
  const { machine } = folio.sb.engine;
  yield* machine.access([], [folio.state], `nothing to write of ${folio.label}`, () => {
    folio.cleaning = false;
  });
  yield* folio.lock.release();
}

/** Sets PG_writeback on a locked folio. */
export function* startWriteback(folio: Folio): Proc<Completion> {
  const { machine } = folio.sb.engine;
  return yield* machine.access([], [folio.state], `writeback ${folio.label}`, () => {
    folio.cleaning = false;
    return folio.get().startWriteback();
  });
}

/** `folio_end_writeback`, in interrupt context or by a worker: the tag in i_pages goes under `xa_lock`; waiters wake. */
export function* endWriteback(folio: Folio, context: 'irq' | 'worker' = 'irq'): Proc {
  const { machine } = folio.sb.engine;
  const end = folio.writeback!;
  yield* machine.access([folio.references], [folio.state], `end of writeback ${folio.label}`, () => {
    const xaLock = folio.mapping?.xaLock;
    if (context === 'irq') xaLock?.around(() => {});
    else xaLock?.aroundIrq(() => {});
    folio.writeback = null;
    folio.reclaim = false;
    folio.drop();
  });
  yield* end.completeAll();
}

/** Makes blocks of a locked folio dirty, by their index in the file; what they do not hold yet is zeroes (`folio_zero_new_buffers`). */
export function* dirtyBlocks(folio: Folio, indexes: readonly number[]): Proc {
  const { machine, geometry } = folio.sb.engine;
  const { blockSize } = geometry;
  const first = folio.start / blockSize;
  yield* machine.access([], [folio.state], `zero new blocks of ${folio.label}`, () => {
    for (const index of indexes) {
      const buffer = folio.buffers[index - first]!;
      if (!buffer.uptodate) folio.data.fill(ZERO, (index - first) * blockSize, (index - first + 1) * blockSize);
      buffer.uptodate = true;
      buffer.dirty = true;
      buffer.discarded = false;
    }
    folio.dirty = true;
  });
}

/** Makes a folio dirty, under its lock and with blocks for all of it. */
export function* dirtyFolio(folio: Folio): Proc {
  yield* folio.sb.engine.machine.access([], [folio.state], `dirty ${folio.label}`, () => {
    for (const buffer of folio.buffers) buffer.discarded = false;
    markDirty(folio);
  });
}
