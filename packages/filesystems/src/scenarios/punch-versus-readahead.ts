/** 3. Hole punch against readahead asked for by advice, which takes no lock of the inode; a read afterwards sees what it brought. */
import { dataTags } from '@lockdep/page-cache';
import { fadviseWillneed } from '../syscalls/fadvise.ts';
import { fsync } from '../syscalls/fsync.ts';
import { pread } from '../syscalls/pread.ts';
import { punchHole } from '../syscalls/punch-hole.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { AFTER, cellsFor, mount, type Scenario } from './scenario.ts';

const stale = { kind: 'stale-block-exposure', file: 'A', index: 0 } as const;
const careless = { 'xfs.fadviseTakesIolock': false } as const;

/** Scenario 3: hole punch against `POSIX_FADV_WILLNEED`. Stale data where advice takes no lock. */
export const punchVersusReadahead: Scenario = {
  id: 3,
  title: 'punch(A[0]) ∥ fadvise(WILLNEED), then pread(A[0]) ∥ write(C)',
  cells: [
    { fs: 'ext4', profile: 'before', verdict: 'corruption', finding: stale },
    { fs: 'xfs', profile: 'before', verdict: 'clean' },
    { fs: 'xfs', profile: 'before', bugs: careless, verdict: 'corruption', finding: stale },
    ...cellsFor(AFTER, { fs: 'ext4', verdict: 'clean' }),
    ...cellsFor(AFTER, { fs: 'xfs', verdict: 'clean' }),
    ...cellsFor(AFTER, { fs: 'xfs', bugs: careless, verdict: 'clean' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const c = fs.create('C');
    return {
      engine,
      tasks: {
        punch: () => punchHole(fs, a, 0, 4),
        *advise() {
          yield* fadviseWillneed(a, 0, 4);
          yield* pread(a, 0, 4);
        },
        *write() {
          yield* pwrite(c, 0, 4, 'w1');
          yield* fsync(c);
        },
      },
    };
  },
};
