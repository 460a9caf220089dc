/**
 * What goes on beside fsx: the memory management and other users of the file, at any moment while an operation runs.
 *
 * Each is one line of the log, so that it can be replayed, and left out when a failure is minimised. Readers check what they get
 * against the oracle: every byte is what an operation under way, or the last one before, has put there.
 */
import { Mm, mmap, munmap, type Proc, shrinkFolio, tryLockFolioAt, unmapPage, userLoad } from '@lockdep/page-cache';
import { flusher } from '../flusher.ts';
import { kswapd } from '../kswapd.ts';
import { fadviseDontneed, fadviseWillneed } from '../syscalls/fadvise.ts';
import { pread } from '../syscalls/pread.ts';
import type { FsxFile } from './fsx-file.ts';
import type { FsxEntry } from './fsx-log.ts';

/** Something that another task does. */
export interface FsxBeside {
  /** As in the log of operations. */
  readonly name: string;
  readonly weight: number;
  /** A second reader: left out unless asked for. */
  readonly reads?: true;
  perform(file: FsxFile, entry: FsxEntry): Proc;
}

/** The pages of a range. */
function* eachPage(file: FsxFile, { offset, length }: FsxEntry, visit: (page: number) => Proc<unknown>): Proc {
  for (let page = Math.floor(offset / file.pageSize); page * file.pageSize < offset + length; page++)
    yield* visit(page);
}

/** Everything that can go on beside an operation. */
export const fsxBeside: readonly FsxBeside[] = [
  {
    name: 'reclaim',
    weight: 3,
    perform: (file, entry) => eachPage(file, entry, (page) => shrinkFolio(file.inode.mapping, page)),
  },
  {
    name: 'unmap',
    weight: 1,
    perform: (file, entry) => eachPage(file, entry, (page) => unmapPage(file.inode.mapping, page)),
  },
  { name: 'writeback', weight: 3, perform: (file) => file.inode.fs.fsync(file.inode) },
  {
    name: 'flusher',
    weight: 2,
    *perform({ fs }) {
      yield* flusher(fs);
    },
  },
  {
    name: 'kswapd',
    weight: 1,
    *perform({ fs }) {
      yield* kswapd(fs);
    },
  },
  {
    name: 'readahead',
    weight: 2,
    perform: (file, { offset, length }) => fadviseWillneed(file.inode, offset, length),
  },
  {
    name: 'dontneed',
    weight: 1,
    *perform(file, { offset, length }) {
      yield* fadviseDontneed(file.inode, offset, length);
    },
  },
  {
    name: 'clear_uptodate',
    weight: 2,
    perform: (file, entry) => eachPage(file, entry, (page) => clearUptodate(file, page)),
  },
  {
    name: 'read',
    weight: 3,
    reads: true,
    *perform(file, { offset, length }) {
      yield* pread(file.inode, offset, length);
    },
  },
  {
    name: 'mapread',
    weight: 2,
    reads: true,
    *perform(file, { offset, length }) {
      // A process of its own: its faults do not wait for the mmap_lock of the other one.
      const mm = new Mm(file.fs.engine, `mm of a reader of ${file.inode.name}`);
      const first = Math.floor(offset / file.pageSize);
      const pages = Math.floor((offset + length - 1) / file.pageSize) - first + 1;
      const vma = yield* mmap(mm, file.inode, { pgoff: first, pages, advice: 'sequential' });
      for (let at = offset; at < offset + length; at++) yield* userLoad(vma, at);
      yield* munmap(vma);
    },
  },
];

/**
 * A clean page that nobody uses is not known to be uptodate any more: whoever wants it reads it again. A file system may do that at
 * will, but not to a page on its way from a fault to page_mkwrite, which expects it uptodate (`iomap_page_mkwrite` warns).
 */
function* clearUptodate(file: FsxFile, page: number): Proc {
  const { machine } = file.fs.engine;
  const folio = yield* tryLockFolioAt(file.inode.mapping, page);
  if (folio === null) return;
  yield* machine.access([], [folio.state, folio.references], `${folio.label} is not uptodate`, () => {
    if (folio.dirty || folio.cleaning || folio.refcount > 2) return;
    for (const buffer of folio.buffers) buffer.uptodate = false;
  });
  yield* folio.unlockAndPut();
}
