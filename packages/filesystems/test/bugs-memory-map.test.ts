/** Historic defects of operations on mappings: locks of the file system under mmap_lock. */
import { dataTags, MappedBuffer, Mm, mmap, premap } from '@lockdep/page-cache';
import { madviseRemove, mount, pwrite, type Scenario } from '../src/index.ts';
import { reproduceBugs } from './reproduce-bug.ts';

/** A write whose source is a mapping, and an operation of a sibling on a mapping of the file written. */
function beside(kind: 'madvise' | 'mmap'): Pick<Scenario, 'build'> {
  return {
    build(machine, settings) {
      const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
      const a = fs.create('A', dataTags('A', 'w0', 0, 4));
      const b = fs.create('B', dataTags('B', 'w0', 0, 4));
      for (const file of [a, b]) fs.cache(file, 0);
      const mm = new Mm(engine, 'mm');
      const ofA = premap(mm, a, { pages: 1 });
      const ofB = premap(mm, b, { pages: 1 });
      const write = () => pwrite(a, 0, 1, 'w1', new MappedBuffer(ofB));
      if (kind === 'mmap') return { engine, tasks: { write, mmap: () => mmap(mm, a, { pages: 1 }) } };
      const madvise = () => madviseRemove(fs, ofA, 0, 4);
      // Both lock mmap_lock shared: it takes one who waits for it exclusively.
      return { engine, tasks: { write, madvise, mmap: () => mmap(mm, b, { pages: 1 }) } };
    },
  };
}

reproduceBugs([
  {
    id: 'PC-046',
    scenario: beside('mmap'),
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'fs.mmapTakesIrwsem': true } },
    shows: ['mmap_lock(mm)', 'i_rwsem(A)'],
  },
  {
    id: 'PC-050',
    scenario: beside('madvise'),
    switched: { fs: 'ext4', profile: 'merged', bugs: { 'madvise.dropsMmapLock': false } },
    shows: ['mmap_lock(mm)', 'i_rwsem(A)'],
    samples: true,
  },
]);
