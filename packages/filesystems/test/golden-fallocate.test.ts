/**
 * The locks of operations that move, share or copy bytes, as the specification lists them (its numbers in front): the flush inside the locks,
 * the eviction to the end of file, the size last for collapse and first for insert.
 */
import { dataTags, Pipe, type Proc } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import { copyFileRange, fallocate, pwrite, remapRange, spliceRead, spliceWrite } from '../src/index.ts';
import { lockTrace, type Stage, type TraceOptions } from './lock-trace.ts';

const cached = ({ fs, a, b }: Stage): void => {
  for (const file of [a, b]) for (const page of [0, 1]) fs.cache(file, page);
};
const EVICT = '?folio · xa_lock · -xa_lock · -folio';
const UNMAP = 'i_mmap_rwsem · -i_mmap_rwsem';
const UNMAP_SHARED = 'i_mmap_rwsem(s) · -i_mmap_rwsem';
const XFS_CHANGE = 'transaction(s) · ILOCK · -ILOCK · -transaction';
const EXT4_CHANGE = 'transaction(s) · i_data_sem · -i_data_sem · -transaction';
const SHARE = 'transaction(s) · ILOCK · ILOCK · -ILOCK · -ILOCK · -transaction';
const SPLICED = 'pipe_mutex · i_rwsem · folio · i_data_sem(s) · -i_data_sem · -folio · -i_rwsem · -pipe_mutex';

const collapse = ({ fs, a }: Stage) => fallocate(fs, a, 'collapse-range', 0, 4);
const insert = ({ fs, a }: Stage) => fallocate(fs, a, 'insert-range', 4, 4);
const zero = ({ fs, a }: Stage) => fallocate(fs, a, 'zero-range', 0, 4);
const clone = ({ fs, a, b }: Stage) => remapRange(fs, a, b, { from: 0, to: 4, count: 4 });
const copy = ({ fs, a, b }: Stage) => copyFileRange(fs, a, b, { from: 0, to: 0, count: 8 }, 'w1');
const dirty = ({ a }: Stage) => pwrite(a, 4, 4, 'w1');
const splice = ({ engine, b }: Stage): Proc<unknown> => {
  const pipe = new Pipe(engine);
  pipe.push(dataTags('A', 'w0', 0, 4));
  return spliceWrite(pipe, b, 0, 4, 'w1');
};

const golden: readonly [string, TraceOptions, (stage: Stage) => Proc<unknown>, string][] = [
  [
    '18 collapse',
    { fs: 'ext4', before: cached },
    collapse,
    `sb_writers(s) · i_rwsem · inv · ${UNMAP} · ${EVICT} · ${EVICT} · ${UNMAP} · ${EXT4_CHANGE} · -inv · -i_rwsem · -sb_writers`,
  ],
  [
    '18 collapse, latest',
    { fs: 'ext4', profile: 'latest', before: cached },
    collapse,
    `sb_writers(s) · i_rwsem · inv · ${UNMAP_SHARED} · ${EVICT} · ${EVICT} · ${UNMAP_SHARED} · ${EXT4_CHANGE} · -inv · -i_rwsem · -sb_writers`,
  ],
  [
    '18 collapse, before',
    { fs: 'ext4', profile: 'before', before: cached },
    collapse,
    `sb_writers(s) · i_rwsem · i_mmap_sem · ${UNMAP} · ${EVICT} · ${EVICT} · ${UNMAP} · ${EXT4_CHANGE} · -i_mmap_sem · -i_rwsem · -sb_writers`,
  ],
  [
    '18 insert',
    { fs: 'ext4', before: cached },
    insert,
    `sb_writers(s) · i_rwsem · inv · ${UNMAP} · ${EVICT} · ${UNMAP} · transaction(s) · i_data_sem · -i_data_sem · i_data_sem · -i_data_sem · -transaction · -inv · -i_rwsem · -sb_writers`,
  ],
  // The size first, in a transaction; then from the block in front of the range on, so both pages go.
  [
    '18 insert',
    { fs: 'xfs', before: cached },
    insert,
    `sb_writers(s) · i_rwsem · inv · ${XFS_CHANGE} · ${UNMAP} · ${EVICT} · ${EVICT} · ${XFS_CHANGE} · -inv · -i_rwsem · -sb_writers`,
  ],
  // A hole, the shift, and a truncate at the end, each with a transaction.
  [
    '18 collapse',
    { fs: 'xfs', before: cached },
    collapse,
    `sb_writers(s) · i_rwsem · inv · ${UNMAP} · ${EVICT} · ${XFS_CHANGE} · ${UNMAP} · ${EVICT} · ${XFS_CHANGE} · ${UNMAP} · ${UNMAP} · ${XFS_CHANGE} · -inv · -i_rwsem · -sb_writers`,
  ],
  [
    'zero',
    { fs: 'ext4', before: cached },
    zero,
    `sb_writers(s) · i_rwsem · inv · ${UNMAP} · ${EVICT} · ${EXT4_CHANGE} · ${EXT4_CHANGE} · -inv · -i_rwsem · -sb_writers`,
  ],
  [
    'zero',
    { fs: 'xfs', before: cached },
    zero,
    `sb_writers(s) · i_rwsem · inv · ${UNMAP} · ${EVICT} · ${XFS_CHANGE} · ${XFS_CHANGE} · -inv · -i_rwsem · -sb_writers`,
  ],
  ['collapse on ext2: not there', { fs: 'ext2', before: cached }, collapse, 'sb_writers(s) · -sb_writers'],
  [
    '19 clone of a range',
    { fs: 'xfs', before: cached },
    clone,
    `sb_writers(s) · i_rwsem · i_rwsem · inv · inv · ${UNMAP} · ${EVICT} · ${SHARE} · -inv · -inv · -i_rwsem · -i_rwsem · -sb_writers`,
  ],
  [
    '19 clone within a file: each lock once',
    { fs: 'xfs', before: cached },
    ({ fs, a }) => remapRange(fs, a, a, { from: 0, to: 4, count: 4 }),
    `sb_writers(s) · i_rwsem · inv · ${UNMAP} · ${EVICT} · ${XFS_CHANGE} · -inv · -i_rwsem · -sb_writers`,
  ],
  [
    '20 dedupe that finds a difference',
    { fs: 'xfs', before: cached },
    ({ fs, a, b }) => remapRange(fs, a, b, { from: 4, to: 0, count: 4 }, 'dedupe'),
    'sb_writers(s) · i_rwsem · i_rwsem · inv · inv · folio · folio · -folio · -folio · -inv · -inv · -i_rwsem · -i_rwsem · -sb_writers',
  ],
  [
    '31 splice to a pipe, miss',
    { fs: 'ext4' },
    ({ engine, a }) => spliceRead(a, 0, new Pipe(engine), 4),
    'pipe_mutex · inv(s) · ?folio · xa_lock · -xa_lock · i_data_sem(s) · -i_data_sem · folio to io · -inv · -pipe_mutex',
  ],
  [
    '31 splice to a pipe, cached',
    { fs: 'xfs', before: cached },
    ({ engine, a }) => spliceRead(a, 0, new Pipe(engine), 4),
    'pipe_mutex · i_rwsem(s) · -i_rwsem · -pipe_mutex',
  ],
  [
    '31 splice to a pipe, cached, latest',
    { fs: 'xfs', profile: 'latest', before: cached },
    ({ engine, a }) => spliceRead(a, 0, new Pipe(engine), 4),
    'i_rwsem(s) · -i_rwsem · pipe_mutex · -pipe_mutex',
  ],
  ['32 splice from a pipe', { fs: 'ext4', before: cached }, splice, `sb_writers(s) · ${SPLICED} · -sb_writers`],
  ['33 copy_file_range', { fs: 'ext4', before: cached }, copy, `sb_writers(s) · ${SPLICED} · ${SPLICED} · -sb_writers`],
  [
    '33 copy_file_range, latest: nothing held between',
    { fs: 'ext4', profile: 'latest', before: cached },
    copy,
    `sb_writers(s) · ${SPLICED} · -sb_writers · sb_writers(s) · ${SPLICED} · -sb_writers`,
  ],
  [
    '33 copy_file_range that can share',
    { fs: 'xfs', before: cached },
    copy,
    `sb_writers(s) · i_rwsem · i_rwsem · inv · inv · ${UNMAP} · ${EVICT} · ${EVICT} · ${SHARE} · ${SHARE} · -inv · -inv · -i_rwsem · -i_rwsem · -sb_writers`,
  ],
];

describe('locks of operations that move, share or copy bytes', () => {
  test.each(golden)('%s %o', (_, options, operation, trace) => expect(lockTrace(options, operation)).toBe(trace));

  test('collapse flushes what moves with both locks held, and insert too', () => {
    for (const operation of [collapse, insert]) {
      const trace = lockTrace({ fs: 'ext4', before: cached, beside: dirty }, operation);
      expect(trace.slice(trace.indexOf('inv'))).toContain('-folio');
      expect(trace.slice(0, trace.indexOf('inv'))).toBe('sb_writers(s) · i_rwsem · ');
    }
  });
});
