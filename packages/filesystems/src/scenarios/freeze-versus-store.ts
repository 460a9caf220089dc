/** 15. A file system is frozen while one thread writes from mapped memory, another stores through a mapping, and a third wants mmap_lock. */
import { dataTags, MappedBuffer, Mm, mmap, premap, userStore } from '@lockdep/page-cache';
import { freeze, thaw } from '../syscalls/freeze.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { ALL, BEFORE_VMA_LOCKS, cellsFor, mount, type Scenario } from './scenario.ts';

/**
 * Scenario 15: a freeze against a write and a store. Deadlocks only where page faults take the level of write(2): freezing waits for the
 * write, the write for mmap_lock behind the mmap, the mmap for the store's fault, and that for the thaw. In the latest state neither fault
 * needs mmap_lock, so the mmap is in nobody's way (see {@link freezeVersusFork}).
 */
export const freezeVersusStore: Scenario = {
  id: 15,
  title: 'freeze, thaw ∥ write(A from a mapping of B) ∥ store through a mapping of A ∥ mmap',
  cells: [
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean', effort: 'long' }),
    ...cellsFor(BEFORE_VMA_LOCKS, {
      fs: 'ext4',
      bugs: { 'fs.mkwriteUsesStartWrite': true },
      verdict: 'deadlock',
      effort: 'sample',
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 6 }, { freezes: true });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const b = fs.create('B', dataTags('B', 'w0', 0, 4));
    fs.cache(a, 0);
    fs.cache(b, 0);
    const mm = new Mm(engine, 'mm');
    const ofA = premap(mm, a, { pages: 1 });
    const ofB = premap(mm, b, { pages: 1 });
    return {
      engine,
      tasks: {
        freeze: function* () {
          yield* freeze(fs);
          yield* thaw(fs);
        },
        store: () => userStore(ofA, 2, dataTags('A', 'm0', 2, 1)[0]!),
        write: () => pwrite(a, 0, 1, 'w1', new MappedBuffer(ofB)),
        mmap: () => mmap(mm, b, { pages: 1 }),
      },
    };
  },
};
