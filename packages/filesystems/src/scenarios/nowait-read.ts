/** 25. A NOWAIT read under an exclusive holder: the path that fills a cached page gives up, the readahead path sleeps. */
import { dataTags } from '@lockdep/page-cache';
import { pread } from '../syscalls/pread.ts';
import { punchHole } from '../syscalls/punch-hole.ts';
import { AFTER, cellsFor, mount, type Scenario } from './scenario.ts';

const tries = { 'readahead.nowaitTrylock': true } as const;

/** Scenario 25: a NOWAIT read against a punch. It may sleep in readahead, which breaks its contract but no data. */
export const nowaitRead: Scenario = {
  id: 25,
  title: 'pread(A, NOWAIT) of an uncached page ∥ punch(A)',
  cells: [
    ...cellsFor(AFTER, {
      fs: 'ext4',
      verdict: 'contract',
      finding: { kind: 'nowait-violation', file: 'A', index: 0 },
    }),
    ...cellsFor(AFTER, { fs: 'ext4', bugs: tries, verdict: 'clean' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 1, diskBlocks: 4 });
    const a = fs.create('A', dataTags('A', 'w0', 0, 4));
    return {
      engine,
      tasks: { read: () => pread(a, 0, 4, { nowait: true }), punch: () => punchHole(fs, a, 0, 4) },
    };
  },
};
