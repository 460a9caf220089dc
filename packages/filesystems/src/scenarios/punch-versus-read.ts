/** 1. The race of 2021: a page is read between its eviction by a hole punch and the freeing of its block, which a third file gets. */
import { dataTags } from '@lockdep/page-cache';
import { fsync } from '../syscalls/fsync.ts';
import { pread } from '../syscalls/pread.ts';
import { punchHole } from '../syscalls/punch-hole.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { AFTER, cellsFor, mount, type Scenario } from './scenario.ts';

const stale = { kind: 'stale-block-exposure', file: 'A', index: 1 } as const;

/**
 * Scenario 1: hole punch against read(2), the race of 2021. Stale data where reads take no lock that the punch holds.
 */
export const punchVersusRead: Scenario = {
  id: 1,
  title: 'punch(A[1]) ∥ pread(A[1]) ∥ write(C)',
  cells: [
    { fs: 'ext4', profile: 'before', verdict: 'corruption', finding: stale },
    { fs: 'xfs', profile: 'before', verdict: 'clean' },
    ...cellsFor(AFTER, { fs: 'ext4', verdict: 'clean' }),
    ...cellsFor(AFTER, { fs: 'xfs', verdict: 'clean' }),
    ...cellsFor(AFTER, {
      fs: 'ext4',
      bugs: { 'fs.readsTakeInvalidateLock': false },
      verdict: 'corruption',
      finding: stale,
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 2, diskBlocks: 8 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    const c = fs.create('C');
    return {
      engine,
      tasks: {
        punch: () => punchHole(fs, a, 4, 4),
        read: () => pread(a, 4, 4),
        *write() {
          yield* pwrite(c, 0, 4, 'w1');
          yield* fsync(c);
        },
      },
    };
  },
};
