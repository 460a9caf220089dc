/**
 * The cached pages of one inode: `i_pages`, `invalidate_lock`, and the mappings into user memory under `i_mmap_rwsem`.
 *
 * Invariants: whoever finds a folio gets a reference to it, and has to put it; a slot of `i_pages` changes only with the folio locked and in one step under `xa_lock`; lookups take no lock.
 * Each slot is a region of its own, so operations on different pages are independent.
 */
import { RwSemaphore } from '@lockdep/locks';
import { AnnotatedLock } from './annotated-lock.ts';
import type { Folio } from './folio.ts';
import type { GfpFlags } from './gfp.ts';
import type { Inode } from './inode.ts';
import { KillableRwsem } from './killable-rwsem.ts';
import { mmClasses } from './lock-classes.ts';
import type { Proc, Region } from './machine.ts';
import type { SuperBlock } from './super-block.ts';
import type { Vma } from './vma.ts';
import { WritebackError } from './writeback-error.ts';

/** The page cache of one inode, one slot per page. Source: `include/linux/fs.h: struct address_space`. */
export class AddressSpace {
  readonly host: Inode;
  readonly sb: SuperBlock;
  readonly invalidateLock: KillableRwsem;
  readonly iMmapRwsem: RwSemaphore;
  readonly xaLock: AnnotatedLock;
  readonly wbErr: WritebackError;
  /** What allocations of its folios may do (`mapping_gfp_mask`). */
  readonly gfpMask: GfpFlags;
  /** Mappings into user memory, under `i_mmap_rwsem`. */
  readonly iMmap: Vma[] = [];
  readonly #slots: readonly Region[];
  readonly #pages: (Folio | null)[];

  constructor(host: Inode) {
    const { sb, name } = host;
    const { engine, classes } = sb;
    const { machine, validator } = engine;
    this.host = host;
    this.sb = sb;
    this.gfpMask = host.fs.gfpMask;
    this.invalidateLock = new KillableRwsem(engine, name, {
      key: classes.invalidateLock,
      label: `invalidate_lock(${name})`,
    });
    this.wbErr = new WritebackError(machine, name);
    this.iMmapRwsem = new RwSemaphore({ key: mmClasses.iMmapRwsem, label: `i_mmap_rwsem(${name})`, validator });
    this.xaLock = new AnnotatedLock(machine, validator, mmClasses.xaLock, `xa_lock(${name})`);
    const { filePages } = engine.geometry;
    this.#slots = Array.from({ length: filePages }, (_, i) => machine.region(`${name}.i_pages[${i}]`));
    this.#pages = new Array<Folio | null>(filePages).fill(null);
  }

  /** The folio at `index`, without any lock (RCU): it may be locked, not uptodate, and out of the cache in the next step. */
  *lookup(index: number): Proc<Folio | null> {
    const slot = this.#slots[index];
    if (slot === undefined) return null;
    return yield* this.sb.engine.machine.access(
      [slot],
      [],
      `look up ${slot.name}`,
      () => this.#pages[index]?.get() ?? null,
    );
  }

  /** Folios at first … last, where there are any. */
  *lookupRange(first: number, last: number): Proc<Folio[]> {
    const slots = this.#slots.slice(first, last + 1);
    const words =
      slots.length === 1 ? `look up ${slots[0]!.name}` : `look up ${this.host.name}.i_pages[${first}..${last}]`;
    return yield* this.sb.engine.machine.access(slots, [], words, () =>
      this.#pages.slice(first, last + 1).flatMap((folio) => folio?.get() ?? []),
    );
  }

  /** Adds a folio that the caller has locked; false when there is one already (`EEXIST`). */
  *add(folio: Folio): Proc<boolean> {
    const slot = this.#slots[folio.index]!;
    return yield* this.sb.engine.machine.access([], [slot], `add ${folio.label}`, () =>
      this.xaLock.aroundIrq(() => {
        if (this.#pages[folio.index] !== null) return false;
        this.place(folio);
        return true;
      }),
    );
  }

  /** Takes a locked folio out of the cache. */
  *remove(folio: Folio): Proc {
    const slot = this.#slots[folio.index]!;
    yield* this.sb.engine.machine.access([], [slot], `remove ${folio.label}`, () =>
      this.xaLock.aroundIrq(() => this.#removeNow(folio)),
    );
  }

  /**
   * `__remove_mapping`: takes a locked folio out of the cache if it is clean and nobody uses it but the cache and the caller. Asking and
   * taking are one step: the count is frozen.
   */
  *removeUnused(folio: Folio): Proc<boolean> {
    const slot = this.#slots[folio.index]!;
    return yield* this.sb.engine.machine.access(
      [folio.state],
      [slot, folio.references],
      `remove ${folio.label} if unused`,
      () =>
        this.xaLock.aroundIrq(() => {
          if (folio.dirty || folio.refcount !== 2) return false;
          this.#removeNow(folio);
          return true;
        }),
    );
  }

  /**
   * `folio_migrate_mapping`: another folio, locked by the caller, takes the place of one that nobody uses but the cache and the caller. Its
   * dirt goes with the slot.
   */
  *replace(folio: Folio, target: Folio): Proc<boolean> {
    const slot = this.#slots[folio.index]!;
    const writes = [slot, folio.references, folio.state, target.state];
    return yield* this.sb.engine.machine.access([], writes, `move ${folio.label} if unused`, () =>
      this.xaLock.aroundIrq(() => {
        if (folio.refcount !== 2) return false;
        target.dirty = folio.dirty;
        folio.dirty = false;
        this.#removeNow(folio);
        this.place(target);
        return true;
      }),
    );
  }

  /**
   * `collapse_file`: others, locked by the caller, take the places of as many clean folios that nobody uses but the cache and the caller; all in
   * one step, or none.
   */
  *replaceAll(folios: readonly Folio[], targets: readonly Folio[]): Proc<boolean> {
    const slots = folios.map(({ index }) => this.#slots[index]!);
    const writes = [...slots, ...folios.flatMap(({ references, state }) => [references, state])];
    const words = `collapse ${folios.map(({ label }) => label).join(', ')} if unused`;
    return yield* this.sb.engine.machine.access([], writes, words, () =>
      this.xaLock.aroundIrq(() => {
        if (folios.some(({ refcount, dirty }) => refcount !== 2 || dirty)) return false;
        for (const folio of folios) this.#removeNow(folio);
        for (const target of targets) this.place(target);
        return true;
      }),
    );
  }

  /**
   * `invalidate_complete_folio2`: takes a locked folio out of the cache if it is clean, whoever else has a reference to it. Asking and taking are
   * one step.
   */
  *removeClean(folio: Folio): Proc<boolean> {
    const slot = this.#slots[folio.index]!;
    const words = `remove ${folio.label} if clean`;
    return yield* this.sb.engine.machine.access([folio.state], [slot], words, () =>
      this.xaLock.aroundIrq(() => {
        if (folio.dirty) return false;
        this.#removeNow(folio);
        return true;
      }),
    );
  }

  /** @internal Without a step: at setup, or within one. */
  place(folio: Folio): void {
    this.#pages[folio.index] = folio.get();
    folio.mapping = this;
  }

  #removeNow(folio: Folio): void {
    this.#pages[folio.index] = null;
    folio.mapping = null;
    folio.drop();
  }

  /** What is cached, for oracles: no step, so only when nothing runs. */
  peek(index: number): Folio | null {
    return this.#pages[index] ?? null;
  }

  /** Number of slots. */
  get pages(): number {
    return this.#pages.length;
  }
}
