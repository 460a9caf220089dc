/**
 * generic/503 (`t_mmap_collision`): two threads read one file, directly, into a mapping of another one, whose pages both take away in between;
 * and generic/068: a mix of operations on a file system that is frozen and thawed meanwhile. Nobody may wait for ever.
 */
import { Validator } from '@lockdep/core';
import { dataTags, Engine, type Inode, MappedBuffer, Mm, PlainMachine, type Proc, premap } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import {
  type BlockFileSystem,
  type FileSystemName,
  fallocate,
  fileSystemKinds,
  ftruncate,
  pread,
  preallocate,
  punchHole,
  runFsstress,
} from '../src/index.ts';
import { workloadComplaints } from './workload-variants.ts';

const FIRST = Number(process.env['LOCKDEP_SEED'] ?? 1);
const KINDS = ['ext2', 'ext4', 'xfs', 'ceph'] as const satisfies FileSystemName[];
const PAGES = 4;
const PAGE = 4;
const SIZE = PAGES * PAGE;
const ROUNDS = 2;

/** What follows each read. */
const operations: Readonly<Record<string, (fs: BlockFileSystem, file: Inode) => Proc<unknown>>> = {
  punch: (fs, file) => punchHole(fs, file, 0, SIZE),
  'zero range': (fs, file) => fallocate(fs, file, 'zero-range', 0, SIZE),
  *truncate(fs, file) {
    yield* ftruncate(fs, file, 0);
    yield* preallocate(fs, file, 0, SIZE);
  },
  *collapse(fs, file) {
    yield* preallocate(fs, file, 0, SIZE);
    yield* fallocate(fs, file, 'collapse-range', 0, PAGE);
    yield* preallocate(fs, file, 0, SIZE);
  },
};

/** The lengths of all reads; that nobody is stuck, and nothing is found or reported. */
function collide(fs: FileSystemName, profile: 'merged' | 'latest', name: string, seed: number): (number | string)[] {
  const validator = new Validator({ sites: false });
  const machine = new PlainMachine({ seed, validator });
  const geometry = { pageSize: PAGE, blockSize: PAGE, filePages: PAGES, diskBlocks: 32 };
  const engine = new Engine({ machine, validator, profile, geometry });
  const mounted = new fileSystemKinds[fs](engine);
  const source = mounted.create('G', dataTags('G', 'w0', 0, SIZE));
  const target = mounted.create('F', dataTags('F', 'w0', 0, SIZE));
  const vma = premap(new Mm(engine, 'mm'), target, { pages: PAGES });
  const lengths: (number | string)[] = [];
  for (const task of ['t0', 't1']) {
    machine.spawn(task, function* () {
      for (let round = 0; round < ROUNDS; round++) {
        const read = yield* pread(source, 0, SIZE, { direct: true, to: new MappedBuffer(vma) });
        lengths.push(typeof read === 'string' ? read : read.length);
        yield* operations[name]!(mounted, target);
      }
    });
  }
  const { stuck } = machine.run(200_000);
  engine.inspect();
  const reports = validator.reports.map(({ message }) => message);
  expect({ seed, stuck, findings: engine.oracle.findings, reports }).toEqual({
    ...{ seed, stuck: [], findings: [], reports: [] },
  });
  return lengths;
}

describe.each(KINDS)('%s', (fs) => {
  test.each(Object.keys(operations))(`503, %s (seeds from ${FIRST})`, (name) => {
    for (const profile of ['merged', 'latest'] as const) {
      for (let seed = FIRST; seed < FIRST + 8; seed++) {
        const lengths = collide(fs, profile, name, seed);
        expect(lengths).toHaveLength(2 * ROUNDS);
        // Where the file is shorter for a moment, reads into its mapping may come to less.
        if (name === 'punch' || name === 'zero range') expect(new Set(lengths)).toEqual(new Set([SIZE]));
      }
    }
  });

  test(`068 (seeds from ${FIRST})`, () => {
    for (let seed = FIRST; seed < FIRST + 3; seed++) {
      const run = (validator: Validator) => runFsstress({ fs, freezes: 25, tasks: 2, seed, validator });
      expect(workloadComplaints(seed, run)).toEqual({});
    }
  });
});

test('068 is what finds an ioctl that takes freeze level 1 under i_rwsem', () => {
  const bugs = { 'vfs.startWriteInsideIrwsem': true };
  const complaints = Array.from({ length: 40 }, (_, i) => {
    const run = (validator: Validator) => runFsstress({ fs: 'ext4', bugs, freezes: 25, seed: i + 1, validator });
    return workloadComplaints(i + 1, run) as { stuck?: readonly string[] };
  });
  expect(complaints.some(({ stuck = [] }) => stuck.length > 0)).toBe(true);
});
