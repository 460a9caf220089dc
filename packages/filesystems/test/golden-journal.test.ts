/** The locks of fsync, of the flusher and of umount, as the specification lists them (its numbers in front). */
import { dataTags, type Proc, userStore } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import { flusher, fsync, pwrite, umount } from '../src/index.ts';
import { lockTrace, type Stage, type TraceOptions } from './lock-trace.ts';

const cached = ({ fs, a }: Stage): void => fs.cache(a, 0);
const dirty = { before: cached, beside: ({ a }: Stage): Proc<unknown> => pwrite(a, 0, 4, 'w1') };
const mappedDirty = {
  before: cached,
  beside: ({ vma }: Stage): Proc<unknown> => userStore(vma, 0, dataTags('A', 'm', 0, 1)[0]!),
};

const IO = 'writeback folio · -writeback folio';
const EXT4_PAGE =
  's_writepages_rwsem(s) · transaction(s) · folio · i_data_sem(s) · -i_data_sem · -folio · -transaction · -s_writepages_rwsem';
/** `jbd2_might_wait_for_commit` */
const COMMIT = 'transaction · -transaction';
const EVICT = '?folio · xa_lock · -xa_lock · -folio';

const golden: readonly [string, TraceOptions, (stage: Stage) => Proc<unknown>, string][] = [
  ['34 fsync', { fs: 'ext2', ...dirty }, ({ a }) => fsync(a), `folio · -folio · ${IO} · i_rwsem · -i_rwsem`],
  ['34 fsync, nothing dirty', { fs: 'ext2' }, ({ a }) => fsync(a), 'i_rwsem · -i_rwsem'],
  [
    '34 fsync, mapped',
    { fs: 'ext2', ...mappedDirty },
    ({ a }) => fsync(a),
    `folio · i_mmap_rwsem(s) · pte_lock · -pte_lock · -i_mmap_rwsem · -folio · ${IO} · i_rwsem · -i_rwsem`,
  ],
  ['11 fsync, journal', { fs: 'ext4', ...dirty }, ({ a }) => fsync(a), `${EXT4_PAGE} · ${IO} · ${COMMIT}`],
  ['9.1 flusher', { fs: 'ext4', ...dirty }, ({ fs }) => flusher(fs), `?s_umount(s) · ${EXT4_PAGE} · -s_umount`],
  [
    '9.1 flusher',
    { fs: 'xfs', ...dirty },
    ({ fs }) => flusher(fs),
    '?s_umount(s) · folio · ILOCK(s) · -ILOCK · -folio · -s_umount',
  ],
  [
    'umount',
    { fs: 'ext2', ...dirty },
    ({ fs }) => umount(fs),
    `s_umount · folio · -folio · ${IO} · ${EVICT} · -s_umount`,
  ],
  [
    'umount',
    { fs: 'ext4', ...dirty },
    ({ fs }) => umount(fs),
    `s_umount · ${EXT4_PAGE} · ${IO} · ${EVICT} · ${COMMIT} · -s_umount`,
  ],
  [
    'umount',
    { fs: 'xfs', ...dirty },
    ({ fs }) => umount(fs),
    `s_umount · folio · ILOCK(s) · -ILOCK · -folio · ${IO} · ${EVICT} · -s_umount`,
  ],
];

describe('golden lock traces of fsync, flusher and umount', () => {
  test.each(golden)('%s (%o)', (_, options, operation, trace) => {
    expect(lockTrace(options, operation)).toBe(trace);
  });
});
