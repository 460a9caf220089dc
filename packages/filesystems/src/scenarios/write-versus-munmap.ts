/** 9. A write from mapped memory while a sibling thread waits for mmap_lock exclusively, and another makes the page that is written writable. */
import { dataTags, MappedBuffer, Mm, munmap, premap, unmapPage, userStore } from '@lockdep/page-cache';
import { pwrite } from '../syscalls/pwrite.ts';
import { ALL, BEFORE_VMA_LOCKS, cellsFor, mount, type Scenario } from './scenario.ts';

/**
 * Scenario 9: a write from mapped memory, a waiting munmap and a store. Deadlocks only where write(2) copies with faults on; not in the latest
 * state, where the fault of the write does not need mmap_lock (see {@link writeVersusFork}).
 */
export const writeVersusMunmap: Scenario = {
  id: 9,
  title: 'write(A from a mapping of B) ∥ munmap by a sibling ∥ store through a mapping of A',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean', effort: 'long' }),
    ...cellsFor(BEFORE_VMA_LOCKS, {
      fs: 'ext4',
      bugs: { 'write.atomicCopy': false },
      verdict: 'deadlock',
      effort: 'sample',
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 6 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    const b = fs.create('B', dataTags('B', 'w0', 0, 4));
    const other = fs.create('C', dataTags('C', 'w0', 0, 4));
    fs.cache(a, 0);
    fs.cache(b, 0);
    const mm = new Mm(engine, 'mm');
    const ofA = premap(mm, a, { pages: 1 });
    const ofB = premap(mm, b, { pages: 1 });
    const unrelated = premap(mm, other, { pages: 1 });
    return {
      engine,
      tasks: {
        write: () => pwrite(a, 0, 1, 'w1', new MappedBuffer(ofB)),
        munmap: () => munmap(unrelated),
        store: () => userStore(ofA, 2, dataTags('A', 'm0', 2, 1)[0]!),
        unmap: () => unmapPage(b.mapping, 0),
      },
    };
  },
};
