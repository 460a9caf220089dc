/**
 * The cached pages of one inode: `i_pages`, `invalidate_lock`, and the mappings into user memory under `i_mmap_rwsem`.
 *
 * Invariants: a slot of `i_pages` changes only with the folio locked and in one step under `xa_lock`; lookups take no lock.
 * Each slot is a region of its own, so operations on different pages are independent.
 */
import { RwSemaphore } from '@lockdep/locks';
import { AnnotatedLock } from './annotated-lock.ts';
import type { Folio } from './folio.ts';
import type { Inode } from './inode.ts';
import { mmClasses } from './lock-classes.ts';
import type { Proc, Region } from './machine.ts';
import type { SuperBlock } from './super-block.ts';
import type { Vma } from './vma.ts';

export class AddressSpace {
  readonly host: Inode;
  readonly sb: SuperBlock;
  readonly invalidateLock: RwSemaphore;
  readonly iMmapRwsem: RwSemaphore;
  readonly xaLock: AnnotatedLock;
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
    this.invalidateLock = new RwSemaphore({
      key: classes.invalidateLock,
      label: `invalidate_lock(${name})`,
      validator,
    });
    this.iMmapRwsem = new RwSemaphore({ key: mmClasses.iMmapRwsem, label: `i_mmap_rwsem(${name})`, validator });
    this.xaLock = new AnnotatedLock(machine, validator, mmClasses.xaLock, `xa_lock(${name})`);
    const { filePages } = engine.geometry;
    this.#slots = Array.from({ length: filePages }, (_, i) => machine.region(`${name}.i_pages[${i}]`));
    this.#pages = new Array<Folio | null>(filePages).fill(null);
  }

  /** The folio at `index`, without any lock (RCU): it may be locked, not uptodate, and gone in the next step. */
  *lookup(index: number): Proc<Folio | null> {
    const slot = this.#slots[index];
    if (slot === undefined) return null;
    return yield* this.sb.engine.machine.access([slot], [], `look up ${slot.name}`, () => this.#pages[index]!);
  }

  /** Folios at first … last, where there are any. */
  *lookupRange(first: number, last: number): Proc<Folio[]> {
    const slots = this.#slots.slice(first, last + 1);
    const words =
      slots.length === 1 ? `look up ${slots[0]!.name}` : `look up ${this.host.name}.i_pages[${first}..${last}]`;
    return yield* this.sb.engine.machine.access(slots, [], words, () =>
      this.#pages.slice(first, last + 1).filter((folio) => folio !== null),
    );
  }

  /** Adds a folio that the caller has locked; false when there is one already (`EEXIST`). */
  *add(folio: Folio): Proc<boolean> {
    const slot = this.#slots[folio.index]!;
    return yield* this.sb.engine.machine.access([], [slot], `add ${folio.label}`, () =>
      this.xaLock.aroundIrq(() => {
        if (this.#pages[folio.index] !== null) return false;
        this.#pages[folio.index] = folio;
        folio.mapping = this;
        return true;
      }),
    );
  }

  /** Takes a locked folio out of the cache. */
  *remove(folio: Folio): Proc {
    const slot = this.#slots[folio.index]!;
    yield* this.sb.engine.machine.access([], [slot], `remove ${folio.label}`, () =>
      this.xaLock.aroundIrq(() => {
        this.#pages[folio.index] = null;
        folio.mapping = null;
      }),
    );
  }

  /** @internal Setup only: a folio that is there from the beginning. */
  place(folio: Folio): void {
    this.#pages[folio.index] = folio;
    folio.mapping = this;
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
