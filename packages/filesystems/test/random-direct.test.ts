/**
 * Programs made at random of direct and buffered I/O on two files, with what removes blocks and pages beside it. No stores through mappings: with
 * direct writes the kernel promises nothing for those. No clones either: a direct write that copies a shared block gives the old one up without any
 * lock that a read of it holds, so the page is filled from a block that is not the file's any more, until the second drop takes it away.
 */
import { Validator } from '@lockdep/core';
import {
  type BugSwitches,
  dataTags,
  Engine,
  findingText,
  type Inode,
  MappedBuffer,
  Mm,
  PlainMachine,
  type Proc,
  type Profile,
  premap,
  shrinkFolio,
  unmapPage,
  userLoad,
} from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import {
  aioRead,
  aioWrite,
  type FileSystemName,
  fileSystemKinds,
  fsync,
  ftruncate,
  pread,
  preallocate,
  punchHole,
  pwrite,
} from '../src/index.ts';
import { RandomNumbers } from '../src/workloads/random-numbers.ts';

const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);
const SEEDS = Array.from({ length: 60 }, (_, i) => FIRST + i);
const PAGES = 3;
const BYTES = PAGES * 4;

/** What is wrong with one program, the program with it. */
function complaints(kind: FileSystemName, profile: Profile, seed: number, defects: BugSwitches = {}): object {
  const random = new RandomNumbers(seed);
  const below = (count: number): number => random.below(count);
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ seed, validator });
  const geometry = { blockSize: [1, 2, 4][below(3)]!, filePages: PAGES, diskBlocks: 64 };
  const bugs = { 'read.smallerSize': true, ...defects };
  const engine = new Engine({ machine, profile, validator, geometry, bugs, readaheadPages: below(3) - 1 });
  const fs = new fileSystemKinds[kind](engine);
  const files = ['A', 'B'].map((name) => fs.create(name, dataTags(name, 'w0', 0, 1 + below(BYTES))));
  const vmas = files.map((file) => premap(new Mm(engine, `mm of ${file.name}`), file, { pages: PAGES }));
  const program: string[] = [];

  const operation = (write: string): (() => Proc<unknown>) => {
    const which = below(2);
    const file = files[which]!;
    const isAligned = below(2) === 0;
    const any = below(BYTES);
    const pos = isAligned ? any - (any % geometry.blockSize) : any;
    const some = 1 + below(BYTES - pos);
    const count = isAligned ? Math.ceil(some / geometry.blockSize) * geometry.blockSize : some;
    const flags = { direct: true, append: below(6) === 0, dsync: below(4) === 0, nowait: below(6) === 0 };
    const operations: [string, () => Proc<unknown>][] = [
      ['direct read', () => pread(file, pos, count, { direct: true, nowait: flags.nowait })],
      ['direct write', () => pwrite(file, pos, count, write, undefined, flags)],
      ['direct write from a mapping', () => pwrite(file, pos, count, write, new MappedBuffer(vmas[1 - which]!), flags)],
      ['asynchronous read and write', () => asynchronous(file, pos, count, write, flags)],
      ['read', () => pread(file, pos, count)],
      ['write', () => pwrite(file, pos, count, write, undefined, { append: flags.append, dsync: flags.dsync })],
      ['load', () => userLoad(vmas[which]!, pos)],
      ['punch', () => punchHole(fs, file, pos, count)],
      ['preallocate', () => preallocate(fs, file, pos, count, { keepSize: flags.dsync })],
      ['truncate', () => ftruncate(fs, file, pos)],
      ['fsync', () => fsync(file)],
      ['reclaim', () => reclaim(file)],
    ];
    const [words, code] = operations[below(operations.length)]!;
    program.push(`${write}: ${words} ${file.name} [${pos}, ${pos + count}) ${JSON.stringify(flags)}`);
    return code;
  };

  for (let t = 0; t < 2 + below(3); t++) {
    const codes = Array.from({ length: 1 + below(4) }, (_, i) => operation(`t${t}.${i}`));
    machine.spawn(`t${t}`, function* () {
      for (const code of codes) yield* code();
    });
  }
  const { stuck } = machine.run(200_000);
  engine.inspect();
  const wrong = [...engine.oracle.findings.map(findingText), ...validator.reports.map(({ message }) => message)];
  return wrong.length + stuck.length === 0 ? {} : { seed, stuck, wrong, program, geometry };
}

function* asynchronous(
  file: Inode,
  pos: number,
  count: number,
  write: string,
  { nowait, append, dsync }: { nowait: boolean; append: boolean; dsync: boolean },
): Proc {
  const requests = [yield* aioWrite(file, pos, count, write, undefined, { nowait, append, dsync })];
  requests.push(yield* aioRead(file, pos, count));
  for (const request of requests) yield* request.wait();
}

function* reclaim(file: Inode): Proc {
  for (let index = 0; index < PAGES; index++) {
    yield* unmapPage(file.mapping, index);
    yield* shrinkFolio(file.mapping, index);
  }
}

describe('direct and buffered I/O at random', () => {
  for (const fs of ['ext2', 'ext4', 'xfs', 'ceph'] as const) {
    for (const profile of ['merged', 'latest'] as const) {
      test(`${fs}, ${profile}: no finding, no report, nobody stuck (seeds from ${FIRST})`, () => {
        for (const seed of SEEDS) expect(complaints(fs, profile, seed)).toEqual({});
      });
    }
  }

  test.each([
    ['the cache is not dropped again', { 'dio.invalidateAtCompletion': false }],
    ['reads go by two sizes (PC-017)', { 'read.smallerSize': false }],
  ] as const)('the oracle is awake: %s', (_, defects) => {
    const found = SEEDS.concat(SEEDS.map((seed) => seed + SEEDS.length)).map((seed) =>
      complaints('xfs', 'merged', seed, defects),
    );
    expect(JSON.stringify(found)).toContain('lost-write');
  });
});
