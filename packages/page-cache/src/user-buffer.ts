/**
 * Where a read puts its bytes, and where a write takes them from: memory that needs no fault, or a mapping that may.
 */
import { immediate } from './immediate.ts';
import type { Act } from './machine.ts';
import { PinnedMemory, type PinnedPages, type PinOptions } from './pin-user-pages.ts';
import type { Tag } from './tag.ts';

/** Memory of a program that read(2) and write(2) copy to and from; positions and counts in bytes. */
export interface UserBuffer {
  /** Copies bytes to position `at` of the buffer, faulting where it must; answers how many. */
  put(at: number, tags: readonly Tag[]): Act<number>;
  /** Takes bytes from position `at`, without faulting: may be fewer than asked for. */
  takeAtomic(at: number, count: number): Act<readonly Tag[]>;
  /** Makes bytes from `at` on present for a moment; false when that fails (`EFAULT`). */
  faultInReadable(at: number, count: number): Act<boolean>;
  /** Takes bytes, faulting where it must (what write(2) may not do under the folio lock). */
  take(at: number, count: number): Act<readonly Tag[]>;
  /** Makes the page at position `at` present and writable for a moment; false when that fails. */
  faultInWriteable(at: number): Act<boolean>;
  /** Pins bytes for a device, as many as can be had. */
  pin(at: number, count: number, options: PinOptions): Act<PinnedPages>;
}

/** Memory that is always there, as that of a program that has touched its buffer long ago. */
export class PresentBuffer implements UserBuffer {
  readonly bytes: Tag[];

  constructor(bytes: readonly Tag[] = []) {
    this.bytes = [...bytes];
  }

  put(at: number, tags: readonly Tag[]): Act<number> {
    for (const [i, tag] of tags.entries()) this.bytes[at + i] = tag;
    return immediate(tags.length);
  }

  takeAtomic(at: number, count: number): Act<readonly Tag[]> {
    return immediate(this.bytes.slice(at, at + count));
  }

  faultInReadable(): Act<boolean> {
    return immediate(true);
  }

  take(at: number, count: number): Act<readonly Tag[]> {
    return immediate(this.bytes.slice(at, at + count));
  }

  faultInWriteable(): Act<boolean> {
    return immediate(true);
  }

  pin(at: number, count: number): Act<PinnedPages> {
    return immediate(new PinnedMemory(this.bytes, at, count));
  }
}
