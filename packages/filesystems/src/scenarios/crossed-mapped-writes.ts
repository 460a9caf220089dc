/** 8. Two writes whose sources are mappings of each other's page. */
import { dataTags, MappedBuffer, Mm, premap, unmapPage } from '@lockdep/page-cache';
import { pwrite } from '../syscalls/pwrite.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/**
 * Scenario 8: two writes whose sources are mappings of each other's page. Deadlocks only where write(2) copies with faults on.
 */
export const crossedMappedWrites: Scenario = {
  id: 8,
  title: 'write(A from a mapping of B) ∥ write(B from a mapping of A) ∥ unmapping of both',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, { fs: 'ext4', bugs: { 'write.atomicCopy': false }, verdict: 'deadlock', effort: 'long' }),
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
        write1: () => pwrite(a, 0, 1, 'w1', new MappedBuffer(ofB)),
        write2: () => pwrite(b, 0, 1, 'w2', new MappedBuffer(ofA)),
        *unmap() {
          yield* unmapPage(a.mapping, 0);
          yield* unmapPage(b.mapping, 0);
        },
      },
    };
  },
};
