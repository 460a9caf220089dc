/** The locks of operations on what single bugs are about: inline data, directories that move, sizes of a server, buffers, io_uring, attributes. */
import { dataTags, type Inode, Mm, migrateFolio, mmap, type Proc, userStore } from '@lockdep/page-cache';
import { describe, expect, test } from 'vitest';
import {
  createIn,
  Directory,
  Ext4InlineLike,
  evictInode,
  FuseLike,
  ftruncate,
  IoUring,
  MetadataDeviceLike,
  pread,
  preallocate,
  pwrite,
  quotactl,
  remount,
  removeXattr,
  renameDirectory,
} from '../src/index.ts';
import { lockTrace, type Stage, type TraceOptions } from './lock-trace.ts';

const inline = { fs: 'ext4', Kind: Ext4InlineLike, readaheadPages: -1 } as const;
const fuse = { fs: 'ceph', Kind: FuseLike } as const;
const buffers = { fs: 'ceph', Kind: MetadataDeviceLike } as const;

/** An operation on a file of four bytes in its inode. */
const onInline =
  (operation: (fs: Ext4InlineLike, inode: Inode) => Proc<unknown>) =>
  ({ fs }: Stage): Proc<unknown> =>
    operation(fs as Ext4InlineLike, (fs as Ext4InlineLike).createInline('I', dataTags('I', 'w0', 0, 4)));

function* rename({ fs }: Stage): Proc {
  const root = new Directory(fs, '/');
  const [d1, d2] = [new Directory(fs, 'D1', root), new Directory(fs, 'D2', root)];
  yield* renameDirectory(d1, d2, new Directory(fs, 'sub', d1));
}

function* changeBuffer({ fs, a }: Stage): Proc {
  const device = fs as MetadataDeviceLike;
  const head = yield* device.findGetBlock(a, 0);
  yield* device.change(head!, dataTags('A', 'w1', 0, 4));
  yield* device.brelse(head!);
}

function* uringWrite({ a }: Stage): Proc {
  const ring = new IoUring();
  yield* ring.write(a, 0, 4, 'w1');
  yield* ring.wait();
}

const CONVERT = 'transaction(s) · xattr_sem · i_data_sem · -i_data_sem · -xattr_sem · -transaction';
const ALLOCATE = 'transaction(s) · i_data_sem · -i_data_sem · -transaction';
/** Freeze level 3, then the handle. */
const EVICT = 'transaction(s) · transaction(s) · i_data_sem · -i_data_sem · -transaction · -transaction';
const NEW_FOLIO = '?folio · xa_lock · -xa_lock';
const PTE = 'pte_lock · -pte_lock';

const golden: readonly [string, TraceOptions, (stage: Stage) => Proc<unknown>, string][] = [
  [
    'read of inline data',
    inline,
    onInline((_, i) => pread(i, 0, 4)),
    `inv(s) · ${NEW_FOLIO} · xattr_sem(s) · -xattr_sem · -folio · -inv`,
  ],
  [
    'write to inline data',
    inline,
    onInline((_, i) => pwrite(i, 0, 2, 'w1')),
    `sb_writers(s) · i_rwsem · transaction(s) · ${NEW_FOLIO} · xattr_sem(s) · -xattr_sem · xattr_sem · ` +
      '-xattr_sem · -folio · -transaction · -i_rwsem · -sb_writers',
  ],
  [
    'fallocate of an inline file',
    inline,
    onInline((fs, i) => preallocate(fs, i, 0, 4)),
    `sb_writers(s) · i_rwsem · ${CONVERT} · -i_rwsem · i_rwsem · ${ALLOCATE} · -i_rwsem · -sb_writers`,
  ],
  [
    'store to an inline file',
    inline,
    onInline(function* ({ engine }, i) {
      const vma = yield* mmap(new Mm(engine, 'mm2'), i, { pages: 1, prot: 'write' });
      yield* userStore(vma, 0, dataTags('I', 'm', 0, 1)[0]!);
    }),
    `i_rwsem · ${CONVERT} · -i_rwsem · mmap_lock · i_mmap_rwsem · -i_mmap_rwsem · -mmap_lock · ` +
      `mmap_lock(s) · inv(s) · ${NEW_FOLIO} · -folio · ?folio · -mmap_lock · xattr_sem(s) · -xattr_sem · ` +
      'i_data_sem(s) · -i_data_sem · folio to io · -inv · mmap_lock(s) · ?folio · -folio · sb_pagefaults(s) · ' +
      `inv(s) · folio · i_data_sem(s) · -i_data_sem · -inv · -sb_pagefaults · ${PTE} · -folio · -mmap_lock`,
  ],
  [
    'create',
    { fs: 'ext4' },
    ({ fs }) => createIn(new Directory(fs, 'D'), 'f'),
    'sb_writers(s) · i_rwsem · transaction(s) · -transaction · -i_rwsem · -sb_writers',
  ],
  [
    'rename of a directory',
    { fs: 'ext4' },
    rename,
    'sb_writers(s) · s_vfs_rename_mutex · i_rwsem · i_rwsem · i_rwsem · transaction(s) · -transaction · ' +
      '-i_rwsem · -i_rwsem · -i_rwsem · -s_vfs_rename_mutex · -sb_writers',
  ],
  [
    'truncate',
    fuse,
    ({ fs, a }) => ftruncate(fs, a, 4),
    'sb_writers(s) · i_rwsem · i_data_sem · -i_data_sem · fi_lock · -fi_lock · i_mmap_rwsem · ' +
      '-i_mmap_rwsem · i_mmap_rwsem · -i_mmap_rwsem · -i_rwsem · -sb_writers',
  ],
  [
    'fallocate',
    fuse,
    ({ fs, a }) => preallocate(fs, a, 8, 4),
    `sb_writers(s) · i_rwsem · ${ALLOCATE} · i_data_sem · -i_data_sem · fi_lock · -fi_lock · -i_rwsem · ` +
      '-sb_writers',
  ],
  ['revalidation', fuse, ({ fs, a }) => (fs as FuseLike).revalidate(a), 'fi_lock · -fi_lock'],
  [
    'change of a buffer',
    { ...buffers, before: ({ fs, a }) => fs.cache(a, 0) },
    changeBuffer,
    'folio · private_lock · -private_lock · -folio',
  ],
  [
    'migration of a buffer',
    { ...buffers, before: ({ fs, a }) => fs.cache(a, 0) },
    ({ a }) => migrateFolio(a.mapping, 0),
    'folio · ?folio · private_lock · -private_lock · xa_lock · -xa_lock · -folio · -folio',
  ],
  [
    'direct write through io_uring',
    { fs: 'ext4' },
    uringWrite,
    '?sb_writers(s) · ?i_rwsem(s) · i_data_sem(s) · -i_data_sem · i_data_sem(s) · -i_data_sem · -i_rwsem · ' +
      '-sb_writers · ?sb_writers(s) · -sb_writers',
  ],
  [
    'direct write through io_uring',
    { fs: 'xfs' },
    uringWrite,
    '?sb_writers(s) · ?i_rwsem(s) · ILOCK(s) · -ILOCK · -i_rwsem · -sb_writers · ?sb_writers(s) · ' + '-sb_writers',
  ],
  [
    'last close of a file with a large attribute',
    { fs: 'ext4' },
    ({ fs, a, b }) => evictInode(fs, a, 'unlinked', [b]),
    `${EVICT} · ${EVICT}`,
  ],
  [
    'removexattr of a large attribute',
    { fs: 'ext4' },
    ({ fs, b }) => removeXattr(fs, b),
    `sb_writers(s) · transaction(s) · -transaction · ${EVICT} · -sb_writers`,
  ],
  ['remount', { fs: 'ext4' }, ({ fs }) => remount(fs), 's_umount · -s_umount'],
  ['quotactl', { fs: 'ext4' }, ({ fs }) => quotactl(fs), 'sb_writers(s) · s_umount(s) · -s_umount · -sb_writers'],
];

describe('golden lock traces of single resources', () => {
  test.each(golden)('%s (%o)', (_, options, operation, trace) => {
    expect(lockTrace(options, operation)).toBe(trace);
  });
});
