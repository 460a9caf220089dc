/** 2. Hole punch against a page fault, then a store through the mapping that the fault has made. */
import { dataTags, Mm, premap, userLoad, userStore } from '@lockdep/page-cache';
import { fsync } from '../syscalls/fsync.ts';
import { punchHole } from '../syscalls/punch-hole.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { AFTER, ALL, cellsFor, mount, type Scenario } from './scenario.ts';

const stale = { kind: 'stale-block-exposure', file: 'A', index: 0 } as const;

/** Scenario 2: hole punch against a load and a store through a mapping. Stale data where faults take no lock. */
export const punchVersusLoad: Scenario = {
  id: 2,
  title: 'punch(A[0]) ∥ load, then store, through a mapping of A ∥ write(C)',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
    { fs: 'ceph', profile: 'before', verdict: 'corruption', finding: stale },
    ...cellsFor(AFTER, { fs: 'ceph', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, {
      fs: 'ext4',
      bugs: { 'fs.faultsTakeInvalidateLock': false },
      verdict: 'corruption',
      finding: stale,
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const c = fs.create('C');
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    return {
      engine,
      tasks: {
        punch: () => punchHole(fs, a, 0, 4),
        *load() {
          yield* userLoad(vma, 0);
          yield* userStore(vma, 1, dataTags('A', 'm1', 1, 1)[0]!);
        },
        *write() {
          yield* pwrite(c, 0, 4, 'w1');
          yield* fsync(c);
        },
      },
    };
  },
};
