/** The file under test of one run of fsx: the file, its mapping into memory, the model, and the checks between the two. */
import {
  dataTags,
  type Inode,
  Mm,
  mmap,
  munmap,
  type Proc,
  premap,
  type Tag,
  tagName,
  userLoad,
  userStore,
  type Vma,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { pread } from '../syscalls/pread.ts';
import { FsxFailure } from './fsx-failure.ts';
import { GoodBuffer } from './good-buffer.ts';

/** What the run wants of its file. */
export interface FsxFileOptions {
  /** fsync after every write. */
  readonly syncs: boolean;
  /** One mapping of the whole file for all operations, instead of one for each. */
  readonly keepsMapped: boolean;
  /** read(2) and write(2) of whole blocks pass by the cache. */
  readonly direct: boolean;
}

/** The file, and what it should hold. */
export class FsxFile {
  readonly fs: BlockFileSystem;
  readonly inode: Inode;
  readonly mm: Mm;
  readonly good: GoodBuffer;
  /** fsync after every write. */
  readonly syncs: boolean;
  readonly pageSize: number;
  /** Bytes the file may have. */
  readonly maxSize: number;

  readonly #direct: boolean;
  /** The mapping that stays; null: each operation makes its own. */
  readonly lasting: Vma | null;

  constructor(fs: BlockFileSystem, name: string, { syncs, keepsMapped, direct }: FsxFileOptions) {
    const { filePages, pageSize } = fs.engine.geometry;
    this.fs = fs;
    this.pageSize = pageSize;
    this.maxSize = filePages * pageSize;
    this.inode = fs.create(name);
    this.mm = new Mm(fs.engine, `mm of ${name}`);
    this.good = new GoodBuffer(name, this.maxSize);
    this.syncs = syncs;
    this.#direct = direct;
    this.lasting = keepsMapped ? premap(this.mm, this.inode, { pages: filePages }) : null;
  }

  /** Whether a read or write of this range is direct: with `-Z` all that the device can do. */
  isDirect(offset: number, length: number): boolean {
    const { blockSize } = this.fs.engine.geometry;
    return this.#direct && offset % blockSize === 0 && length % blockSize === 0;
  }

  /**
   * A direct write from here on would grow the file past the page of its end, which a mapping that stays may store to without a fault: the
   * end of direct I/O does not write-protect it (`pagecache_isize_extended`), so a store to its new blocks would have none and be lost.
   */
  isStranded(offset: number): boolean {
    return this.lasting !== null && offset > this.good.size && this.good.size % this.pageSize !== 0;
  }

  /** Does something through a mapping of a range, and checks the page of the end; unmaps it, unless the mapping is there to stay. */
  *mapped(offset: number, length: number, use: (vma: Vma) => Proc): Proc {
    if (this.lasting !== null) {
      yield* use(this.lasting);
      yield* this.#checkEndOfPage(this.lasting);
      return;
    }
    const pgoff = Math.floor(offset / this.pageSize);
    const pages = Math.floor((offset + length - 1) / this.pageSize) - pgoff + 1;
    const vma = yield* mmap(this.mm, this.inode, { pgoff, pages });
    yield* use(vma);
    yield* this.#checkEndOfPage(vma);
    yield* munmap(vma);
  }

  /** `check_eofpage`: the bytes of the last page past the end are zero, if it is mapped. */
  *#checkEndOfPage(vma: Vma): Proc {
    const { size } = this.good;
    const page = Math.floor(size / this.pageSize);
    if (size % this.pageSize === 0 || vma.pte(page) === undefined) return;
    for (let at = size; at < (page + 1) * this.pageSize; at++) {
      const tag = yield* load(vma, at);
      if (tag.origin === 'zero') continue;
      throw new FsxFailure('past-end', `byte ${at}, past the end at ${size}, is ${tagName(tag)} through a mapping`);
    }
  }

  /** Stores junk past the end, up to `to`, through a mapping of the last page (`-e 1`). Whoever moves the end has to zero it. */
  *pollute(to: number, write: string): Proc {
    const { size } = this.good;
    const page = Math.floor(size / this.pageSize);
    if (size % this.pageSize === 0) return;
    const end = Math.min(to, (page + 1) * this.pageSize);
    const vma = yield* mmap(this.mm, this.inode, { pgoff: page, pages: 1 });
    const junk = dataTags(this.inode.name, write, size, end - size);
    for (let at = size; at < end; at++) yield* userStore(vma, at, junk[at - size]!);
    yield* munmap(vma);
  }

  /** Fails unless these are the bytes that the file should hold. */
  compare(offset: number, length: number, got: readonly Tag[], via: string): void {
    if (got.length !== length) {
      throw new FsxFailure('bad-data', `${via} of ${length} bytes at ${offset} got ${got.length}`);
    }
    for (let i = 0; i < length; i++) {
      const [is, should] = [got[i]!, this.good.bytes[offset + i]!];
      if (isSame(is, should)) continue;
      const message = `${via}: byte ${offset + i} is ${tagName(is)}, should be ${tagName(should)}`;
      throw new FsxFailure('bad-data', message);
    }
  }

  /** `fstat` and `lseek(SEEK_END)` agree with the model. */
  *checkSize(): Proc {
    const size = yield* this.inode.sizeRead();
    if (size !== this.good.size) throw new FsxFailure('bad-size', `the size is ${size}, should be ${this.good.size}`);
  }

  /** The whole file, by read(2) and through a mapping (`-X`). */
  *checkContents(): Proc {
    const { size } = this.good;
    if (size === 0) return;
    const got = yield* pread(this.inode, 0, size);
    this.compare(0, size, typeof got === 'string' ? [] : got, 'read of all');
    yield* this.mapped(0, size, (vma) => this.#loadAll(vma, size));
  }

  *#loadAll(vma: Vma, size: number): Proc {
    const got: Tag[] = [];
    for (let at = 0; at < size; at++) got.push(yield* load(vma, at));
    this.compare(0, size, got, 'mapread of all');
  }
}

/** By what they say: the model makes its own tags. */
function isSame(a: Tag, b: Tag): boolean {
  if (a === b) return true;
  return a.origin === b.origin && a.write === b.write && a.offset === b.offset && a.file === b.file;
}

/** One byte through a mapping. */
export function* load(vma: Vma, at: number): Proc<Tag> {
  const tag = yield* userLoad(vma, at);
  if (tag === null) throw new FsxFailure('error', `load at ${at}: SIGBUS`);
  return tag;
}
