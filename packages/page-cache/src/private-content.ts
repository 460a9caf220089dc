/**
 * What a process must see in a private mapping: a page that it has stored to is its own, with the bytes of that moment and its stores since;
 * every other one follows the file. Beside the engine's own copies, so that one that is shared or lost by mistake shows.
 */
import type { Tag } from './tag.ts';

/** Per private mapping; changes in the step that changes the pte, or the byte. */
export class PrivateContent {
  /** By page of the file. */
  readonly #pages = new Map<number, Tag[]>();

  /** The page is the process's own from now on. */
  own(index: number, bytes: readonly Tag[]): void {
    this.#pages.set(index, [...bytes]);
  }

  stored(index: number, inPage: number, tag: Tag): void {
    const page = this.#pages.get(index);
    if (page !== undefined) page[inPage] = tag;
  }

  /** It follows the file again: its copy was dropped. */
  forget(index: number): void {
    this.#pages.delete(index);
  }

  /** The bytes of a page that is the process's own; undefined for one that follows the file. */
  page(index: number): readonly Tag[] | undefined {
    return this.#pages.get(index);
  }
}
