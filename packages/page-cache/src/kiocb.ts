/** One buffered read in the making: where, how patient, and the file's readahead state. */
import type { AddressSpace } from './address-space.ts';
import type { Inode } from './inode.ts';

/** Readahead state of an open file: unlocked, racy by design. */
export interface FileRaState {
  /** Window read ahead last, in pages. */
  start: number;
  size: number;
  /** Index behind which the next window is started. */
  prevIndex: number;
}

export interface ReadFlags {
  /** Fail with `EAGAIN` instead of sleeping. */
  readonly nowait?: boolean;
  /** Do not start I/O. */
  readonly noio?: boolean;
}

export class Kiocb {
  readonly inode: Inode;
  readonly mapping: AddressSpace;
  readonly pos: number;
  readonly nowait: boolean;
  readonly noio: boolean;
  readonly ra: FileRaState;

  constructor(
    inode: Inode,
    pos: number,
    flags: ReadFlags = {},
    ra: FileRaState = { start: 0, size: 0, prevIndex: -1 },
  ) {
    this.inode = inode;
    this.mapping = inode.mapping;
    this.pos = pos;
    this.nowait = flags.nowait ?? false;
    this.noio = flags.noio ?? false;
    this.ra = ra;
  }
}
