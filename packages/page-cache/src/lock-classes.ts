/**
 * Lock classes, with the kernel's names: one set per file-system type, and those of memory management that all share.
 *
 * A lock's class is its place in the source and, for the locks of inodes and mappings, the type of the file system; never the
 * inode. `folio_lock` and `PG_writeback` have no class in the kernel; here they have.
 */
import { type Lock, LockKey } from '@lockdep/core';
import type { Folio } from './folio.ts';

const folioOf = new WeakMap<Lock, Folio>();

/** Lets the folio lock's class compare two of them. */
export function registerFolioLock(lock: Lock, folio: Folio): void {
  folioOf.set(lock, folio);
}

/** Folio locks nest in ascending index; those of one index in two files in any order, since both mappings are locked by then. */
function byIndex(held: Lock, wanted: Lock): number {
  const [a, b] = [folioOf.get(held), folioOf.get(wanted)];
  if (a === undefined || b === undefined) return 0;
  return a.index === b.index && a.inode !== b.inode ? -1 : a.index - b.index;
}

/** The classes of one file-system type. */
export class FsLockClasses {
  readonly iRwsem: LockKey;
  readonly iRwsemDir: LockKey;
  readonly invalidateLock: LockKey;
  readonly folioLock: LockKey;
  readonly writeback: LockKey;
  readonly dioCount: LockKey;
  readonly renameMutex: LockKey;
  readonly sbWriters: LockKey;
  readonly sbPagefaults: LockKey;
  readonly sbInternal: LockKey;
  readonly sUmount: LockKey;

  constructor() {
    this.iRwsem = new LockKey({ name: '&sb->s_type->i_mutex_key', kind: 'rwsem' });
    this.iRwsemDir = new LockKey({ name: '&type->i_mutex_dir_key', kind: 'rwsem' });
    this.invalidateLock = new LockKey({ name: 'mapping.invalidate_lock', kind: 'rwsem' });
    this.folioLock = new LockKey({ name: 'folio_lock', kind: 'bit_lock', compare: byIndex });
    this.writeback = new LockKey({ name: 'PG_writeback', kind: 'completion' });
    this.dioCount = new LockKey({ name: 'i_dio_count', kind: 'completion' });
    this.renameMutex = new LockKey({ name: '&type->s_vfs_rename_key', kind: 'mutex' });
    this.sbWriters = new LockKey({ name: 'sb_writers', kind: 'rwsem' });
    this.sbPagefaults = new LockKey({ name: 'sb_pagefaults', kind: 'rwsem' });
    this.sbInternal = new LockKey({ name: 'sb_internal', kind: 'rwsem' });
    this.sUmount = new LockKey({ name: '&type->s_umount_key', kind: 'rwsem' });
  }
}

/** The classes that do not depend on the file system. */
export const mmClasses: {
  readonly [K in 'mmapLock' | 'vmLock' | 'iMmapRwsem' | 'pteLock' | 'xaLock' | 'fsReclaim']: LockKey;
} = {
  mmapLock: new LockKey({ name: '&mm->mmap_lock', kind: 'rwsem' }),
  vmLock: new LockKey({ name: 'vm_lock', kind: 'rwsem' }),
  iMmapRwsem: new LockKey({ name: '&mapping->i_mmap_rwsem', kind: 'rwsem' }),
  pteLock: new LockKey({ name: 'ptlock_ptr(page)', kind: 'spinlock' }),
  xaLock: new LockKey({ name: '&xa->xa_lock', kind: 'spinlock' }),
  fsReclaim: new LockKey({ name: 'fs_reclaim', kind: 'lockmap' }),
};
