/** One buffered read in the making: where, how patient, and the file's readahead state. */
import type { Completion } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';
import type { Inode } from './inode.ts';

/** Readahead state of an open file: unlocked, racy by design. */
export interface FileRaState {
  /** Window read ahead last, in pages. */
  start: number;
  /** Length of that window, in pages. */
  size: number;
  /** Index behind which the next window is started. */
  prevIndex: number;
}

/** How patient a read is (`RWF_NOWAIT`, `IOCB_NOIO`, `IOCB_WAITQ`). Default: it sleeps and starts I/O. */
export interface ReadFlags {
  /** Fail with `EAGAIN` instead of sleeping. */
  readonly nowait?: boolean;
  /** Do not start I/O. */
  readonly noio?: boolean;
  /** Instead of sleeping for a folio lock, ask to be told when it is free, and answer `EIOCBQUEUED`. */
  readonly waitq?: boolean;
}

/** One buffered read from byte `pos`; make one per call. Source: `include/linux/fs.h: struct kiocb`. */
export class Kiocb {
  readonly inode: Inode;
  readonly mapping: AddressSpace;
  readonly pos: number;
  /** Set on the way when a WAITQ read has something to return already. */
  nowait: boolean;
  readonly noio: boolean;
  readonly waitq: boolean;
  /** After `EIOCBQUEUED`: happens when it is worth trying again. */
  queued: Completion | null = null;
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
    this.waitq = flags.waitq ?? false;
    this.ra = ra;
  }
}
