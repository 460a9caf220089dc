/** A mounted file system: its lock classes, freeze levels, and the inodes in memory. */
import { Mutex, RwSemaphore } from '@lockdep/locks';
import type { Engine } from './engine.ts';
import type { FileSystemType } from './file-system-type.ts';
import { FreezeLevel } from './freeze-level.ts';
import type { FsLockClasses } from './lock-classes.ts';

/** A mounted file system: its lock classes and freeze levels. Source: `include/linux/fs.h: struct super_block`. */
export class SuperBlock {
  readonly engine: Engine;
  /** Inode numbers mean something only within a super block. */
  readonly id: number;
  readonly name: string;
  readonly type: FileSystemType;
  readonly classes: FsLockClasses;
  /** `s_vfs_rename_mutex` */
  readonly renameMutex: Mutex;
  /** Freeze levels 1 to 3: write(2) and its like, page faults that write, the file system's own. */
  readonly writers: FreezeLevel;
  readonly pagefaults: FreezeLevel;
  readonly internal: FreezeLevel;
  /** Mounting, unmounting, freezing; inside level 1. */
  readonly sUmount: RwSemaphore;
  /** Mounted (`SB_ACTIVE`). Guarded by {@link sUmount}. */
  isActive: boolean = true;
  /** The levels taken so far. Guarded by {@link sUmount}. */
  frozen: 'no' | 'write' | 'pagefault' | 'fs' | 'complete' = 'no';

  constructor(engine: Engine, type: FileSystemType, name: string) {
    const { validator } = engine;
    const { classes } = type;
    this.engine = engine;
    this.id = engine.nextSuperBlock();
    this.name = name;
    this.type = type;
    this.classes = classes;
    this.renameMutex = new Mutex({ key: classes.renameMutex, label: `s_vfs_rename_mutex(${name})`, validator });
    this.writers = new FreezeLevel(engine, classes.sbWriters, `sb_writers(${name})`);
    this.pagefaults = new FreezeLevel(engine, classes.sbPagefaults, `sb_pagefaults(${name})`);
    this.internal = new FreezeLevel(engine, classes.sbInternal, `sb_internal(${name})`);
    this.sUmount = new RwSemaphore({ key: classes.sUmount, label: `s_umount(${name})`, validator });
  }
}
