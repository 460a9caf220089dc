/**
 * Where a byte comes from. Every byte in memory and on disk is a tag, so an oracle knows whose data a reader saw.
 *
 * Tags are interned by their maker and compared with `===`; nothing in the engine looks inside.
 */
export interface Tag {
  readonly origin: 'zero' | 'uninit' | 'freed' | 'data';
  /** File that the byte was written to, its offset there, and which write it was. Empty for the others. */
  readonly file: string;
  readonly offset: number;
  readonly write: string;
}

/** What holes read as. */
export const ZERO: Tag = Object.freeze({ origin: 'zero', file: '', offset: 0, write: '' });
/** What a fresh page or a fresh disk contains: must never be seen. */
export const UNINIT: Tag = Object.freeze({ origin: 'uninit', file: '', offset: 0, write: '' });

/** What a page contains that has been freed: must never be seen either. */
export const FREED: Tag = Object.freeze({ origin: 'freed', file: '', offset: 0, write: '' });

/** The tags of one write: byte i of it goes to `offset + i`. */
export function dataTags(file: string, write: string, offset: number, length: number): Tag[] {
  return Array.from({ length }, (_, i): Tag => ({ origin: 'data', file, offset: offset + i, write }));
}

/** As many zero bytes. */
export function zeroTags(length: number): Tag[] {
  return new Array<Tag>(length).fill(ZERO);
}

/** `C[0]@w1`, `zero`, `uninit` */
export function tagName(tag: Tag): string {
  return tag.origin === 'data' ? `${tag.file}[${tag.offset}]@${tag.write}` : tag.origin;
}
