/** The locks of private mappings, of mprotect and of populating; numbers of the specification in front. */
import {
  dataTags,
  fork,
  madviseDontneed,
  madvisePopulate,
  mmap,
  mprotect,
  type Proc,
  premap,
  userLoad,
  userStore,
  type Vma,
} from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import { lockTrace, type Stage, type TraceOptions } from './lock-trace.ts';

/** A private mapping of A beside the shared one. */
const before = ({ fs, a, vma }: Stage): void => {
  fs.cache(a, 0);
  fs.cache(a, 1);
  premap(vma.mm, a, { pages: 2, shared: false });
};
const ofStage = ({ vma }: Stage): Vma => vma.mm.vmas[1]!;
const store = (stage: Stage): Proc<unknown> => userStore(ofStage(stage), 0, dataTags('A', 'm0', 0, 1)[0]!);
const load = (stage: Stage): Proc<unknown> => userLoad(ofStage(stage), 0);
const ext4: TraceOptions = { fs: 'ext4', before };

const golden: readonly [string, TraceOptions, (stage: Stage) => Proc<unknown>, string][] = [
  [
    '4.0 store to a private page that is absent: copied under the folio lock, no page_mkwrite',
    { ...ext4, allocations: true },
    store,
    'mmap_lock(s) · fs_reclaim · -fs_reclaim · ?folio · pte_lock · -pte_lock · -folio · -mmap_lock',
  ],
  [
    '4.6 store to a private page that is present: copied without the folio lock',
    { ...ext4, beside: load, allocations: true },
    store,
    'mmap_lock(s) · fs_reclaim · -fs_reclaim · pte_lock · -pte_lock · -mmap_lock',
  ],
  ['store to a page of its own', { ...ext4, beside: store }, store, '∅'],
  [
    'the same, latest',
    { ...ext4, profile: 'latest', beside: load },
    store,
    '?vm_lock(s) · pte_lock · -pte_lock · -vm_lock',
  ],
  [
    'after a fork, the first to store',
    {
      ...ext4,
      beside: function* (stage) {
        yield* store(stage);
        yield* fork(stage.vma.mm, 'child');
      },
    },
    store,
    'mmap_lock(s) · pte_lock · -pte_lock · pte_lock · -pte_lock · -mmap_lock',
  ],
  [
    'mprotect',
    ext4,
    ({ vma }) => mprotect(vma, 'read'),
    'mmap_lock · pte_lock · -pte_lock · pte_lock · -pte_lock · -mmap_lock',
  ],
  [
    'mprotect, latest',
    { ...ext4, profile: 'latest' },
    ({ vma }) => mprotect(vma, 'read'),
    'mmap_lock · vm_lock · pte_lock · -pte_lock · pte_lock · -pte_lock · -vm_lock · -mmap_lock',
  ],
  [
    'MADV_DONTNEED',
    { ...ext4, beside: store },
    (stage) => madviseDontneed(ofStage(stage), 0, 2),
    'mmap_lock(s) · pte_lock · -pte_lock · -mmap_lock',
  ],
  [
    'MADV_POPULATE_READ, latest: not by the lock of the mapping',
    { ...ext4, profile: 'latest' },
    (stage) => madvisePopulate(ofStage(stage), 0, 1, false),
    'mmap_lock(s) · ?folio · pte_lock · -pte_lock · -folio · -mmap_lock',
  ],
  [
    '10 MAP_POPULATE: faults after mmap_lock is free',
    ext4,
    ({ vma, a }) => mmap(vma.mm, a, { pages: 1, prot: 'read', populate: true }),
    'mmap_lock · i_mmap_rwsem · -i_mmap_rwsem · -mmap_lock · mmap_lock(s) · ?folio · pte_lock · -pte_lock · -folio · -mmap_lock',
  ],
];

describe('locks of', () => {
  test.each(golden)('%s, %o', (_, options, operation, expected) => {
    expect(lockTrace(options, operation)).toBe(expected);
  });
});
