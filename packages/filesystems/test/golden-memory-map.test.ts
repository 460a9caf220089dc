/** The locks of freezing and of operations on mappings and names, as the specification lists them (its numbers in front). */
import { fork, madviseWillneed, mremap, type Proc, userLoad } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import { freeze, madviseRemove, pwrite, thaw } from '../src/index.ts';
import { lockTrace, type Stage, type TraceOptions } from './lock-trace.ts';

const cached = ({ fs, a }: Stage): void => {
  fs.cache(a, 0);
  fs.cache(a, 1);
};

const mapped: TraceOptions = { fs: 'ext4', before: cached, beside: ({ vma }) => userLoad(vma, 0) };

const golden: readonly [string, TraceOptions, (stage: Stage) => Proc<unknown>, string][] = [
  [
    '29 freeze and thaw',
    { fs: 'xfs', freezes: true },
    function* ({ fs }) {
      yield* freeze(fs);
      yield* thaw(fs);
    },
    's_umount · -s_umount · sb_writers · s_umount · sb_pagefaults · transaction · -transaction · -sb_pagefaults · -sb_writers · -s_umount · ' +
      's_umount · ?sb_writers · ?sb_pagefaults · ?transaction · -transaction · -sb_pagefaults · -sb_writers · -s_umount',
  ],
  [
    '29 freeze, a dirty page',
    { fs: 'ext4', freezes: true, before: cached, beside: ({ a }) => pwrite(a, 0, 4, 'w1') },
    ({ fs }) => freeze(fs),
    // Level 3, which these traces call a transaction as XFS does, and then those of the journal.
    's_umount · -s_umount · sb_writers · s_umount · sb_pagefaults · s_writepages_rwsem(s) · transaction(s) · folio · ' +
      'i_data_sem(s) · -i_data_sem · -folio · -transaction · -s_writepages_rwsem · writeback folio · -writeback folio · ' +
      'transaction · transaction · -transaction · -transaction · -sb_pagefaults · -sb_writers · -s_umount',
  ],
  [
    '23 MADV_WILLNEED',
    { fs: 'xfs' },
    ({ vma }) => madviseWillneed(vma, 0, 1),
    'mmap_lock(s) · -mmap_lock · i_rwsem(s) · inv(s) · ?folio · xa_lock · -xa_lock · ILOCK(s) · -ILOCK · folio to io · ' +
      '-inv · -i_rwsem · mmap_lock(s) · -mmap_lock',
  ],
  [
    '24 MADV_REMOVE',
    { fs: 'ext4', before: cached },
    ({ fs, vma }) => madviseRemove(fs, vma, 0, 4),
    'mmap_lock(s) · -mmap_lock · sb_writers(s) · i_rwsem · inv · i_mmap_rwsem · -i_mmap_rwsem · ?folio · xa_lock · -xa_lock · -folio · ' +
      'transaction(s) · i_data_sem · -i_data_sem · -transaction · -inv · -i_rwsem · -sb_writers · mmap_lock(s) · -mmap_lock',
  ],
  [
    '26 fork',
    mapped,
    ({ vma }) => fork(vma.mm, 'child'),
    'mmap_lock · mmap_lock · i_mmap_rwsem · -i_mmap_rwsem · pte_lock · pte_lock · -pte_lock · -pte_lock · -mmap_lock · -mmap_lock',
  ],
  [
    'mremap',
    mapped,
    ({ vma }) => mremap(vma),
    'mmap_lock · i_mmap_rwsem · pte_lock · -pte_lock · pte_lock · -pte_lock · -i_mmap_rwsem · -mmap_lock',
  ],
];

describe('locks of', () => {
  test.each(golden)('%s, %o', (_, options, operation, expected) => {
    expect(lockTrace(options, operation)).toBe(expected);
  });
});
