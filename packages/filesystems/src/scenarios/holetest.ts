/** 20. Stores through a mapping and write(2) into the same page, with writeback and unmapping beside them. */
import { dataTags, Mm, premap, unmapPage, userStore } from '@lockdep/page-cache';
import { fsync } from '../syscalls/fsync.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/**
 * Scenario 20: stores through a mapping and write(2) into one page, with fsync and reclaim. Source: xfstests `src/holetest.c`.
 */
export const holetest: Scenario = {
  id: 20,
  title: 'store A[1] through a mapping ∥ pwrite(A[2]) ∥ fsync, then reclaim',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean', effort: 'bounded' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'bounded' }),
    ...cellsFor(ALL, {
      fs: 'ext4',
      bugs: { 'write.dropsDirty': true },
      verdict: 'corruption',
      finding: { kind: 'lost-write', file: 'A', index: 0 },
      effort: 'sample',
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    fs.cache(a, 0);
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    return {
      engine,
      tasks: {
        *store() {
          yield* userStore(vma, 0, dataTags('A', 'm0', 0, 1)[0]!);
          yield* userStore(vma, 1, dataTags('A', 'm1', 1, 1)[0]!);
        },
        write: () => pwrite(a, 2, 1, 'w1'),
        *sync() {
          yield* unmapPage(a.mapping, 0);
          yield* fsync(a);
          yield* fs.drop(a);
        },
      },
    };
  },
};
