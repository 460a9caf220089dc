/** 12. Two reflinks in opposite directions, with the inodes dropped and read back at other addresses in between. */
import { dataTags, MappedBuffer, Mm, premap } from '@lockdep/page-cache';
import { pwrite } from '../syscalls/pwrite.ts';
import { remap } from '../syscalls/remap.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/**
 * Scenario 12: a reflink and a dedupe of the same two files, crosswise. Deadlocks only where they order the files differently.
 */
export const crossedReflinks: Scenario = {
  id: 12,
  title: 'reflink(A to B) ∥ dedupe(B, A) ∥ inodes dropped and read back',
  cells: [
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, { fs: 'xfs', bugs: { 'lockTwo.comparator': 'mixed' }, verdict: 'deadlock', effort: 'sample' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    fs.create('A', dataTags('A', 'w0', 0, 4));
    fs.create('B', dataTags('B', 'w0', 0, 4));
    function* both(source: string, target: string, caller: 'clone' | 'dedupe') {
      const from = yield* fs.icache.get(source);
      const to = yield* fs.icache.get(target);
      yield* remap(fs, from, to, caller);
      yield* fs.icache.put(source);
      yield* fs.icache.put(target);
    }
    return {
      engine,
      tasks: {
        clone: () => both('A', 'B', 'clone'),
        dedupe: () => both('B', 'A', 'dedupe'),
        reclaim: () => fs.icache.reclaim(['A', 'B']),
      },
    };
  },
};

/** The same files, class by class or inode by inode, against a write whose source is a mapping of the other file. */
export const interleavedPair: Scenario = {
  id: 12,
  title: 'reflink(A to B), both locks of one inode first ∥ write(B from a mapping of A)',
  cells: [
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean' }),
    ...cellsFor(ALL, { fs: 'xfs', bugs: { 'lockTwo.interleaved': true }, verdict: 'deadlock' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const b = fs.create('B', dataTags('B', 'w0', 0, 4));
    const ofA = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    return {
      engine,
      tasks: {
        clone: () => remap(fs, a, b, 'clone'),
        write: () => pwrite(b, 0, 1, 'w1', new MappedBuffer(ofA)),
      },
    };
  },
};
