/** 22. Reads of one file into a mapping of another that is being punched: the collision of two old test programs. */
import { dataTags, MappedBuffer, Mm, premap } from '@lockdep/page-cache';
import { ftruncate } from '../syscalls/ftruncate.ts';
import { pread } from '../syscalls/pread.ts';
import { punchHole } from '../syscalls/punch-hole.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/** Scenario 22: a read into a mapping of a file that is being punched. Clean in every profile. */
export const readIntoPunchedMapping: Scenario = {
  id: 22,
  title: 'pread(G into a mapping of F) ∥ punch(F)',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const f = fs.create('F', dataTags('F', 'w0', 0, 4));
    const g = fs.create('G', dataTags('G', 'w0', 0, 4));
    fs.cache(g, 0);
    const vma = premap(new Mm(engine, 'mm'), f, { pages: 1 });
    return {
      engine,
      tasks: {
        read: () => pread(g, 0, 1, { to: new MappedBuffer(vma) }),
        punch: () => punchHole(fs, f, 0, 4),
      },
    };
  },
};

/** The same as the test programs run it: two tasks, each with its own buffer, each followed by an operation on the mapped file. */
export const collision: Scenario = {
  id: 22,
  title: 'pread(G into a mapping of F), then punch(F) ∥ pread(G into a mapping of F), then ftruncate(F)',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 2, diskBlocks: 8 });
    const f = fs.create('F', dataTags('F', 'w0', 0, 8));
    const g = fs.create('G', dataTags('G', 'w0', 0, 4));
    const mm = new Mm(engine, 'mm');
    const [first, second] = [premap(mm, f, { pages: 2 }), premap(mm, f, { pages: 2 })];
    return {
      engine,
      tasks: {
        *punch() {
          yield* pread(g, 0, 1, { to: new MappedBuffer(first) });
          yield* punchHole(fs, f, 0, 4);
        },
        *truncate() {
          yield* pread(g, 0, 1, { to: new MappedBuffer(second, 4) });
          yield* ftruncate(fs, f, 4);
        },
      },
    };
  },
};
