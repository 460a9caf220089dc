/** A user buffer that is a mapping of a file: what is copied to or from it may fault, and so take that file's locks. */
import { pageFault } from './handle-mm-fault.ts';
import type { Proc } from './machine.ts';
import { type PinnedPages, type PinOptions, pinUserPages } from './pin-user-pages.ts';
import type { Tag } from './tag.ts';
import type { UserBuffer } from './user-buffer.ts';
import { loadPresent, userLoad, userStore } from './user-memory.ts';
import type { Vma } from './vma.ts';

/** A user buffer inside a mapping: position 0 is byte `offset` of the mapped file. */
export class MappedBuffer implements UserBuffer {
  readonly #vma: Vma;
  /** Where the buffer begins in the file. */
  readonly #offset: number;

  constructor(vma: Vma, offset: number = 0) {
    this.#vma = vma;
    this.#offset = offset;
  }

  *put(at: number, tags: readonly Tag[]): Proc<number> {
    for (const [i, tag] of tags.entries()) {
      if (!(yield* userStore(this.#vma, this.#offset + at + i, tag))) return i;
    }
    return tags.length;
  }

  *takeAtomic(at: number, count: number): Proc<readonly Tag[]> {
    const tags: Tag[] = [];
    while (tags.length < count) {
      const tag = yield* loadPresent(this.#vma, this.#offset + at + tags.length);
      if (tag === null) break;
      tags.push(tag);
    }
    return tags;
  }

  *faultInReadable(at: number, count: number): Proc<boolean> {
    const { pageSize } = this.#vma.mm.engine.geometry;
    const end = this.#offset + at + count;
    for (let offset = this.#offset + at; offset < end; offset = (Math.floor(offset / pageSize) + 1) * pageSize) {
      if ((yield* userLoad(this.#vma, offset)) === null) return false;
    }
    return true;
  }

  *take(at: number, count: number): Proc<readonly Tag[]> {
    const tags: Tag[] = [];
    while (tags.length < count) {
      const tag = yield* userLoad(this.#vma, this.#offset + at + tags.length);
      if (tag === null) break;
      tags.push(tag);
    }
    return tags;
  }

  *faultInWriteable(at: number): Proc<boolean> {
    const { engine } = this.#vma.mm;
    return yield* pageFault(this.#vma, engine.pageOf(this.#offset + at), true);
  }

  *pin(at: number, count: number, options: PinOptions): Proc<PinnedPages> {
    return yield* pinUserPages(this.#vma, this.#offset + at, count, options);
  }
}
