/** The locks of reclaim and eviction, and what allocations may wait for, as the specification lists them (its numbers in front). */
import { migrateFolio, type Proc, profiles, userLoad } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import { evictInode, fadviseWillneed, kswapd, pread, pwrite } from '../src/index.ts';
import { lockTrace, type Stage, type TraceOptions } from './lock-trace.ts';

const mapped = {
  before: ({ fs, a }: Stage) => fs.cache(a, 0),
  beside: ({ vma }: Stage) => userLoad(vma, 0),
};
const cached = ({ fs, a }: Stage): void => fs.cache(a, 0);
const ALLOC = 'fs_reclaim · -fs_reclaim';

const golden: readonly [string, Omit<TraceOptions, 'allocations'>, (stage: Stage) => Proc<unknown>, string][] = [
  [
    '27 kswapd, a mapped page',
    { fs: 'ext4', ...mapped },
    ({ fs }) => kswapd(fs),
    'fs_reclaim · ?folio · i_mmap_rwsem(s) · -i_mmap_rwsem · i_mmap_rwsem(s) · pte_lock · -pte_lock · -i_mmap_rwsem · ' +
      'xa_lock · -xa_lock · -folio · -fs_reclaim',
  ],
  [
    '27 kswapd, a mapped page',
    { fs: 'ext4', profile: 'latest', ...mapped },
    ({ fs }) => kswapd(fs),
    'fs_reclaim · ?folio · ?i_mmap_rwsem(s) · -i_mmap_rwsem · i_mmap_rwsem(s) · pte_lock · -pte_lock · -i_mmap_rwsem · ' +
      'xa_lock · -xa_lock · -folio · -fs_reclaim',
  ],
  [
    '27 kswapd, a dirty page',
    { fs: 'ext4', before: cached, beside: ({ a }) => pwrite(a, 0, 4, 'w1') },
    ({ fs }) => kswapd(fs),
    'fs_reclaim · ?folio · -folio · -fs_reclaim',
  ],
  [
    '28 evict, the file has no name any more',
    { fs: 'ext4', before: cached },
    ({ fs, a }) => evictInode(fs, a, 'unlinked'),
    // sb_internal first, which these traces call a transaction as XFS does.
    'transaction(s) · ?folio · xa_lock · -xa_lock · -folio · transaction(s) · i_data_sem · -i_data_sem · -transaction · -transaction',
  ],
  [
    '28 evict, the file has a name',
    { fs: 'xfs', before: cached },
    ({ fs }) => fs.icache.prune('A'),
    '?folio · xa_lock · -xa_lock · -folio',
  ],
  [
    '35 migration (sync), a mapped page',
    { fs: 'ext4', ...mapped },
    ({ a }) => migrateFolio(a.mapping, 0),
    `${ALLOC} · folio · i_mmap_rwsem(s) · pte_lock · -pte_lock · -i_mmap_rwsem · ?folio · xa_lock · -xa_lock · ` +
      'i_mmap_rwsem(s) · pte_lock · -pte_lock · -i_mmap_rwsem · -folio · -folio',
  ],
  [
    '35 migration (async), nobody maps it',
    { fs: 'xfs', before: cached },
    ({ a }) => migrateFolio(a.mapping, 0, 'async'),
    `${ALLOC} · ?folio · ?folio · xa_lock · -xa_lock · -folio · -folio`,
  ],
  [
    'read, miss: what readahead allocates is not for the file system',
    { fs: 'ext4' },
    ({ a }) => pread(a, 0, 4),
    'inv(s) · ?folio · xa_lock · -xa_lock · i_data_sem(s) · -i_data_sem · folio to io · -inv',
  ],
  [
    'fault, miss: memory is allocated under mmap_lock and invalidate_lock',
    { fs: 'xfs' },
    ({ vma }) => userLoad(vma, 0),
    `mmap_lock(s) · ${ALLOC} · inv(s) · ${ALLOC} · ?folio · xa_lock · -xa_lock · -folio · ?folio · -mmap_lock · ILOCK(s) · -ILOCK · ` +
      `folio to io · -inv · mmap_lock(s) · ${ALLOC} · ?folio · pte_lock · -pte_lock · -folio · -mmap_lock`,
  ],
  [
    'write, miss: ext4 may enter the file system under i_rwsem',
    { fs: 'ext4' },
    ({ a }) => pwrite(a, 0, 4, 'w1'),
    `sb_writers(s) · i_rwsem · ${ALLOC} · ?folio · xa_lock · -xa_lock · i_data_sem(s) · -i_data_sem · -folio · -i_rwsem · -sb_writers`,
  ],
  [
    'write, miss: xfs never does for its page cache',
    { fs: 'xfs' },
    ({ a }) => pwrite(a, 0, 4, 'w1'),
    'sb_writers(s) · i_rwsem · ILOCK · -ILOCK · ?folio · xa_lock · -xa_lock · -folio · -i_rwsem · -sb_writers',
  ],
];

describe('golden lock traces of reclaim', () => {
  test.each(golden)('%s (%o)', (_, options, operation, trace) => {
    expect(lockTrace({ ...options, allocations: true }, operation)).toBe(trace);
  });
});

test('readahead is a NOFS scope in every profile', () => {
  for (const profile of profiles) {
    const trace = lockTrace({ fs: 'ext4', profile, allocations: true }, ({ a }) => fadviseWillneed(a, 0, 4));
    expect(trace).toContain('folio to io');
    expect(trace).not.toContain('fs_reclaim');
  }
});
