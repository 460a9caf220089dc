/** 23. Readahead that has to read other pages of the same file first, as fs-verity its hashes, beside a punch. */
import {
  type AddressSpace,
  dataTags,
  type Folio,
  forcePageCacheRa,
  Kiocb,
  type Proc,
  pageCacheRaLocked,
} from '@lockdep/page-cache';
import { Ext4Like } from '../ext4-like.ts';
import { fadviseWillneed } from '../syscalls/fadvise.ts';
import { punchHole } from '../syscalls/punch-hole.ts';
import { AFTER, cellsFor, mount, type Scenario } from './scenario.ts';

/** The last page of the file holds the hashes of the others. */
class VerityLike extends Ext4Like {
  override *readahead(mapping: AddressSpace, folios: readonly Folio[]): Proc {
    const hashes = mapping.pages - 1;
    if (folios.some(({ index }) => index < hashes)) {
      const kiocb = new Kiocb(mapping.host, 0);
      if (this.engine.rules.bugs['readahead.recursiveShared'] === true) yield* forcePageCacheRa(kiocb, hashes, 1);
      else yield* pageCacheRaLocked(kiocb, hashes, 1);
    }
    yield* super.readahead(mapping, folios);
  }
}

/** Scenario 23: shared twice by one task. A deadlock as soon as a writer queues in between. */
export const nestedReadahead: Scenario = {
  id: 23,
  title: 'fadvise(WILLNEED) that reads hashes of the same file first ∥ punch(A[0])',
  cells: [
    ...cellsFor(AFTER, { fs: 'ext4', verdict: 'clean' }),
    ...cellsFor(AFTER, { fs: 'ext4', bugs: { 'readahead.recursiveShared': true }, verdict: 'deadlock' }),
  ],
  build(machine, settings) {
    const { engine, fs } = mount(machine, settings, { filePages: 2, diskBlocks: 4 }, { Kind: VerityLike });
    const a = fs.create('A', dataTags('A', 'w0', 0, 8));
    return { engine, tasks: { read: () => fadviseWillneed(a, 0, 4), punch: () => punchHole(fs, a, 0, 4) } };
  },
};
