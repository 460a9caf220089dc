/** 13. Dedupe of two files that are equal, while one of them is stored to through a mapping: page_mkwrite has to be kept out too. */
import { dataTags, Mm, premap, userStore } from '@lockdep/page-cache';
import { remap } from '../syscalls/remap.ts';
import { AFTER, ALL, cellsFor, mount, type Scenario } from './scenario.ts';

const lost = { kind: 'lost-write', file: 'B', index: 0 } as const;

/**
 * Scenario 13: dedupe of equal files against a store through a mapping, which is lost where page_mkwrite is not kept out.
 */
export const dedupeVersusStore: Scenario = {
  id: 13,
  title: 'dedupe(A, B), equal ∥ store through a mapping of B',
  cells: [
    ...cellsFor(ALL, { fs: 'xfs', verdict: 'clean', effort: 'long' }),
    ...cellsFor(ALL, { fs: 'xfs', bugs: { 'remap.lockOutMkwrite': false }, verdict: 'corruption', finding: lost }),
    // Without any lock the fault itself fills a page from the block that is being given up.
    { fs: 'ceph', profile: 'before', verdict: 'corruption', finding: { ...lost, kind: 'stale-block-exposure' } },
    ...cellsFor(AFTER, { fs: 'ceph', verdict: 'clean', effort: 'long' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const content = dataTags('A', 'w0', 0, 4);
    const a = fs.create('A', content);
    const b = fs.create('B', content);
    fs.cache(a, 0);
    fs.cache(b, 0);
    const vma = premap(new Mm(engine, 'mm'), b, { pages: 1 });
    return {
      engine,
      tasks: {
        dedupe: () => remap(fs, a, b, 'dedupe'),
        store: () => userStore(vma, 0, dataTags('B', 'm1', 0, 1)[0]!),
      },
    };
  },
};
