/**
 * A mix in the manner of fsstress (generic/013 and its like): several tasks, each so many operations on a few files in two directories, drawn
 * from a seed by weight, with reclaim and writeback beside them. What is checked is what anybody may see (the oracle), that the file
 * systems are whole afterwards (fsck), and that nobody waits for ever. Names are not modelled: rename and link only lock.
 */
import {
  dataTags,
  type Inode,
  Mm,
  mmap,
  munmap,
  Pipe,
  type Proc,
  userLoad,
  userStore,
  vfsLink,
  vfsRename,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { flusher } from '../flusher.ts';
import { kswapd } from '../kswapd.ts';
import { copyFileRange } from '../syscalls/copy-file-range.ts';
import { fadviseDontneed, fadviseWillneed } from '../syscalls/fadvise.ts';
import { type FallocateMode, fallocate } from '../syscalls/fallocate.ts';
import { freeze, thaw } from '../syscalls/freeze.ts';
import { fsync } from '../syscalls/fsync.ts';
import { ftruncate } from '../syscalls/ftruncate.ts';
import { pread } from '../syscalls/pread.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { exchangeRange, remapRange } from '../syscalls/remap.ts';
import { setFlags } from '../syscalls/set-flags.ts';
import { spliceRead, spliceWrite } from '../syscalls/splice.ts';
import { RandomNumbers } from './random-numbers.ts';
import { type WorkloadResult, WorkloadRun, type WorkloadSettings } from './workload-settings.ts';

export interface FsstressOptions extends WorkloadSettings {
  /** Default 3. */
  readonly tasks?: number;
  /** Of each task. Default 20. */
  readonly operations?: number;
  /** So often another task freezes and thaws (generic/068). Default 0: only where it is drawn. */
  readonly freezes?: number;
}

/** What one operation works on. */
interface Target {
  readonly fs: BlockFileSystem;
  readonly directories: readonly [Inode, Inode];
  readonly file: Inode;
  readonly other: Inode;
  readonly mm: Mm;
  readonly offset: number;
  readonly length: number;
  /** An offset in the other file. */
  readonly destination: number;
  /** Names the bytes that it writes. */
  readonly write: string;
}

interface StressOperation {
  readonly name: string;
  readonly weight: number;
  perform(target: Target): Proc<unknown>;
}

const FILES = ['A', 'B', 'C'];
const PAGES = 3;
const PAGE = 8;
const BLOCK = 4;
const SIZE = PAGES * PAGE;

const blocks = (bytes: number): number => bytes - (bytes % BLOCK);

function falloc(name: string, mode: FallocateMode, isAligned: boolean = false): StressOperation {
  return {
    name,
    weight: 1,
    perform: ({ fs, file, offset, length }) =>
      isAligned
        ? fallocate(fs, file, mode, blocks(offset), Math.max(BLOCK, blocks(length)))
        : fallocate(fs, file, mode, offset, length, { keepSize: length % 2 === 0 }),
  };
}

/** All operations, by the names of fsstress. */
export const fsstressOperations: readonly StressOperation[] = [
  { name: 'read', weight: 3, perform: ({ file, offset, length }) => pread(file, offset, length) },
  {
    name: 'dread',
    weight: 1,
    perform: ({ file, offset, length }) =>
      pread(file, blocks(offset), Math.max(BLOCK, blocks(length)), { direct: true }),
  },
  { name: 'write', weight: 4, perform: ({ file, offset, length, write }) => pwrite(file, offset, length, write) },
  {
    name: 'mread',
    weight: 2,
    perform: (target) => mapped(target, (vma, at) => userLoad(vma, at)),
  },
  {
    name: 'mwrite',
    weight: 3,
    perform: (target) =>
      mapped(target, (vma, at) => userStore(vma, at, dataTags(vma.inode.name, target.write, at, 1)[0]!)),
  },
  { name: 'truncate', weight: 2, perform: ({ fs, file, offset }) => ftruncate(fs, file, offset) },
  falloc('fallocate', 'allocate-range'),
  falloc('punch', 'punch-hole'),
  falloc('zero', 'zero-range'),
  falloc('collapse', 'collapse-range', true),
  falloc('insert', 'insert-range', true),
  falloc('unshare', 'unshare-range'),
  {
    name: 'clonerange',
    weight: 1,
    perform: ({ fs, file, other, ...at }) => remapRange(fs, file, other, rangeOf(at), 'clone'),
  },
  {
    name: 'deduperange',
    weight: 1,
    perform: ({ fs, file, other, ...at }) => remapRange(fs, file, other, rangeOf(at), 'dedupe'),
  },
  {
    name: 'exchangerange',
    weight: 1,
    perform: ({ fs, file, other, ...at }) => exchangeRange(fs, file, other, rangeOf(at)),
  },
  {
    name: 'copyrange',
    weight: 1,
    perform: ({ fs, file, other, offset, destination, length, write }) =>
      copyFileRange(fs, file, other, { from: offset, to: destination, count: length }, write),
  },
  { name: 'splice', weight: 1, perform: splice },
  { name: 'fsync', weight: 2, perform: ({ file }) => fsync(file) },
  {
    name: 'sync',
    weight: 1,
    *perform({ fs }) {
      for (const inode of [...fs.inodes]) yield* fsync(inode);
    },
  },
  { name: 'readahead', weight: 1, perform: ({ file, offset, length }) => fadviseWillneed(file, offset, length) },
  { name: 'dontneed', weight: 1, perform: ({ file, offset, length }) => fadviseDontneed(file, offset, length) },
  { name: 'chattr', weight: 1, perform: ({ fs, file }) => setFlags(fs, file) },
  { name: 'rename', weight: 1, perform: (target) => renames(target) },
  { name: 'link', weight: 1, perform: (target) => links(target) },
  {
    name: 'freeze',
    weight: 1,
    perform: ({ fs }) => freezeAndThaw(fs),
  },
];

/** One run: what is drawn and how it is scheduled come from one seed. */
export function runFsstress(options: FsstressOptions): WorkloadResult {
  const { seed, tasks = 3, operations = 20, background = true, freezes = 0 } = options;
  const run = new WorkloadRun(options, { pageSize: PAGE, blockSize: BLOCK, filePages: PAGES, diskBlocks: 96 }, true);
  const { fs, machine } = run;
  const random = new RandomNumbers(seed);
  const directories = [fs.mkdir('d0'), fs.mkdir('d1')] as const;
  for (const name of FILES) fs.create(name, dataTags(name, 'w0', 0, random.below(SIZE)));
  const program: string[] = [];
  for (let t = 0; t < tasks; t++) {
    const mm = new Mm(fs.engine, `mm of t${t}`);
    const lines = Array.from({ length: operations }, (_, i) => drawLine(random, `t${t}.${i}`));
    program.push(...lines.map(({ words }) => `t${t}: ${words}`));
    machine.spawn(`t${t}`, function* () {
      for (const line of lines) yield* perform(fs, directories, mm, line);
    });
  }
  if (freezes > 0) {
    machine.spawn('freezer', function* () {
      for (let i = 0; i < freezes; i++) yield* freezeAndThaw(fs);
    });
  }
  if (background) {
    machine.spawn('kswapd', () => kswapd(fs, { rounds: Math.ceil(operations / 4), inodes: FILES }));
    machine.spawn('flusher', function* () {
      for (let round = 0; round < operations; round++) {
        yield* fs.icache.writeback(FILES[round % FILES.length]!);
        if (round % 4 === 0) yield* flusher(fs);
      }
    });
  }
  run.phase();
  return run.finish(tasks * operations, program);
}

/** One operation as it was drawn. */
interface Line {
  readonly operation: StressOperation;
  readonly names: readonly [string, string];
  readonly at: Pick<Target, 'offset' | 'length' | 'destination' | 'write'>;
  readonly words: string;
}

function drawLine(random: RandomNumbers, write: string): Line {
  const operation = random.weighted(fsstressOperations);
  const first = random.below(FILES.length);
  const names = [FILES[first]!, FILES[(first + 1 + random.below(FILES.length - 1)) % FILES.length]!] as const;
  const offset = random.below(SIZE);
  const at = { offset, length: 1 + random.below(SIZE - offset), destination: random.below(SIZE), write };
  const words = `${operation.name} ${names[0]} [${offset}, ${offset + at.length}) (${names[1]} ${at.destination})`;
  return { operation, names, at, words };
}

/** The files are opened for the operation and closed after it, so that their inodes come and go. */
function* perform(fs: BlockFileSystem, directories: readonly [Inode, Inode], mm: Mm, line: Line): Proc {
  const [name, otherName] = line.names;
  const file = yield* fs.icache.get(name);
  const other = yield* fs.icache.get(otherName);
  yield* line.operation.perform({ fs, directories, file, other, mm, ...line.at });
  yield* fs.icache.put(otherName);
  yield* fs.icache.put(name);
}

function* freezeAndThaw(fs: BlockFileSystem): Proc {
  if ((yield* freeze(fs)) === null) yield* thaw(fs);
}

function rangeOf({ offset, length, destination }: Pick<Target, 'offset' | 'length' | 'destination'>) {
  return { from: blocks(offset), to: blocks(destination), count: blocks(length) };
}

/** Touches the first byte, the last, and none of those between. */
function* mapped(
  { file, mm, offset, length }: Target,
  touch: (vma: Parameters<typeof userLoad>[0], at: number) => Proc<unknown>,
): Proc {
  const vma = yield* mmap(mm, file, { pages: PAGES });
  yield* touch(vma, offset);
  yield* touch(vma, offset + length - 1);
  yield* munmap(vma);
}

function* splice({ file, other, offset, destination, length, write }: Target): Proc {
  const pipe = new Pipe(file.sb.engine);
  yield* spliceRead(file, offset, pipe, length);
  yield* spliceWrite(pipe, other, destination, SIZE, write);
}

function* renames({ fs, directories: [from, to], file, other }: Target): Proc {
  yield* fs.sb.writers.acquireRead();
  yield* vfsRename(from, to, file, other, () => fs.inTransaction(function* () {}));
  yield* fs.sb.writers.releaseRead();
}

function* links({ fs, directories: [parent], file }: Target): Proc {
  yield* fs.sb.writers.acquireRead();
  yield* vfsLink(parent, file, () => fs.inTransaction(function* () {}));
  yield* fs.sb.writers.releaseRead();
}
