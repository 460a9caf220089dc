/** 19. Blocks smaller than pages: a page stays writable while its file shrinks and grows, and the blocks behind the old end are gone. */
import { dataTags, Mm, premap, userStore } from '@lockdep/page-cache';
import { fsync } from '../syscalls/fsync.ts';
import { ftruncate } from '../syscalls/ftruncate.ts';
import { AFTER, ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/**
 * Scenario 19: store, truncate down and up, store again, with writeback beside it. Source: xfstests generic/029.
 */
export const truncateDownUp: Scenario = {
  id: 19,
  title: 'two blocks a page: store A[0], truncate to one block and back, store A[3] ∥ fsync',
  cells: [
    { fs: 'ext4', profile: 'before', verdict: 'clean', effort: 'bounded' },
    ...cellsFor(AFTER, { fs: 'ext4', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, {
      fs: 'ext4',
      bugs: { isizeExtendedMkclean: false },
      verdict: 'corruption',
      finding: { kind: 'lost-write', file: 'A', index: 0 },
      effort: 'sample',
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { blockSize: 2, filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    fs.cache(a, 0);
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    return {
      engine,
      tasks: {
        *user() {
          yield* userStore(vma, 0, dataTags('A', 'm0', 0, 1)[0]!);
          yield* ftruncate(fs, a, 2);
          yield* ftruncate(fs, a, 4);
          yield* userStore(vma, 3, dataTags('A', 'm1', 3, 1)[0]!);
          yield* fsync(a);
          yield* fs.drop(a);
        },
        sync: () => fsync(a),
      },
    };
  },
};
