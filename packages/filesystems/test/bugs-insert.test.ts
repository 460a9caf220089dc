/** PC-021: a copy-on-write that ends while an insert range moves extents, and becomes part of one of them. */
import { dataTags } from '@lockdep/page-cache';
import { fallocate, fsync, mount, preallocate, pwrite, remapRange, type Scenario } from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

/**
 * A[0] is shared, and what A had there is the next free block, right in front of that of A[1]. A[2] is an extent of its own, so that there are
 * two to move. If the first two become one in between, the gap is at A[0], and A[1] shows what A[0] holds.
 */
const insertVersusCopyOnWrite: Pick<Scenario, 'build'> = {
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 4, diskBlocks: 16 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    const b = fs.create('B', dataTags('B', 'w0', 0, 4));
    return {
      engine,
      tasks: {
        *insert() {
          yield* preallocate(fs, a, 8, 4);
          yield* remapRange(fs, b, a, { from: 0, to: 0, count: 4 });
          yield* pwrite(a, 0, 4, 'w1');
          yield* machine.start('writeback', () => fsync(a));
          yield* fallocate(fs, a, 'insert-range', 4, 4);
        },
      },
    };
  },
};

reproduceBugs([
  {
    id: 'PC-021',
    scenario: insertVersusCopyOnWrite,
    switched: { fs: 'xfs', profile: 'merged', bugs: { 'xfs.insertFlushesBlockBefore': false } },
    shows: { file: 'A', index: 1 },
  },
]);
