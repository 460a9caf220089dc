/** 22. Reads of one file into a mapping of another that is being punched: the collision of two old test programs. */
import { dataTags, MappedBuffer, Mm, premap } from '@lockdep/page-cache';
import { pread, punchHole } from '../syscalls.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

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
