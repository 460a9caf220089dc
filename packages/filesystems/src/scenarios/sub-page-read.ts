/**
 * 4. Blocks smaller than pages: the page stays in the cache when one of its blocks is punched, and a read fills that block from disk.
 * This is why the lock covers mapping and reading blocks, not just adding the page.
 */
import { dataTags } from '@lockdep/page-cache';
import { fsync } from '../syscalls/fsync.ts';
import { pread } from '../syscalls/pread.ts';
import { punchHole } from '../syscalls/punch-hole.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { AFTER, cellsFor, mount, type Scenario } from './scenario.ts';

const stale = { kind: 'stale-block-exposure', file: 'A', index: 0 } as const;

/**
 * Scenario 4: punch of one block of a cached page against a read of it. Stale data where the lock ends before the block is read.
 */
export const subPageRead: Scenario = {
  id: 4,
  title: 'page of four blocks, the first uptodate: punch(block 1) ∥ pread(block 1) ∥ write(C)',
  cells: [
    { fs: 'ext4', profile: 'before', verdict: 'corruption', finding: stale },
    { fs: 'xfs', profile: 'before', verdict: 'clean' },
    ...cellsFor(AFTER, { fs: 'ext4', verdict: 'clean' }),
    ...cellsFor(AFTER, { fs: 'xfs', verdict: 'clean' }),
    ...cellsFor(AFTER, { fs: 'ext4', bugs: { lockOnlyAroundAdd: true }, verdict: 'corruption', finding: stale }),
    ...cellsFor(AFTER, { fs: 'ext4', bugs: { 'read.createDropsLockAfterAdd': true }, verdict: 'clean' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { blockSize: 1, filePages: 1, diskBlocks: 16 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const c = fs.create('C');
    fs.cache(a, 0, [0]);
    return {
      engine,
      tasks: {
        punch: () => punchHole(fs, a, 1, 1),
        read: () => pread(a, 1, 1),
        *write() {
          yield* pwrite(c, 0, 1, 'w1');
          yield* fsync(c);
        },
      },
    };
  },
};
