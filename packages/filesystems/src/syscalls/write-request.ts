/** What the oracle is told of one write: that it may be seen from now on, and, when it is acknowledged, that it has to be. */
import {
  dataTags,
  type Inode,
  Kiocb,
  type OpenWrite,
  type Retag,
  type Tag,
  type WriteFlags,
  type WriteResult,
} from '@lockdep/page-cache';

/** One write of fresh data, tagged with the name of the write. */
export class WriteRequest {
  readonly kiocb: Kiocb;
  readonly #count: number;
  readonly #write: string;
  readonly #start: number;
  #tags: readonly Tag[] | null = null;
  #open: OpenWrite | null = null;
  #grown: ((end: number, happened: boolean) => void) | null = null;
  #grows = false;
  #isCopying = false;

  constructor(inode: Inode, pos: number, count: number, write: string, flags: WriteFlags = {}) {
    this.kiocb = new Kiocb(inode, pos, flags);
    this.#count = count;
    this.#write = write;
    this.#start = inode.sb.engine.oracle.tick();
    if (!this.kiocb.append) this.#begin();
    // Direct writes are acknowledged by their completion, or not at all; see there.
    this.kiocb.acknowledge = (written) => this.#end(written);
  }

  /** Bytes copied from the user as those of this write. The first are copied when the locks are held, so an appending write knows where. */
  readonly retag: Retag = (bytes, offset) => {
    if (!this.#isCopying) {
      this.#isCopying = true;
      if (this.kiocb.append) this.#begin();
      this.#grows = this.kiocb.pos + this.#count > this.kiocb.inode.size;
    }
    const at = offset - this.kiocb.pos;
    return this.#tags!.slice(at, at + bytes.length);
  };

  /** The bytes, for a buffer that holds nothing else. */
  get tags(): readonly Tag[] {
    return this.#tags ?? this.#make();
  }

  /** A write is over: one through the page cache, or a direct one that failed. */
  end({ written }: WriteResult): void {
    this.#end(written);
  }

  #begin(): void {
    const { kiocb } = this;
    const { oracle } = kiocb.inode.sb.engine;
    const shadow = oracle.file(kiocb.inode.name);
    this.#tags = this.#make();
    this.#open = shadow.begin(kiocb.pos, this.#tags, this.#start);
    this.#grown = shadow.resize(kiocb.pos + this.#count, oracle.tick(), kiocb.pos);
  }

  #make(): readonly Tag[] {
    return dataTags(this.kiocb.inode.name, this.#write, this.kiocb.pos, this.#count);
  }

  #end(written: number): void {
    const end = this.kiocb.inode.sb.engine.oracle.tick();
    this.#open?.end(end, written);
    // One that did not grow the file never set its size; a short one may have set some other.
    if (!this.#grows || written === this.#count) this.#grown?.(end, this.#grows);
  }
}
