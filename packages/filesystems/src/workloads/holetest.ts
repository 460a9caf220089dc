/**
 * holetest of xfstests (generic/340, 344, 345, 346, 354): two workers store into every page of a file with holes, each at a place of its own in
 * the page, while reclaim and writeback go on. Afterwards both have to be there, through the mapping and on disk, and zeroes around them. In a
 * private mapping threads see the stores of both and processes, forked, each its own; the file stays as it was.
 *
 * Source: `src/holetest.c`.
 */
import {
  dataTags,
  fork,
  type Inode,
  Mm,
  mmap,
  munmap,
  type Proc,
  type Tag,
  tagName,
  unmapPage,
  userLoad,
  userStore,
  type Vma,
  ZERO,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { kswapd } from '../kswapd.ts';
import { fsync } from '../syscalls/fsync.ts';
import { ftruncate } from '../syscalls/ftruncate.ts';
import { pread } from '../syscalls/pread.ts';
import { preallocate } from '../syscalls/preallocate.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { type WorkloadResult, WorkloadRun, type WorkloadSettings } from './workload-settings.ts';

/** How the file comes to its size: by zeroes stored through a mapping, by `posix_fallocate`, or as one hole. */
export const holetestPreparations = ['zeroes', 'fallocate', 'hole'] as const;

export interface HoletestOptions extends WorkloadSettings {
  /** Default `hole`. */
  readonly preparation?: (typeof holetestPreparations)[number];
  /** All pages are read first (`-r`). Default false. */
  readonly prefaults?: boolean;
  /** The first worker uses write(2) (`-w`). Default false. */
  readonly writes?: boolean;
  /** Workers are processes, with a mapping each (`-F`). Default false: threads. */
  readonly processes?: boolean;
  /** The mapping is private (`-p`); not together with `writes`. Default false. */
  readonly isPrivate?: boolean;
}

const PAGES = 4;
const PAGE = 8;
const SIZE = PAGES * PAGE;
/** Where each worker stores, in every page. */
const PLACES = [PAGE / 4, (3 * PAGE) / 4] as const;

/**
 * One run.
 *
 * @throws RangeError when write(2) and private mappings are asked for: the file would change.
 */
export function runHoletest(options: HoletestOptions): WorkloadResult {
  const { preparation = 'hole', prefaults = false, writes = false, processes = false, isPrivate = false } = options;
  const { background = true } = options;
  if (writes && isPrivate) throw new RangeError('holetest: write(2) changes the file, private mappings must not');
  const run = new WorkloadRun(options, { pageSize: PAGE, blockSize: PAGE / 4, filePages: PAGES, diskBlocks: 32 });
  const { fs, machine } = run;
  const file = fs.create('A');
  const vmas: Vma[] = [];
  machine.spawn('prepare', function* () {
    const error = preparation === 'fallocate' ? yield* preallocate(fs, file, 0, SIZE) : 'EOPNOTSUPP';
    // Without fallocate(2), posix_fallocate(3) makes the file longer itself.
    if (error !== null) yield* ftruncate(fs, file, SIZE);
    const mm = new Mm(fs.engine, 'mm');
    if (preparation === 'zeroes') yield* storeZeroes(mm, file);
    const vma = yield* mmap(mm, file, { pages: PAGES, shared: !isPrivate });
    if (prefaults) for (let page = 0; page < PAGES; page++) yield* userLoad(vma, page * PAGE);
    for (const i of PLACES.keys()) vmas.push(processes ? (yield* fork(mm, `child ${i}`)).vmas[0]! : vma);
    if (processes) yield* munmap(vma);
  });
  run.phase();
  for (const [i, place] of PLACES.entries()) {
    machine.spawn(`worker ${i}`, () => worker(file, vmas[i]!, i, place, writes && i === 0));
  }
  if (background) {
    machine.spawn('kswapd', () => kswapd(fs, { rounds: 3 }));
    machine.spawn('writeback', () => writeback(file));
  }
  run.phase();
  const wrong: string[] = [];
  machine.spawn('check', () => check(fs, file, { vmas, processes, isPrivate }, wrong));
  run.phase();
  const program = [
    `prepare: ${preparation}`,
    ...PLACES.map((place, i) => `worker ${i} stores at ${place} of each page`),
  ];
  return run.finish(PLACES.length * PAGES, program, wrong);
}

const idOf = (i: number, at: number): Tag => dataTags('A', `id${i}`, at, 1)[0]!;

function* worker(file: Inode, vma: Vma, i: number, place: number, writes: boolean): Proc {
  for (let at = place; at < SIZE; at += PAGE) {
    if (writes) yield* pwrite(file, at, 1, `id${i}`);
    else yield* userStore(vma, at, idOf(i, at));
  }
}

/** Through a mapping of its own, which is shared whatever that of the workers is. */
function* storeZeroes(mm: Mm, file: Inode): Proc {
  const vma = yield* mmap(mm, file, { pages: PAGES });
  for (let at = 0; at < SIZE; at++) yield* userStore(vma, at, ZERO);
  yield* munmap(vma);
}

/** The flusher: the pages it can have, again and again, and unmapped in between as reclaim does it. */
function* writeback(file: Inode): Proc {
  for (let round = 0; round < 3; round++) {
    yield* unmapPage(file.mapping, round);
    yield* fsync(file);
  }
}

/** What the workers have done it through. */
interface Workers {
  readonly vmas: readonly Vma[];
  readonly processes: boolean;
  readonly isPrivate: boolean;
}

/** Through each mapping, and again when everything has been written, dropped and read back. */
function* check(fs: BlockFileSystem, file: Inode, { vmas, processes, isPrivate }: Workers, wrong: string[]): Proc {
  const all = [...PLACES.keys()];
  for (const [i, vma] of vmas.entries()) {
    const seen: (Tag | null)[] = [];
    for (let at = 0; at < SIZE; at++) seen.push(yield* userLoad(vma, at));
    compare(seen, isPrivate && processes ? [i] : all, `through the mapping of worker ${i}`, wrong);
  }
  for (const vma of new Set(vmas)) yield* munmap(vma);
  yield* fsync(file);
  yield* fs.drop(file);
  const read = yield* pread(file, 0, SIZE);
  compare(typeof read === 'string' ? [] : read, isPrivate ? [] : all, 'on disk', wrong);
}

/** Of some workers the stores have to be there; all other bytes are zero. */
function compare(seen: readonly (Tag | null)[], workers: readonly number[], where: string, wrong: string[]): void {
  for (let at = 0; at < SIZE; at++) {
    const i = PLACES.indexOf(at % PAGE);
    const expected = workers.includes(i) ? tagName(idOf(i, at)) : 'zero';
    const tag = seen[at] ?? null;
    if (tag === null || tagName(tag) !== expected) {
      wrong.push(`byte ${at} ${where} is ${tag === null ? 'missing' : tagName(tag)}, should be ${expected}`);
    }
  }
}
