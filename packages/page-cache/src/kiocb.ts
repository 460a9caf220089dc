/** One read or write in the making: where, how, how patient, and the file's readahead state. */
import type { Completion } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';
import type { Errno } from './errno.ts';
import type { Inode } from './inode.ts';
import type { Tag } from './tag.ts';

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
  /** Past the page cache (`O_DIRECT`). */
  readonly direct?: boolean;
  /** Of a direct read: come back when it is submitted, with `EIOCBQUEUED`. */
  readonly async?: boolean;
}

/** How a write is done (`O_APPEND`, `O_DSYNC`, `O_DIRECT`, `RWF_NOWAIT`). Default: through the page cache, at the position given. */
export interface WriteFlags {
  /** Fail with `EAGAIN` instead of sleeping; only with `direct`. */
  readonly nowait?: boolean;
  /** At the end of the file, wherever that is when the write has the locks. */
  readonly append?: boolean;
  /** Come back when it is on disk. */
  readonly dsync?: boolean;
  /** Past the page cache (`O_DIRECT`). */
  readonly direct?: boolean;
  /** Of a direct write: come back when it is submitted, with `EIOCBQUEUED`. */
  readonly async?: boolean;
}

/** How an asynchronous read or write ended. */
export interface IoResult {
  /** Bytes read or written. */
  readonly count: number;
  /** The bytes of a read; empty for a write. */
  readonly tags: readonly Tag[];
  readonly error: Errno | null;
}

/** One read or write from byte `pos`; make one per call. Source: `include/linux/fs.h: struct kiocb`. */
export class Kiocb {
  readonly inode: Inode;
  readonly mapping: AddressSpace;
  /** Of an appending write, known when it has the locks. */
  pos: number;
  /** Set on the way when a WAITQ read has something to return already. */
  nowait: boolean;
  readonly noio: boolean;
  readonly waitq: boolean;
  readonly direct: boolean;
  readonly async: boolean;
  readonly append: boolean;
  readonly dsync: boolean;
  /** After `EIOCBQUEUED`: happens when it is worth trying again, or when the direct I/O is over. */
  queued: Completion | null = null;
  /** How asynchronous direct I/O ended; null before. */
  result: IoResult | null = null;
  /** Told within the kernel how many bytes of a direct write count, once every later read has to see them (`ki_complete`). */
  acknowledge: ((count: number) => void) | null = null;
  readonly ra: FileRaState;

  constructor(
    inode: Inode,
    pos: number,
    flags: ReadFlags & WriteFlags = {},
    ra: FileRaState = { start: 0, size: 0, prevIndex: -1 },
  ) {
    this.inode = inode;
    this.mapping = inode.mapping;
    this.pos = pos;
    this.nowait = flags.nowait ?? false;
    this.noio = flags.noio ?? false;
    this.waitq = flags.waitq ?? false;
    this.direct = flags.direct ?? false;
    this.async = flags.async ?? false;
    this.append = flags.append ?? false;
    this.dsync = flags.dsync ?? false;
    this.ra = ra;
  }
}
