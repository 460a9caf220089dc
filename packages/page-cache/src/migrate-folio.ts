/**
 * Migration: a page moves to another folio, its users none the wiser. Its ptes become migration entries, which faults wait for; its slot
 * in `i_pages` is replaced under `xa_lock` while the count is frozen; then it is copied, and the ptes come back.
 *
 * Invariant: it takes no invalidate_lock, so it relies on the folio lock of both folios and on the count: whoever has found the old folio
 * keeps it where it is. A batch never waits while it holds folio locks; what could not be had is done one by one.
 */
import type { AddressSpace } from './address-space.ts';
import { allocPages } from './alloc-pages.ts';
import { Folio } from './folio.ts';
import { GFP_KERNEL } from './gfp.ts';
import { tryLockFolioAt } from './grab-folio.ts';
import type { Proc } from './machine.ts';
import { noteOperation } from './observe-operations.ts';
import { forEachPte, markDirty, readPte } from './unmap.ts';
import type { Pte, Vma } from './vma.ts';
import { waitOnFolioWriteback } from './wait-writeback.ts';

/** `async`: waits for nothing; `sync-light`: for folio locks; `sync`: for writeback too. Source: `include/linux/migrate_mode.h`. */
export type MigrateMode = 'async' | 'sync-light' | 'sync';

/** A folio that can move: locked, not under writeback, with entries where it was mapped. */
interface Ready {
  readonly folio: Folio;
  readonly mapped: boolean;
}

/** Moves one page; false when it had to stay. Source: `mm/migrate.c: unmap_and_move`. */
export function* migrateFolio(mapping: AddressSpace, index: number, mode: MigrateMode = 'sync'): Proc<boolean> {
  yield* allocPages(mapping.sb.engine, GFP_KERNEL);
  const ready = yield* lockAndUnmap(mapping, index, mode);
  return ready !== null && (yield* move(mapping, ready));
}

/** Moves pages first … last; answers how many. Source: `mm/migrate.c: migrate_pages`. */
export function* migratePages(
  mapping: AddressSpace,
  first: number,
  last: number,
  mode: MigrateMode = 'sync',
): Proc<number> {
  const { engine } = mapping.sb;
  const inBatch = engine.rules.bugs['migrate.batchWaits'] === true ? mode : 'async';
  const batch: Ready[] = [];
  const rest: number[] = [];
  // For the whole batch, before any folio is locked.
  yield* allocPages(engine, GFP_KERNEL);
  for (let index = first; index <= last; index++) {
    const ready = yield* lockAndUnmap(mapping, index, inBatch);
    if (ready !== null) batch.push(ready);
    else rest.push(index);
  }
  let moved = 0;
  for (const ready of batch) if (yield* move(mapping, ready)) moved++;
  if (mode === 'async') return moved;
  for (const index of rest) if (yield* migrateFolio(mapping, index, mode)) moved++;
  return moved;
}

/** `migrate_folio_unmap`: null when it is not to be had. */
function* lockAndUnmap(mapping: AddressSpace, index: number, mode: MigrateMode): Proc<Ready | null> {
  const folio = yield* lockFor(mapping, index, mode);
  if (folio === null) return null;
  const { machine } = folio.sb.engine;
  if (mode === 'sync') yield* waitOnFolioWriteback(folio);
  const { busy, mapped } = yield* machine.access([folio.state], [], `migrate ${folio.label}?`, () => ({
    busy: folio.writeback !== null,
    mapped: folio.mapcount > 0,
  }));
  if (folio.mapping !== mapping || busy) {
    yield* folio.unlockAndPut();
    return null;
  }
  if (mapped) yield* forEachPte(mapping, index, (vma, pte) => setEntry(vma, pte, folio));
  return { folio, mapped };
}

/** A task that reclaims only tries: it may hold the lock of another folio that the owner of this one waits for. */
function* lockFor(mapping: AddressSpace, index: number, mode: MigrateMode): Proc<Folio | null> {
  if (mode === 'async' || mapping.sb.engine.memory.reclaiming) return yield* tryLockFolioAt(mapping, index);
  const folio = yield* mapping.lookup(index);
  if (folio !== null) yield* folio.lock.acquire();
  return folio;
}

/** `move_to_new_folio` and `remove_migration_ptes`; unlocks and puts. Nobody else knows the new folio, and who finds it waits for its lock. */
function* move(mapping: AddressSpace, { folio, mapped }: Ready): Proc<boolean> {
  const target = new Folio(mapping, folio.index);
  yield* target.lock.tryAcquire();
  noteOperation('migrate_folio', folio);
  const moved = yield* mapping.host.fs.replaceFolio(folio, target);
  const now = moved ? target : folio;
  if (mapped) yield* forEachPte(mapping, folio.index, (vma, pte) => removeEntry(vma, pte, folio, now));
  yield* target.unlockAndPut();
  yield* folio.unlockAndPut();
  return moved;
}

/** `try_to_migrate_one`: whether it was writable is kept, a dirty bit goes to the folio. */
function* setEntry(vma: Vma, pte: Pte, folio: Folio): Proc {
  if ((yield* readPte(vma, pte)) !== folio) return;
  const { machine } = vma.mm.engine;
  const words = `migration entry in ${pte.region.name}`;
  yield* machine.access([folio.references], [pte.region, folio.state], words, () =>
    vma.mm.pteLock.around(() => {
      if (pte.folio !== folio) return;
      if (pte.dirty) markDirty(folio);
      pte.folio = null;
      pte.dirty = false;
      pte.migration = folio;
      folio.mapcount -= 1;
      folio.drop();
    }),
  );
}

/** `remove_migration_pte`: the pte maps the page at its new place, or at its old one. */
function* removeEntry(vma: Vma, pte: Pte, from: Folio, to: Folio): Proc {
  const { machine } = vma.mm.engine;
  const words = `no migration entry in ${pte.region.name}`;
  yield* machine.access([], [pte.region, to.state], words, () =>
    vma.mm.pteLock.around(() => {
      if (pte.migration !== from) return;
      pte.migration = null;
      pte.folio = to.get();
      to.mapcount += 1;
    }),
  );
}
