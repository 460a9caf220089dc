/** 7, with reclaim itself: kswapd may take the page away between the touch of the source and the copy from it. */
import { dataTags, MappedBuffer, Mm, premap } from '@lockdep/page-cache';
import { kswapd } from '../kswapd.ts';
import { pwrite } from '../syscalls/pwrite.ts';
import { ALL, cellsFor, mount, type Scenario } from './scenario.ts';

/** Scenario 7 beside kswapd. Deadlocks only where write(2) copies with faults on. */
export const writeUnderReclaim: Scenario = {
  id: 7,
  title: 'write(A from a mapping of the same page of A) ∥ kswapd',
  cells: [
    ...cellsFor(ALL, { fs: 'ext4', verdict: 'clean' }),
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean' }),
    ...cellsFor(ALL, { fs: 'ext4', bugs: { 'write.atomicCopy': false }, verdict: 'deadlock' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    fs.cache(a, 0);
    const vma = premap(new Mm(engine, 'mm'), a, { pages: 1 });
    return {
      engine,
      tasks: {
        write: () => pwrite(a, 2, 1, 'w1', new MappedBuffer(vma)),
        kswapd: () => kswapd(fs),
      },
    };
  },
};
