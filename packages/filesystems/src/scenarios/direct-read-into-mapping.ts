/** 10. Direct reads of two files into mappings of each other, and punches of both: the fault is another file's read, or the same file's. */
import { dataTags, MappedBuffer, Mm, premap } from '@lockdep/page-cache';
import { pread } from '../syscalls/pread.ts';
import { punchHole } from '../syscalls/punch-hole.ts';
import { ALL, type Cell, cellsFor, mount, type Scenario } from './scenario.ts';

const held = { 'fs.dioRangeLockOverGup': true } as const;
const dropped = { 'fs.dioRangeLockOverGup': false } as const;

const cells = (effort: Pick<Cell, 'effort'>): Cell[] => [
  ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean', ...effort }),
  ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', ...effort }),
  ...cellsFor(['merged'], { fs: 'ext4', bugs: held, verdict: 'deadlock', ...effort }),
  ...cellsFor(['latest'], { fs: 'ext4', bugs: dropped, verdict: 'clean', ...effort }),
];

/** Scenario 10: a deadlock of two where a file system holds a lock of the file's extents while user pages fault in. */
export const crossedDirectReads: Scenario = {
  id: 10,
  title: 'direct read(A into a mapping of B) ∥ direct read(B into a mapping of A) ∥ punch of both',
  cells: cells({ effort: 'sample' }),
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const b = fs.create('B', dataTags('B', 'w0', 0, 4));
    const ofB = premap(new Mm(engine, 'mm1'), b, { pages: 1 });
    const ofA = premap(new Mm(engine, 'mm2'), a, { pages: 1 });
    return {
      engine,
      tasks: {
        read1: () => pread(a, 0, 4, { direct: true, to: new MappedBuffer(ofB) }),
        read2: () => pread(b, 0, 4, { direct: true, to: new MappedBuffer(ofA) }),
        punch1: () => punchHole(fs, a, 0, 4),
        punch2: () => punchHole(fs, b, 0, 4),
      },
    };
  },
};

/** Scenario 10, of one: a read of the file into a mapping of the same page waits for itself. */
export const directReadIntoOwnMapping: Scenario = {
  id: 10,
  title: 'direct read(A into a mapping of A) ∥ punch(A)',
  cells: cells({ effort: 'long' }),
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    return {
      engine,
      tasks: {
        read: () => pread(a, 0, 4, { direct: true, to: new MappedBuffer(vma) }),
        punch: () => punchHole(fs, a, 0, 4),
      },
    };
  },
};
