/**
 * User memory that stays where it is while a device reads or writes it. A pin is a reference: the page may leave its file meanwhile,
 * and what the device stores goes past the ptes, so it has to be made dirty afterwards, under the folio lock.
 */
import { type Folio, putFolios } from './folio.ts';
import { faultinPage } from './handle-mm-fault.ts';
import { immediate } from './immediate.ts';
import type { Act, Proc, Region } from './machine.ts';
import type { Tag } from './tag.ts';
import { markDirty } from './unmap.ts';
import type { Pte, Vma } from './vma.ts';

/** What is to be done with the memory, and whether it may fault. */
export interface PinOptions {
  /** The device stores to it. */
  readonly write: boolean;
  /** Pins what is present, and stops at the first page that is not (`iov_iter.nofault`). Default false. */
  readonly nofault?: boolean;
}

/** A pinned piece of user memory; positions in bytes from its start. */
export interface PinnedPages {
  /** How many bytes are pinned; fewer than asked for when one could not be had. */
  readonly length: number;
  /** To be declared by the step that loads or stores. */
  readonly regions: readonly Region[];
  /** Within a step: the bytes of this moment. */
  load(at: number, count: number): readonly Tag[];
  /** Within a step: stores bytes as a device does. */
  store(at: number, tags: readonly Tag[]): void;
  /** Whether {@link PinnedPages.dirty} has something to do. */
  readonly needsDirty: boolean;
  /** `set_page_dirty_lock`: after stores; takes folio locks. */
  dirty(): Act;
  /** Lets go of the pages. */
  unpin(): Act;
}

/** Pinned memory that belongs to no file. */
export class PinnedMemory implements PinnedPages {
  readonly length: number;
  readonly regions: readonly Region[] = [];
  readonly needsDirty: boolean = false;
  readonly #bytes: Tag[];
  readonly #start: number;

  constructor(bytes: Tag[], start: number, length: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.length = length;
  }

  load(at: number, count: number): readonly Tag[] {
    return this.#bytes.slice(this.#start + at, this.#start + at + count);
  }

  store(at: number, tags: readonly Tag[]): void {
    for (const [i, tag] of tags.entries()) this.#bytes[this.#start + at + i] = tag;
  }

  dirty(): Act {
    return immediate(undefined);
  }

  unpin(): Act {
    return immediate(undefined);
  }
}

/** Pinned pages of a mapped file. */
class PinnedFolios implements PinnedPages {
  readonly length: number;
  readonly regions: readonly Region[];
  readonly needsDirty: boolean = true;
  readonly #vma: Vma;
  readonly #offset: number;
  readonly #folios: readonly Folio[];

  constructor(vma: Vma, offset: number, length: number, folios: readonly Folio[]) {
    this.#vma = vma;
    this.#offset = offset;
    this.length = length;
    this.#folios = folios;
    this.regions = folios.map((folio) => folio.state);
  }

  load(at: number, count: number): readonly Tag[] {
    return Array.from({ length: count }, (_, i) => {
      const [folio, inPage] = this.#place(at + i);
      return folio.data[inPage]!;
    });
  }

  store(at: number, tags: readonly Tag[]): void {
    const { inode, mm } = this.#vma;
    for (const [i, tag] of tags.entries()) {
      const [folio, inPage] = this.#place(at + i);
      folio.data[inPage] = tag;
      const offset = this.#offset + at + i;
      // Out of the cache it is nobody's page any more but the device's.
      if (folio.mapping !== null) mm.engine.oracle.stored(inode.name, offset, tag, offset >= inode.size);
      if (folio.anon) this.#vma.content?.stored(folio.index, inPage, tag);
    }
  }

  *dirty(): Proc {
    const { machine } = this.#vma.mm.engine;
    for (const folio of this.#folios) {
      yield* folio.lock.acquire();
      if (folio.mapping !== null)
        yield* machine.access([], [folio.state], `dirty ${folio.label}`, () => markDirty(folio));
      yield* folio.lock.release();
    }
  }

  *unpin(): Proc {
    yield* putFolios(this.#folios);
  }

  #place(at: number): [Folio, number] {
    const { pageSize } = this.#vma.mm.engine.geometry;
    const offset = this.#offset + at;
    return [this.#folios[Math.floor(offset / pageSize) - Math.floor(this.#offset / pageSize)]!, offset % pageSize];
  }
}

/**
 * `pin_user_pages_fast` of `count` bytes of a mapping from byte `offset` of the file on: faults, with mmap_lock shared, until each page is
 * present and, for stores, writable.
 */
export function* pinUserPages(vma: Vma, offset: number, count: number, options: PinOptions): Proc<PinnedPages> {
  const { pageSize } = vma.mm.engine.geometry;
  const first = Math.floor(offset / pageSize);
  const last = Math.floor((offset + count - 1) / pageSize);
  const folios: Folio[] = [];
  for (let index = first; index <= last; index++) {
    const folio = yield* pinPage(vma, index, options);
    if (folio === null) break;
    folios.push(folio);
  }
  const length = Math.max(0, Math.min(count, (first + folios.length) * pageSize - offset));
  return new PinnedFolios(vma, offset, length, folios);
}

function* pinPage(vma: Vma, index: number, { write, nofault = false }: PinOptions): Proc<Folio | null> {
  const pte = vma.pte(index);
  if (pte === undefined) return null;
  for (;;) {
    const folio = yield* gupFast(vma, pte, write);
    if (folio !== null || nofault) return folio;
    if (!(yield* faultinPage(vma, index, write))) return null;
  }
}

/** Without a lock: a reference through the pte, if it allows what is wanted. */
function* gupFast(vma: Vma, pte: Pte, write: boolean): Proc<Folio | null> {
  return yield* vma.mm.engine.machine.access([pte.region], [], `pin ${pte.region.name}`, () => {
    if (pte.folio === null || vma.unlinked || pte.protnone || (write && !pte.writable)) return null;
    return pte.folio.get();
  });
}
