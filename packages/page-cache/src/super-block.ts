/** A mounted file system: its lock classes, freeze levels, and the inodes in memory. */
import { Mutex } from '@lockdep/locks';
import { AnnotatedLock } from './annotated-lock.ts';
import type { Engine } from './engine.ts';
import type { FileSystemType } from './file-system-type.ts';
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
  readonly writers: AnnotatedLock;
  readonly pagefaults: AnnotatedLock;
  readonly internal: AnnotatedLock;

  constructor(engine: Engine, type: FileSystemType, name: string) {
    const { machine, validator } = engine;
    const { classes } = type;
    this.engine = engine;
    this.id = engine.nextSuperBlock();
    this.name = name;
    this.type = type;
    this.classes = classes;
    this.renameMutex = new Mutex({ key: classes.renameMutex, label: `s_vfs_rename_mutex(${name})`, validator });
    this.writers = new AnnotatedLock(machine, validator, classes.sbWriters, `sb_writers(${name})`);
    this.pagefaults = new AnnotatedLock(machine, validator, classes.sbPagefaults, `sb_pagefaults(${name})`);
    this.internal = new AnnotatedLock(machine, validator, classes.sbInternal, `sb_internal(${name})`);
  }
}
