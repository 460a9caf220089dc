/** The locks of direct I/O, in order, as the specification lists them (its numbers in front). */
import { inodeDioBegin, MappedBuffer, Mm, type Proc, premap } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import { aioWrite, ftruncate, pread, punchHole, pwrite, remap } from '../src/index.ts';
import { lockTrace, type Stage, type TraceOptions } from './lock-trace.ts';

const direct = { direct: true } as const;
const write = ({ a }: Stage): Proc<unknown> => pwrite(a, 0, 4, 'w1', undefined, direct);
const grow = ({ a }: Stage): Proc<unknown> => pwrite(a, 8, 4, 'w1', undefined, direct);
const append = ({ a }: Stage): Proc<unknown> => pwrite(a, 0, 4, 'w1', undefined, { direct: true, append: true });
const part = ({ a }: Stage): Proc<unknown> => pwrite(a, 1, 2, 'w1', undefined, direct);
const read = ({ a }: Stage): Proc<unknown> => pread(a, 0, 4, direct);
const intoMapping = ({ a, b, engine }: Stage): Proc<unknown> =>
  pread(a, 0, 4, { direct: true, to: new MappedBuffer(premap(new Mm(engine, 'mm2'), b, { pages: 1 })) });
const cached = (stage: Stage): void => stage.fs.cache(stage.a, 0);

/** Direct I/O of A that never ends. */
function* underWay({ a }: Stage): Proc {
  yield* a.iRwsem.downRead();
  yield* inodeDioBegin(a);
  yield* a.iRwsem.upRead();
}

const LOOKUP = 'i_data_sem(s) · -i_data_sem';
const ALLOCATE = 'transaction(s) · i_data_sem · -i_data_sem · -transaction';
const XFS_LOOKUP = 'ILOCK(s) · -ILOCK';
const XFS_ALLOCATE = 'transaction(s) · ILOCK · -ILOCK · -transaction';
const OUT = '-i_rwsem · -sb_writers';

const golden: readonly [string, TraceOptions, (stage: Stage) => Proc<unknown>, string][] = [
  ['21 in place', { fs: 'ext4' }, write, `sb_writers(s) · i_rwsem(s) · ${LOOKUP} · ${LOOKUP} · ${OUT}`],
  ['21 in place', { fs: 'xfs' }, write, `sb_writers(s) · i_rwsem(s) · ${XFS_LOOKUP} · ${OUT}`],
  ['21 in place', { fs: 'ext2' }, write, `sb_writers(s) · i_rwsem · ${OUT}`],
  [
    '21 in place, cached',
    { fs: 'ext4', before: cached },
    write,
    `sb_writers(s) · i_rwsem(s) · ${LOOKUP} · folio · xa_lock · -xa_lock · -folio · ${LOOKUP} · ${OUT}`,
  ],
  [
    '21 in place, by filemap_invalidate_inode',
    { fs: 'ceph', profile: 'latest', before: cached },
    write,
    `sb_writers(s) · i_rwsem(s) · ${LOOKUP} · inv · i_mmap_rwsem(s) · -i_mmap_rwsem · folio · xa_lock · -xa_lock · -folio · -inv · ` +
      `${LOOKUP} · ${OUT}`,
  ],
  [
    '21 growing the file',
    { fs: 'ext4' },
    grow,
    `sb_writers(s) · i_rwsem(s) · -i_rwsem · i_rwsem · ${LOOKUP} · ${ALLOCATE} · ${ALLOCATE} · ${OUT}`,
  ],
  [
    '21 growing the file',
    { fs: 'xfs' },
    grow,
    `sb_writers(s) · i_rwsem(s) · ${XFS_LOOKUP} · ${XFS_ALLOCATE} · ${XFS_ALLOCATE} · ${OUT}`,
  ],
  [
    '21 at the end, wherever that is',
    { fs: 'xfs' },
    append,
    `sb_writers(s) · i_rwsem · ${XFS_LOOKUP} · ${XFS_ALLOCATE} · ${XFS_ALLOCATE} · ${OUT}`,
  ],
  ['21 part of a block', { fs: 'xfs' }, part, `sb_writers(s) · i_rwsem(s) · ${XFS_LOOKUP} · ${XFS_LOOKUP} · ${OUT}`],
  ['21 part of a block', { fs: 'ext4' }, part, `sb_writers(s) · i_rwsem · ${LOOKUP} · ${OUT}`],
  [
    '21 asynchronous: the submission',
    { fs: 'ext4' },
    ({ a }) => aioWrite(a, 0, 4, 'w1'),
    `sb_writers(s) · i_rwsem(s) · ${LOOKUP} · ${LOOKUP} · ${OUT}`,
  ],
  [
    '21 NOWAIT, cached',
    { fs: 'ext4', before: cached },
    ({ a }) => pwrite(a, 0, 4, 'w1', undefined, { direct: true, nowait: true }),
    `sb_writers(s) · ?i_rwsem(s) · ${LOOKUP} · ${OUT}`,
  ],
  ['22 read', { fs: 'ext4' }, read, `i_rwsem(s) · ${LOOKUP} · -i_rwsem`],
  ['22 read', { fs: 'xfs' }, read, `i_rwsem(s) · ${XFS_LOOKUP} · -i_rwsem`],
  [
    '22 read into a mapping of B',
    { fs: 'ext4' },
    intoMapping,
    `i_rwsem(s) · ${LOOKUP} · mmap_lock(s) · inv(s) · ?folio · xa_lock · -xa_lock · -folio · ?folio · -mmap_lock · ${LOOKUP} · folio to io · ` +
      `-inv · mmap_lock(s) · ?folio · -folio · sb_pagefaults(s) · inv(s) · folio · ${LOOKUP} · -inv · -sb_pagefaults · ` +
      'pte_lock · -pte_lock · -folio · -mmap_lock · -i_rwsem',
  ],
  [
    '12 truncate waits under i_rwsem',
    { fs: 'ext4', beside: underWay },
    (stage) => ftruncate(stage.fs, stage.a, 4),
    'sb_writers(s) · i_rwsem · i_dio_count',
  ],
  [
    '13 and under MMAPLOCK too',
    { fs: 'xfs', beside: underWay },
    (stage) => ftruncate(stage.fs, stage.a, 4),
    'sb_writers(s) · i_rwsem · inv · i_dio_count',
  ],
  [
    '14 truncate',
    { fs: 'ext2', beside: underWay },
    (stage) => ftruncate(stage.fs, stage.a, 4),
    'sb_writers(s) · i_rwsem · i_dio_count',
  ],
  [
    '16 punch',
    { fs: 'ext4', beside: underWay },
    (stage) => punchHole(stage.fs, stage.a, 4, 4),
    'sb_writers(s) · i_rwsem · i_dio_count',
  ],
  [
    '19 reflink',
    { fs: 'xfs', beside: underWay },
    (stage) => remap(stage.fs, stage.b, stage.a),
    'sb_writers(s) · i_rwsem · i_rwsem · inv · inv · i_dio_count',
  ],
];

describe.each(golden)('%s', (_, options, operation, expected) => {
  test(`${options.fs}, ${options.profile ?? 'merged'}`, () => {
    expect(lockTrace(options, operation)).toBe(expected);
  });
});
