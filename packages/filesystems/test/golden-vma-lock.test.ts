/** The locks of faults and of operations on mappings where mappings have locks of their own (latest), beside those of the specification. */
import {
  dataTags,
  fork,
  mmap,
  mmapWriteUnlock,
  mremap,
  munmap,
  type Proc,
  pinUserPages,
  premap,
  userLoad,
  userStore,
  vmaStartWrite,
} from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import { lockTrace, type Stage, type TraceOptions } from './lock-trace.ts';

const cached = ({ fs, a }: Stage): void => {
  fs.cache(a, 0);
  fs.cache(a, 1);
};
const ext4: TraceOptions = { fs: 'ext4', profile: 'latest', before: cached };
const mapped: TraceOptions = { ...ext4, beside: ({ vma }) => userLoad(vma, 0) };
const store = ({ vma }: Stage): Proc<unknown> => userStore(vma, 0, dataTags('A', 'm0', 0, 1)[0]!);

const golden: readonly [string, TraceOptions, (stage: Stage) => Proc<unknown>, string][] = [
  [
    '5 minor fault, fault-around hit',
    { ...ext4, faultAround: true },
    ({ vma }) => userLoad(vma, 0),
    '?vm_lock(s) · ?folio · pte_lock · -pte_lock · -folio · ?folio · pte_lock · -pte_lock · -folio · -vm_lock',
  ],
  [
    '6 minor fault, cached',
    ext4,
    ({ vma }) => userLoad(vma, 0),
    '?vm_lock(s) · ?folio · pte_lock · -pte_lock · -folio · -vm_lock',
  ],
  [
    '7 major fault: the second attempt holds mmap_lock',
    { fs: 'ext4', profile: 'latest' },
    ({ vma }) => userLoad(vma, 0),
    '?vm_lock(s) · inv(s) · ?folio · xa_lock · -xa_lock · -folio · ?folio · -vm_lock · i_data_sem(s) · -i_data_sem · folio to io · ' +
      '-inv · mmap_lock(s) · ?folio · pte_lock · -pte_lock · -folio · -mmap_lock',
  ],
  [
    'fault of a mapping that is gone: mmap_lock has the last word',
    { ...ext4, beside: ({ vma }) => munmap(vma) },
    ({ vma }) => userLoad(vma, 0),
    '?vm_lock(s) · -vm_lock · mmap_lock(s) · -mmap_lock',
  ],
  [
    '8 shared write fault',
    ext4,
    store,
    '?vm_lock(s) · ?folio · -folio · sb_pagefaults(s) · inv(s) · folio · i_data_sem(s) · -i_data_sem · -inv · -sb_pagefaults · ' +
      'pte_lock · -pte_lock · -folio · -vm_lock',
  ],
  [
    '4.7 pinning pages goes by mmap_lock',
    ext4,
    ({ vma }) => pinUserPages(vma, 0, 1, { write: false }),
    'mmap_lock(s) · ?folio · pte_lock · -pte_lock · -folio · -mmap_lock',
  ],
  [
    'mmap',
    ext4,
    ({ vma, b }) => mmap(vma.mm, b, { pages: 1 }),
    'mmap_lock · vm_lock · i_mmap_rwsem · -i_mmap_rwsem · -vm_lock · -mmap_lock',
  ],
  [
    '25 munmap',
    mapped,
    ({ vma }) => munmap(vma),
    'mmap_lock · vm_lock · pte_lock · -pte_lock · i_mmap_rwsem · -i_mmap_rwsem · -vm_lock · -mmap_lock',
  ],
  [
    '26 fork',
    mapped,
    ({ vma }) => fork(vma.mm, 'child'),
    'mmap_lock · mmap_lock · vm_lock · i_mmap_rwsem · -i_mmap_rwsem · pte_lock · pte_lock · -pte_lock · -pte_lock · -mmap_lock · ' +
      '-vm_lock · -mmap_lock',
  ],
  [
    'fork of two mappings, whose locks nest in any order under mmap_lock',
    { ...ext4, before: ({ vma, b }) => void premap(vma.mm, b, { pages: 1 }) },
    ({ vma }) => fork(vma.mm, 'child'),
    'mmap_lock · mmap_lock · vm_lock · i_mmap_rwsem · -i_mmap_rwsem · vm_lock · i_mmap_rwsem · -i_mmap_rwsem · -mmap_lock · ' +
      '-vm_lock · -vm_lock · -mmap_lock',
  ],
  [
    'mremap',
    mapped,
    ({ vma }) => mremap(vma),
    'mmap_lock · vm_lock · i_mmap_rwsem · pte_lock · -pte_lock · pte_lock · -pte_lock · -i_mmap_rwsem · -vm_lock · -mmap_lock',
  ],
  [
    'a mapping is locked once, however often its owner asks',
    ext4,
    function* ({ vma }) {
      yield* vma.mm.mmapLock.downWrite();
      yield* vmaStartWrite(vma);
      yield* vmaStartWrite(vma);
      yield* mmapWriteUnlock(vma.mm);
    },
    'mmap_lock · vm_lock · -vm_lock · -mmap_lock',
  ],
];

describe('locks of', () => {
  test.each(golden)('%s, %o', (_, options, operation, expected) => {
    expect(lockTrace(options, operation)).toBe(expected);
  });
});
