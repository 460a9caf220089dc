/**
 * Programs made at random: a few tasks, each some operations on two files at any byte, with blocks as large as pages or smaller. What one
 * run of such a program found. In the manner of fsx, with many hands.
 */
import type { Validator } from '@lockdep/core';
import {
  type BugSwitches,
  dataTags,
  Engine,
  type Finding,
  type Inode,
  MappedBuffer,
  Mm,
  mmap,
  munmap,
  Pipe,
  PlainMachine,
  type Proc,
  type Profile,
  premap,
  shrinkFolio,
  unmapPage,
  userLoad,
  userStore,
  type Vma,
} from '@lockdep/page-cache';
import {
  type BlockFileSystem,
  CephLike,
  copyFileRange,
  Ext2Like,
  Ext4Like,
  exchangeRange,
  type FileSystemName,
  fadviseWillneed,
  fallocate,
  fsync,
  ftruncate,
  pread,
  preallocate,
  punchHole,
  pwrite,
  remap,
  remapRange,
  spliceRead,
  spliceWrite,
  XfsLike,
} from '../src/index.ts';

import { RandomNumbers } from '../src/workloads/random-numbers.ts';
import { directOperation } from './random-direct-io.ts';
import { mappingOperation } from './random-mappings.ts';
import { RandomMemory } from './random-memory.ts';

export interface RandomOperations {
  readonly fs: FileSystemName;
  readonly profile: Profile;
  readonly seed: number;
  readonly validator?: Validator | null;
  /** Reclaim, migration, inodes that come and go, memory that may be short. Default true. */
  readonly memory?: boolean;
  readonly bugs?: BugSwitches;
}

export interface RandomOutcome {
  readonly stuck: readonly string[];
  readonly findings: readonly Finding[];
  readonly program: readonly string[];
}

const KINDS = { ext2: Ext2Like, ext4: Ext4Like, xfs: XfsLike, ceph: CephLike };
const PAGES = 3;
const PAGE = 4;

export function randomOperations({
  fs: name,
  profile,
  seed,
  validator = null,
  memory = true,
  bugs = {},
}: RandomOperations): RandomOutcome {
  const random = new RandomNumbers(seed);
  const below = (count: number): number => random.below(count);
  const machine = new PlainMachine({ seed, validator });
  const isTight = below(4) === 0;
  const geometry = { blockSize: [1, 2, 4][below(3)]!, filePages: PAGES, diskBlocks: isTight ? 12 : 64 };
  const fails = below(3) === 0;
  // No draw either.
  const direct = seed % 5 === 1;
  const engine = new Engine({
    machine,
    profile,
    validator,
    geometry,
    // What kernels do not promise of a read beside a direct write that makes the file longer (PC-017).
    bugs: direct ? { 'read.smallerSize': true, ...bugs } : bugs,
    faultAround: below(2) === 0,
    readaheadPages: below(3) - 1,
    freezes: below(2) === 0,
    // No draw: the same programs with and without.
    commits: seed % 2 === 0,
    faults: fails ? { read: below(2), write: below(2), allocation: below(2), space: below(2) } : {},
    directReclaim: memory ? (['never', 'global', 'memcg'] as const)[below(3)]! : 'never',
  });
  const fs = new KINDS[name](engine);
  const files = ['A', 'B'].map((file) =>
    fs.create(file, dataTags(file, 'w0', 0, 1 + below(isTight ? PAGE : PAGES * PAGE))),
  );
  // With errors, what an inode that is dropped and read back has lost is nobody's business.
  const management = memory && !fails ? new RandomMemory(fs, files, below) : null;
  const advice = below(2) === 0 ? 'sequential' : 'random';
  const vmas = files.map((file) => premap(new Mm(engine, `mm of ${file.name}`), file, { pages: PAGES, advice }));
  const program: string[] = [];
  const tasks = 2 + below(3);
  for (let t = 0; t < tasks; t++) {
    const operations = Array.from({ length: 1 + below(4) }, (_, i) => {
      const write = `t${t}.${i}`;
      const [words, code] =
        management !== null && below(6) === 0
          ? management.operation(write)
          : operation(fs, files, vmas, below, write, direct);
      program.push(`t${t}: ${words}`);
      return code;
    });
    machine.spawn(`t${t}`, function* () {
      for (const code of operations) yield* code();
    });
  }
  const { stuck } = machine.run(200_000);
  engine.inspect();
  return { stuck, findings: engine.oracle.findings, program };
}

/** Stores, and what shares blocks or moves them from file to file. */
const NOT_BESIDE_DIRECT: readonly number[] = [9, 13, 18, 21, 22, 23, 24];

function operation(
  fs: BlockFileSystem,
  files: readonly Inode[],
  vmas: readonly Vma[],
  below: (count: number) => number,
  write: string,
  direct: boolean,
): [string, () => Proc<unknown>] {
  const which = below(2);
  const file = files[which]!;
  const vma = vmas[which]!;
  const other = files[1 - which]!;
  const offset = below(PAGES * PAGE);
  const count = 1 + below(PAGES * PAGE - offset);
  const words = (what: string) => `${what} ${file.name} [${offset}, ${offset + count})`;
  const { blockSize } = fs.engine.geometry;
  const [block, blocks] = [Math.floor(offset / blockSize) * blockSize, Math.ceil(count / 2 / blockSize) * blockSize];
  const shift = (what: string) => `${what} ${file.name} [${block}, ${block + blocks})`;
  if (direct && below(3) === 0) return directOperation(file, vmas[1 - which]!, below, write);
  if (!direct && below(8) === 0) {
    const [what, code] = mappingOperation(fs, vma, below, offset, write);
    if (fs.engine.freezes || !what.startsWith('freeze')) return [what, code];
  }
  const drawn = below(file.fs instanceof XfsLike ? 25 : 20);
  if (direct && NOT_BESIDE_DIRECT.includes(drawn)) return directOperation(file, vmas[1 - which]!, below, write);
  switch (drawn) {
    case 0:
    case 1:
      return [words('read'), () => pread(file, offset, count)];
    case 2:
    case 3:
      return [words('write'), () => pwrite(file, offset, count, write)];
    case 4:
    case 5:
      return [words('punch'), () => punchHole(fs, file, offset, count)];
    case 6:
      return [`truncate ${file.name} to ${offset}`, () => ftruncate(fs, file, offset)];
    case 7:
      return [`fsync ${file.name}`, () => fsync(file)];
    case 8:
      return [`load ${file.name} ${offset}`, () => userLoad(vma, offset)];
    case 9:
      return [
        `store ${file.name} ${offset}`,
        () => userStore(vma, offset, dataTags(file.name, `m${write}`, offset, 1)[0]!),
      ];
    case 10:
      return [words('willneed'), () => fadviseWillneed(file, offset, count)];
    case 11:
      return [`reclaim ${file.name}`, () => reclaim(file)];
    case 12:
      return [
        words(`write from a mapping of ${other.name} to`),
        () => pwrite(file, offset, count, write, new MappedBuffer(vmas[1 - which]!)),
      ];
    case 14:
      return [words('preallocate'), () => preallocate(fs, file, offset, count, { keepSize: count % 2 === 0 })];
    case 13:
      return [`map, load, unmap ${file.name} ${offset}`, () => mapped(vma.mm, file, offset, write)];
    case 15:
      return [words('zero'), () => fallocate(fs, file, 'zero-range', offset, count, { keepSize: count % 2 === 0 })];
    case 16:
      return [shift('collapse'), () => fallocate(fs, file, 'collapse-range', block, blocks)];
    case 17:
      return [shift('insert'), () => fallocate(fs, file, 'insert-range', block, blocks)];
    case 18:
      return [
        words(`copy to ${block} of ${other.name} from`),
        () => copyFileRange(fs, file, other, { from: offset, to: block, count }, write),
      ];
    case 19:
      return [
        words(`splice to ${block} of ${other.name} from`),
        () => splice(file, other, offset, block, count, write),
      ];
    case 20:
      return [words('unshare'), () => fallocate(fs, file, 'unshare-range', offset, count, { keepSize: true })];
    case 21:
    case 22: {
      const [caller, to] = [below(2) === 0 ? 'clone' : 'dedupe', below(2) === 0 ? file : other] as const;
      const range = { from: block, to: below((PAGES * PAGE) / blockSize) * blockSize, count: below(2) * blocks };
      return [
        `${caller} ${file.name} [${block}, ${block + range.count}) to ${to.name} ${range.to}`,
        () => remapRange(fs, file, to, range, caller),
      ];
    }
    case 23: {
      const to = below((PAGES * PAGE) / blockSize) * blockSize;
      return [
        `exchange ${file.name} [${block}, ${block + blocks}) with ${other.name} ${to}`,
        () => exchangeRange(fs, file, other, { from: block, to, count: blocks }),
      ];
    }
    default:
      return [`clone ${file.name} to ${other.name}`, () => remap(fs, file, other, below(2) === 0 ? 'clone' : 'dedupe')];
  }
}

function* splice(source: Inode, target: Inode, from: number, to: number, count: number, write: string): Proc {
  const pipe = new Pipe(source.sb.engine);
  yield* spliceRead(source, from, pipe, count);
  yield* spliceWrite(pipe, target, to, PAGE + 1, `${write}a`);
  yield* spliceWrite(pipe, target, to, PAGE + 1, `${write}b`);
}

function* reclaim(file: Inode): Proc {
  for (let index = 0; index < PAGES; index++) {
    yield* unmapPage(file.mapping, index);
    yield* shrinkFolio(file.mapping, index);
  }
}

function* mapped(mm: Mm, file: Inode, offset: number, write: string): Proc {
  const vma = yield* mmap(mm, file, { pages: PAGES });
  yield* userLoad(vma, offset);
  yield* userStore(vma, offset, dataTags(file.name, `m${write}`, offset, 1)[0]!);
  yield* munmap(vma);
}
