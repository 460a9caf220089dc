/**
 * The operations of fsx: of each, how its arguments are drawn, what it does to the file, and what it does to the model.
 *
 * To add one, add an entry. Arguments are trimmed as `ltp/fsx.c` trims them: reads to the file, changes to the largest size.
 */
import { type Errno, type Proc, type Tag, userStore } from '@lockdep/page-cache';
import type { RemapRange } from '../remap-bytes.ts';
import { copyFileRange } from '../syscalls/copy-file-range.ts';
import { type FallocateMode, fallocate as fallocateRange } from '../syscalls/fallocate.ts';
import { fsync } from '../syscalls/fsync.ts';
import { ftruncate } from '../syscalls/ftruncate.ts';
import { pread } from '../syscalls/pread.ts';
import { punchHole } from '../syscalls/punch-hole.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { exchangeRange, remapRange } from '../syscalls/remap.ts';
import { FsxFailure } from './fsx-failure.ts';
import { type FsxFile, load } from './fsx-file.ts';
import type { FsxEntry } from './fsx-log.ts';
import type { GoodBuffer } from './good-buffer.ts';
import type { RandomNumbers } from './random-numbers.ts';

/** The numbers of an operation, and what it is asked for beside them. */
export type FsxArguments = Omit<FsxEntry, 'op' | 'size'>;

/** What arguments are trimmed to. */
export interface FsxSizes {
  /** Of the file now. */
  readonly size: number;
  /** Of the largest file. */
  readonly maxSize: number;
  readonly blockSize: number;
}

/** One operation. */
export interface FsxOperation {
  /** As in the log of operations. */
  readonly name: string;
  /** How often, relative to the others. */
  readonly weight: number;
  /**
   * Moves the end, so that it has to zero what has been stored past the end before: up to which offset, of these arguments (the calls of
   * `pollute_eofpage`); null when it leaves the end where it is, or begins right there. Left out: it never moves it.
   */
  zeroesUpTo?(args: FsxArguments, sizes: FsxSizes): number | null;
  /** More than an offset inside the largest file and a length. */
  draw?(random: RandomNumbers, args: FsxArguments, sizes: FsxSizes): FsxArguments;
  /** What of it makes sense for a file of this size; null when nothing does. */
  trim(args: FsxArguments, sizes: FsxSizes): FsxArguments | null;
  /** Does it, tells the model, and checks what it got. `write` names the bytes that it writes. */
  perform(file: FsxFile, entry: FsxEntry, write: string): Proc;
}

/** An offset and a length inside of `size` bytes (`TRIM_OFF_LEN`). */
function inside(args: FsxArguments, size: number): FsxArguments | null {
  if (size <= 0) return null;
  const offset = args.offset % size;
  const length = Math.min(args.length, size - offset);
  return length === 0 ? null : { ...args, offset, length };
}

const insideFile = (args: FsxArguments, { size }: FsxSizes): FsxArguments | null => inside(args, size);
const insideLargest = (args: FsxArguments, { maxSize }: FsxSizes): FsxArguments | null => inside(args, maxSize);

/** Of what makes the file longer by beginning behind its end. */
const gap = ({ offset, length }: FsxArguments, { size }: FsxSizes): number | null =>
  offset > size ? offset + length : null;
const gapUnlessKept = (args: FsxArguments, sizes: FsxSizes): number | null =>
  args.keepSize === true ? null : gap(args, sizes);
const wholePage = (_: FsxArguments, { maxSize }: FsxSizes): number => maxSize;

const read: FsxOperation = {
  name: 'read',
  weight: 2,
  trim: insideFile,
  *perform(file, { offset, length }) {
    const got = yield* pread(file.inode, offset, length, { direct: file.isDirect(offset, length) });
    if (typeof got === 'string') throw new FsxFailure('error', `read of ${length} bytes at ${offset}: ${got}`);
    file.compare(offset, length, got, 'read');
  },
};

const write: FsxOperation = {
  name: 'write',
  weight: 2,
  zeroesUpTo: gap,
  trim: insideLargest,
  *perform(file, { offset, length }, name) {
    const direct = file.isDirect(offset, length) && !file.isStranded(offset);
    const done = yield* pwrite(file.inode, offset, length, name, undefined, { direct });
    if (done !== length) throw new FsxFailure('error', `write of ${length} bytes at ${offset}: ${done}`);
    file.good.write(offset, length, name);
    if (file.syncs) yield* fsync(file.inode);
  },
};

const mapread: FsxOperation = {
  name: 'mapread',
  weight: 1,
  trim: insideFile,
  *perform(file, { offset, length }) {
    yield* file.mapped(offset, length, function* (vma) {
      const got: Tag[] = [];
      for (let at = offset; at < offset + length; at++) got.push(yield* load(vma, at));
      file.compare(offset, length, got, 'mapread');
    });
  },
};

const mapwrite: FsxOperation = {
  name: 'mapwrite',
  weight: 1,
  zeroesUpTo: gap,
  trim: insideLargest,
  *perform(file, { offset, length }, name) {
    const { fs, inode, good } = file;
    if (offset + length > good.size) yield* ftruncate(fs, inode, offset + length);
    good.write(offset, length, name);
    yield* file.mapped(offset, length, function* (vma) {
      for (let at = offset; at < offset + length; at++) {
        if (!(yield* userStore(vma, at, good.bytes[at]!))) throw new FsxFailure('error', `store at ${at}: SIGBUS`);
      }
      // msync(MS_SYNC); a mapping that stays is left with its dirty ptes.
      if (file.lasting === null) yield* fsync(inode);
    });
  },
};

const truncate: FsxOperation = {
  name: 'truncate',
  weight: 1,
  zeroesUpTo: ({ length }, { size, maxSize }) => (length < size ? maxSize : length > size ? length : null),
  draw: (random, _, { maxSize }) => ({ offset: 0, length: random.below(maxSize + 1) }),
  trim: (args, { maxSize }) => ({ ...args, length: Math.min(args.length, maxSize) }),
  *perform({ fs, inode, good }, { length }) {
    yield* ftruncate(fs, inode, length);
    good.resize(length);
  },
};

const punch: FsxOperation = {
  name: 'punch_hole',
  weight: 1,
  // In fsx what is past the end is clipped.
  trim: insideFile,
  *perform({ fs, inode, good }, { offset, length }) {
    yield* punchHole(fs, inode, offset, length);
    good.zero(offset, length, true);
  },
};

/** As an operation of the table: the mode of fallocate(2), and its effect on the model. */
function fallocateWith(
  mode: FallocateMode,
  operation: Omit<FsxOperation, 'weight' | 'perform'>,
  tellModel: (good: GoodBuffer, entry: FsxEntry) => void,
): FsxOperation {
  return {
    ...operation,
    weight: 1,
    *perform({ fs, inode, good }, entry) {
      const { offset, length, keepSize = false, unshare = false } = entry;
      const how = unshare ? 'unshare-range' : mode;
      const error = yield* fallocateRange(fs, inode, how, offset, length, { keepSize });
      // A file system may not have it; but there is room, so nothing else may fail.
      if (error === 'EOPNOTSUPP') return;
      if (error !== null) throw new FsxFailure('error', `fallocate with ${how}: ${error}`);
      tellModel(good, entry);
    },
  };
}

const someKeepSize = (random: RandomNumbers, args: FsxArguments): FsxArguments =>
  random.oneIn(2) ? { ...args, keepSize: true } : args;

const fallocate = fallocateWith(
  'allocate-range',
  {
    name: 'fallocate',
    zeroesUpTo: gapUnlessKept,
    draw: (random, args) => ({ ...someKeepSize(random, args), ...(random.oneIn(4) ? { unshare: true } : {}) }),
    trim: insideLargest,
  },
  (good, { offset, length, keepSize }) => {
    if (keepSize !== true) good.resize(Math.max(good.size, offset + length));
  },
);

const zeroRange = fallocateWith(
  'zero-range',
  { name: 'zero_range', zeroesUpTo: gapUnlessKept, draw: someKeepSize, trim: insideLargest },
  (good, { offset, length, keepSize = false }) => good.zero(offset, length, keepSize),
);

/** Whole blocks of a range, rounded down; null when there is none. */
function wholeBlocks(args: FsxArguments | null, blockSize: number): FsxArguments | null {
  if (args === null) return null;
  const length = args.length - (args.length % blockSize);
  return length === 0 ? null : { ...args, offset: args.offset - (args.offset % blockSize), length };
}

const collapseRange = fallocateWith(
  'collapse-range',
  {
    name: 'collapse_range',
    zeroesUpTo: wholePage,
    // Not up to the end: that would be a truncate.
    trim: (args, { size, blockSize }) => wholeBlocks(inside(args, size - 1), blockSize),
  },
  (good, { offset, length }) => good.collapse(offset, length),
);

const insertRange = fallocateWith(
  'insert-range',
  {
    name: 'insert_range',
    zeroesUpTo: wholePage,
    trim(args, { size, maxSize, blockSize }) {
      if (size === 0) return null;
      const length = Math.min(args.length, maxSize - size);
      return wholeBlocks({ ...args, offset: args.offset % size, length }, blockSize);
    },
  },
  (good, { offset, length }) => good.insert(offset, length),
);

/** Where a range goes, drawn like an offset (`generate_dest_range`). */
const someDestination = (random: RandomNumbers, args: FsxArguments, { maxSize }: FsxSizes): FsxArguments => ({
  ...args,
  destination: random.below(maxSize),
});

/** The destination in whole units, where the range fits into `size` bytes there and meets itself nowhere; else null. */
function apart(args: FsxArguments | null, size: number, unit: number): FsxArguments | null {
  if (args === null) return null;
  const destination = (args.destination ?? 0) - ((args.destination ?? 0) % unit);
  if (destination + args.length > size || Math.abs(destination - args.offset) < args.length) return null;
  return { ...args, destination };
}

/** The end moves when a range is put behind it. */
const gapAtDestination = ({ destination = 0, length }: FsxArguments, { size }: FsxSizes): number | null =>
  destination > size ? destination + length : null;

/** As an operation of the table: an ioctl that works on whole blocks of two ranges. */
function ioctlOnRanges(
  operation: Omit<FsxOperation, 'weight' | 'draw' | 'perform'>,
  call: (file: FsxFile, range: RemapRange) => Proc<Errno | null>,
  tellModel: (good: GoodBuffer, range: RemapRange) => void,
): FsxOperation {
  return {
    ...operation,
    weight: 1,
    draw: someDestination,
    *perform(file, { offset, length, destination = 0 }) {
      const range = { from: offset, to: destination, count: length };
      const error = yield* call(file, range);
      // Another file system has none of these; and what is not equal is not deduplicated.
      if (error === 'EOPNOTSUPP' || error === 'EBADE') return;
      if (error !== null) throw new FsxFailure('error', `${operation.name}: ${error}`);
      tellModel(file.good, range);
    },
  };
}

const cloneRange = ioctlOnRanges(
  {
    name: 'clone_range',
    zeroesUpTo: gapAtDestination,
    trim: (args, { size, maxSize, blockSize }) => apart(wholeBlocks(inside(args, size), blockSize), maxSize, blockSize),
  },
  ({ fs, inode }, range) => remapRange(fs, inode, inode, range, 'clone'),
  (good, { from, count, to }) => good.copy(from, count, to),
);

/** Both ranges inside the file: what is past the end is equal to nothing. */
const insideTwice = (args: FsxArguments, { size, blockSize }: FsxSizes): FsxArguments | null =>
  apart(wholeBlocks(inside(args, size), blockSize), size, blockSize);

const dedupeRange = ioctlOnRanges(
  { name: 'dedupe_range', trim: insideTwice },
  ({ fs, inode }, range) => remapRange(fs, inode, inode, range, 'dedupe'),
  () => undefined,
);

const exchange = ioctlOnRanges(
  { name: 'exchange_range', trim: insideTwice },
  ({ fs, inode }, range) => exchangeRange(fs, inode, inode, range),
  (good, { from, count, to }) => good.exchange(from, count, to),
);

const copyRange: FsxOperation = {
  name: 'copy_range',
  weight: 1,
  zeroesUpTo: gapAtDestination,
  draw: someDestination,
  trim: (args, { size, maxSize }) => apart(inside(args, size), maxSize, 1),
  *perform({ fs, inode, good, pageSize }, { offset, length, destination = 0 }, write) {
    const { blockSize } = fs.engine.geometry;
    const endsBoth = offset + length === good.size && destination + length >= good.size;
    const shares =
      fs.canRemap &&
      offset % blockSize === 0 &&
      destination % blockSize === 0 &&
      (length % blockSize === 0 || endsBoth);
    const done = yield* copyFileRange(fs, inode, inode, { from: offset, to: destination, count: length }, write);
    if (done !== length) throw new FsxFailure('error', `copy_range of ${length} bytes at ${offset}: ${done}`);
    if (shares) good.copy(offset, length, destination);
    else {
      // Through a pipe of one page: each pipeful is a write of its own.
      for (let at = 0; at < length; at += pageSize) {
        good.write(destination + at, Math.min(pageSize, length - at), `${write}+${at}`);
      }
    }
  },
};

const sync: FsxOperation = {
  name: 'fsync',
  weight: 1,
  trim: () => ({ offset: 0, length: 0 }),
  *perform({ inode }) {
    yield* fsync(inode);
  },
};

/** All operations, in the order of the source. */
export const fsxOperations: readonly FsxOperation[] = [
  read,
  write,
  mapread,
  mapwrite,
  truncate,
  fallocate,
  punch,
  zeroRange,
  collapseRange,
  insertRange,
  cloneRange,
  dedupeRange,
  copyRange,
  exchange,
  sync,
];
