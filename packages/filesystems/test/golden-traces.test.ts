/** The locks each operation takes, in order, as the specification lists them (its numbers in front). */
import { Completion } from '@lockdep/locks';
import {
  dataTags,
  immediate,
  Mm,
  munmap,
  type Proc,
  premap,
  type Tag,
  userLoad,
  userStore,
  vfsRename,
} from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import { fadviseWillneed, fsync, ftruncate, pread, punchHole, pwrite, remap } from '../src/index.ts';
import { lockTrace, type Stage, type TraceOptions } from './lock-trace.ts';

const byte = (): Tag => dataTags('A', 'm', 0, 1)[0]!;

function cached(stage: Stage): void {
  stage.fs.cache(stage.a, 0);
  stage.fs.cache(stage.a, 1);
}

/** Keeps invalidate_lock of A exclusively for ever. */
function* keepInvalidateLock({ a }: Stage): Proc {
  yield* a.mapping.invalidateLock.downWrite();
  yield* new Completion({ name: 'never', validator: null }).wait();
}

function* writeAndSync({ a }: Stage): Proc {
  yield* pwrite(a, 8, 4, 'w1');
  yield* fsync(a);
}

const load = (stage: Stage): Proc<unknown> => userLoad(stage.vma, 0);
const store = (stage: Stage): Proc<unknown> => userStore(stage.vma, 0, byte());
const read = (stage: Stage): Proc<unknown> => pread(stage.a, 0, 4);
const punch = (stage: Stage): Proc<unknown> => punchHole(stage.fs, stage.a, 4, 4);
const truncate = (stage: Stage): Proc<unknown> => ftruncate(stage.fs, stage.a, 4);

const EVICT = 'i_mmap_rwsem · -i_mmap_rwsem · ?folio · xa_lock · -xa_lock · -folio';
const PTE = 'pte_lock · -pte_lock';

const golden: readonly [string, TraceOptions, (stage: Stage) => Proc<unknown>, string][] = [
  ['1 read, cached', { fs: 'ext4', before: cached }, read, '∅'],
  ['1 read, cached', { fs: 'xfs', before: cached }, read, 'i_rwsem(s) · -i_rwsem'],
  [
    '2 read, miss',
    { fs: 'ext4' },
    read,
    'inv(s) · ?folio · xa_lock · -xa_lock · i_data_sem(s) · -i_data_sem · folio to io · -inv',
  ],
  [
    '2 read, miss',
    { fs: 'ext4', profile: 'before' },
    read,
    '?folio · xa_lock · -xa_lock · i_data_sem(s) · -i_data_sem · folio to io',
  ],
  [
    '2 read, miss',
    { fs: 'xfs' },
    read,
    'i_rwsem(s) · inv(s) · ?folio · xa_lock · -xa_lock · ILOCK(s) · -ILOCK · folio to io · -inv · -i_rwsem',
  ],
  [
    '3 read, not uptodate',
    { fs: 'ext4', before: (stage) => stage.fs.cache(stage.a, 0, []) },
    read,
    'inv(s) · ?folio · i_data_sem(s) · -i_data_sem · folio to io · -inv',
  ],
  [
    '4 NOWAIT read, exclusive holder',
    { fs: 'ext4', before: (stage) => stage.fs.cache(stage.a, 0, []), beside: keepInvalidateLock },
    (stage) => pread(stage.a, 0, 4, { nowait: true }),
    '∅',
  ],
  [
    '5 fault-around',
    { fs: 'ext4', faultAround: true, before: (stage) => stage.fs.cache(stage.a, 0) },
    load,
    `mmap_lock(s) · ?folio · ${PTE} · -folio · -mmap_lock`,
  ],
  [
    '5 fault-around',
    { fs: 'xfs', faultAround: true, before: (stage) => stage.fs.cache(stage.a, 0) },
    load,
    `mmap_lock(s) · inv(s) · ?folio · ${PTE} · -folio · -inv · -mmap_lock`,
  ],
  ['6 minor fault', { fs: 'ext4', before: cached }, load, `mmap_lock(s) · ?folio · ${PTE} · -folio · -mmap_lock`],
  [
    '6 minor fault',
    { fs: 'ext4', profile: 'seed', before: cached },
    load,
    `mmap_lock(s) · inv(s) · ?folio · -inv · ${PTE} · -folio · -mmap_lock`,
  ],
  [
    '6 minor fault',
    { fs: 'ext4', profile: 'before', before: cached },
    load,
    `mmap_lock(s) · i_mmap_sem(s) · ?folio · -i_mmap_sem · ${PTE} · -folio · -mmap_lock`,
  ],
  [
    '7 major fault (no readahead)',
    { fs: 'ext4' },
    load,
    'mmap_lock(s) · inv(s) · ?folio · xa_lock · -xa_lock · -folio · ?folio · -mmap_lock · i_data_sem(s) · -i_data_sem · folio to io · ' +
      `-inv · mmap_lock(s) · ?folio · ${PTE} · -folio · -mmap_lock`,
  ],
  [
    '8 shared write fault',
    { fs: 'ext4', before: cached },
    store,
    'mmap_lock(s) · ?folio · -folio · sb_pagefaults(s) · inv(s) · folio · i_data_sem(s) · -i_data_sem · -inv · -sb_pagefaults · ' +
      `${PTE} · -folio · -mmap_lock`,
  ],
  [
    '9 shared write fault',
    { fs: 'xfs', before: cached },
    store,
    `mmap_lock(s) · ?folio · -folio · sb_pagefaults(s) · inv(s) · folio · ILOCK · -ILOCK · -inv · -sb_pagefaults · ${PTE} · -folio · -mmap_lock`,
  ],
  [
    '10 write, cached',
    { fs: 'ext4', before: cached },
    (stage) => pwrite(stage.a, 0, 4, 'w1'),
    'sb_writers(s) · i_rwsem · folio · i_data_sem(s) · -i_data_sem · -folio · -i_rwsem · -sb_writers',
  ],
  [
    '10 write, cached',
    { fs: 'xfs', before: cached },
    (stage) => pwrite(stage.a, 0, 4, 'w1'),
    'sb_writers(s) · i_rwsem · ILOCK · -ILOCK · folio · -folio · -i_rwsem · -sb_writers',
  ],
  [
    '11 extending write, fsync',
    { fs: 'ext4' },
    writeAndSync,
    'sb_writers(s) · i_rwsem · ?folio · xa_lock · -xa_lock · i_data_sem(s) · -i_data_sem · i_data_sem · -i_data_sem · -folio · -i_rwsem · ' +
      '-sb_writers · s_writepages_rwsem(s) · transaction(s) · folio · i_data_sem(s) · -i_data_sem · i_data_sem · -i_data_sem · -folio · -transaction · ' +
      '-s_writepages_rwsem · writeback folio · -writeback folio · transaction · -transaction',
  ],
  [
    '11 extending write, fsync',
    { fs: 'xfs' },
    writeAndSync,
    'sb_writers(s) · i_rwsem · ILOCK · -ILOCK · ?folio · xa_lock · -xa_lock · -folio · -i_rwsem · -sb_writers · folio · ILOCK(s) · ' +
      '-ILOCK · transaction(s) · ILOCK · -ILOCK · -transaction · -folio · writeback folio · -writeback folio',
  ],
  [
    '12 truncate down',
    { fs: 'ext4', before: cached },
    truncate,
    'sb_writers(s) · i_rwsem · inv · transaction(s) · i_data_sem · -i_data_sem · -transaction · ' +
      `${EVICT} · i_mmap_rwsem · -i_mmap_rwsem · transaction(s) · i_data_sem · -i_data_sem · -transaction · -inv · -i_rwsem · -sb_writers`,
  ],
  [
    '13 truncate down',
    { fs: 'xfs', before: cached },
    truncate,
    `sb_writers(s) · i_rwsem · inv · ${EVICT} · i_mmap_rwsem · -i_mmap_rwsem · ` +
      'transaction(s) · ILOCK · -ILOCK · -transaction · -inv · -i_rwsem · -sb_writers',
  ],
  [
    '14 truncate down',
    { fs: 'ext2', before: cached },
    truncate,
    `sb_writers(s) · i_rwsem · inv · ${EVICT} · i_mmap_rwsem · -i_mmap_rwsem · truncate_mutex · -truncate_mutex · -inv · -i_rwsem · -sb_writers`,
  ],
  [
    '15 truncate up, blocks smaller than pages',
    {
      fs: 'ext4',
      blockSize: 1,
      before: (stage) => {
        cached(stage);
        stage.a.initSize(6);
      },
    },
    (stage) => ftruncate(stage.fs, stage.a, 8),
    'sb_writers(s) · i_rwsem · inv · transaction(s) · i_data_sem · -i_data_sem · -transaction · ' +
      'folio · i_mmap_rwsem(s) · -i_mmap_rwsem · -folio · i_mmap_rwsem · -i_mmap_rwsem · i_mmap_rwsem · -i_mmap_rwsem · -inv · -i_rwsem · -sb_writers',
  ],
  [
    '16 punch',
    { fs: 'ext4', before: cached },
    punch,
    `sb_writers(s) · i_rwsem · inv · ${EVICT} · ` +
      'transaction(s) · i_data_sem · -i_data_sem · -transaction · -inv · -i_rwsem · -sb_writers',
  ],
  [
    '16 punch',
    { fs: 'ext4', profile: 'before', before: cached },
    punch,
    `sb_writers(s) · i_rwsem · i_mmap_sem · ${EVICT} · ` +
      'transaction(s) · i_data_sem · -i_data_sem · -transaction · -i_mmap_sem · -i_rwsem · -sb_writers',
  ],
  [
    '17 punch',
    { fs: 'xfs', before: cached },
    punch,
    `sb_writers(s) · i_rwsem · inv · ${EVICT} · transaction(s) · ILOCK · -ILOCK · -transaction · -inv · -i_rwsem · -sb_writers`,
  ],
  [
    '17 punch',
    { fs: 'xfs', profile: 'latest', before: cached },
    punch,
    'sb_writers(s) · i_rwsem · inv · i_mmap_rwsem(s) · -i_mmap_rwsem · ?folio · xa_lock · -xa_lock · -folio · ' +
      'transaction(s) · ILOCK · -ILOCK · -transaction · -inv · -i_rwsem · -sb_writers',
  ],
  [
    '19 reflink',
    { fs: 'xfs' },
    (stage) => remap(stage.fs, stage.a, stage.b),
    'sb_writers(s) · i_rwsem · i_rwsem · inv · inv · i_mmap_rwsem · -i_mmap_rwsem · i_mmap_rwsem · -i_mmap_rwsem · ' +
      'transaction(s) · ILOCK · ILOCK · -ILOCK · -ILOCK · -transaction · transaction(s) · ILOCK · ILOCK · -ILOCK · -ILOCK · -transaction · ' +
      '-inv · -inv · -i_rwsem · -i_rwsem · -sb_writers',
  ],
  [
    '20 dedupe compare, cached, different',
    {
      fs: 'xfs',
      before: (stage) => {
        cached(stage);
        stage.fs.cache(stage.b, 0);
      },
    },
    (stage) => remap(stage.fs, stage.a, stage.b, 'dedupe'),
    'sb_writers(s) · i_rwsem · i_rwsem · inv · inv · folio · folio · -folio · -folio · ' +
      '-inv · -inv · -i_rwsem · -i_rwsem · -sb_writers',
  ],
  [
    '23 WILLNEED',
    { fs: 'xfs' },
    (stage) => fadviseWillneed(stage.a, 0, 4),
    'i_rwsem(s) · inv(s) · ?folio · xa_lock · -xa_lock · ILOCK(s) · -ILOCK · folio to io · -inv · -i_rwsem',
  ],
  [
    '25 munmap of a dirty page',
    { fs: 'ext4', before: cached, beside: store },
    (stage) => munmap(stage.vma),
    `mmap_lock · ${PTE} · i_mmap_rwsem · -i_mmap_rwsem · -mmap_lock`,
  ],
  [
    '30 rename across directories',
    { fs: 'ext4' },
    ({ fs, a, b }) => vfsRename(fs.mkdir('d1'), fs.mkdir('d2'), a, b, () => immediate(undefined)),
    's_vfs_rename_mutex · i_rwsem · i_rwsem · i_rwsem · i_rwsem · -i_rwsem · -i_rwsem · -i_rwsem · -i_rwsem · -s_vfs_rename_mutex',
  ],
];

describe('golden lock traces', () => {
  for (const [title, options, operation, expected] of golden) {
    test(`${title}, ${options.fs}, ${options.profile ?? 'merged'}`, () => {
      expect(lockTrace(options, operation)).toBe(expected);
    });
  }

  test('2 read that finds its own readahead still under way: lock, busy folio, unlock, wait with nothing held', () => {
    const traces = Array.from({ length: 60 }, (_, i) => lockTrace({ fs: 'ext4', seed: i + 1 }, read));
    expect(traces).toContain(
      'inv(s) · ?folio · xa_lock · -xa_lock · i_data_sem(s) · -i_data_sem · folio to io · -inv · inv(s) · -inv · folio · -folio',
    );
  });

  test('7 major fault with readahead: mmap_lock is dropped first', () => {
    const trace = lockTrace({ fs: 'ext4' }, ({ engine, a }) =>
      userLoad(premap(new Mm(engine, 'mm2'), a, { pages: 2, advice: 'sequential' }), 0),
    );
    expect(trace).toBe(
      'mmap_lock(s) · -mmap_lock · inv(s) · ?folio · xa_lock · -xa_lock · i_data_sem(s) · -i_data_sem · folio to io · -inv · ' +
        `inv(s) · ?folio · -folio · -inv · mmap_lock(s) · ?folio · ${PTE} · -folio · -mmap_lock`,
    );
  });
});
