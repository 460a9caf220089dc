/** 5. Truncate needs no invalidate_lock against faults: they look at i_size again under the folio lock. */
import { dataTags, Mm, premap, userLoad } from '@lockdep/page-cache';
import { ftruncate } from '../syscalls/ftruncate.ts';
import { AFTER, ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/**
 * Scenario 5: truncate against a load through a mapping. Clean as long as faults look at i_size under the folio lock.
 */
export const truncateVersusFault: Scenario = {
  id: 5,
  title: 'ftruncate(A, 1 page) ∥ load from page 1 through a mapping',
  cells: [
    // Without any lock a fault and a truncate can keep each other busy for ever.
    { fs: 'ext2', profile: 'before', verdict: 'clean', effort: 'bounded' },
    ...cellsFor(AFTER, { fs: 'ext2', verdict: 'clean' }),
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean' }),
    ...cellsFor(['before', 'merged', 'latest'], {
      fs: 'ext2',
      bugs: { 'fault.isizeRecheck': false },
      verdict: 'corruption',
      finding: { kind: 'beyond-eof-read', file: 'A', index: 1 },
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 2, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 2 });
    return {
      engine,
      tasks: { truncate: () => ftruncate(fs, a, 4), load: () => userLoad(vma, 4) },
    };
  },
};
