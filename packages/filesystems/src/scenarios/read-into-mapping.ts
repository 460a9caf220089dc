/** 11. read(2) of A into a mapping of B, the same the other way round, and truncates of both: the last question of the thread. */
import { dataTags, MappedBuffer, Mm, premap } from '@lockdep/page-cache';
import { ftruncate } from '../syscalls/ftruncate.ts';
import { pread } from '../syscalls/pread.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/**
 * Scenario 11: reads of two files into mappings of each other, and truncates. Deadlocks only where read(2) copies under invalidate_lock.
 */
export const readIntoMapping: Scenario = {
  id: 11,
  title: 'read(A into a mapping of B) ∥ read(B into a mapping of A) ∥ truncate of both',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean', effort: 'long' }),
    ...cellsFor(['seed'], {
      fs: 'ext4',
      bugs: { 'read.invalidateLockOverCopy': true },
      verdict: 'deadlock',
      effort: 'sample',
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const b = fs.create('B', dataTags('B', 'w0', 0, 4));
    fs.cache(a, 0);
    fs.cache(b, 0);
    const ofB = premap(new Mm(engine, 'mm1'), b, { pages: 1 });
    const ofA = premap(new Mm(engine, 'mm2'), a, { pages: 1 });
    return {
      engine,
      tasks: {
        read1: () => pread(a, 0, 1, { to: new MappedBuffer(ofB, 2) }),
        read2: () => pread(b, 0, 1, { to: new MappedBuffer(ofA, 2) }),
        truncate1: () => ftruncate(fs, a, 4),
        truncate2: () => ftruncate(fs, b, 4),
      },
    };
  },
};
