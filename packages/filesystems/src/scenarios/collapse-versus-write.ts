/** 6. Collapse range against a write and a store behind the range: both move, whatever comes first, and neither may get lost. */
import { dataTags, Mm, premap, userStore } from '@lockdep/page-cache';
import { fallocate } from '../syscalls/fallocate.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

const lost = { kind: 'lost-write', file: 'A', index: 0 } as const;

/** Scenario 6: collapse range against a write and a store. Loses one of them where it flushes before it locks. */
export const collapseVersusWrite: Scenario = {
  id: 6,
  title: 'collapse(A[0]) ∥ write(A[1]) ∥ store through a mapping of A[1]',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, {
      fs: 'ext4',
      bugs: { 'ext4.flushBeforeLocks': true },
      verdict: 'corruption',
      finding: lost,
    }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 2, diskBlocks: 8 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 2 });
    fs.cache(a, 1);
    return {
      engine,
      tasks: {
        collapse: () => fallocate(fs, a, 'collapse-range', 0, 4),
        write: () => pwrite(a, 4, 4, 'w1'),
        store: () => userStore(vma, 4, dataTags('A', 'm1', 4, 1)[0]!),
      },
    };
  },
};
