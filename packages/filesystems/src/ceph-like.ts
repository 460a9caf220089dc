/** A file system that had no lock of its own against faults before invalidate_lock (ceph, cifs): else as the ext4-like one. */

import type { RwSemaphore } from '@lockdep/locks';
import { type Engine, FileSystemType, type Inode } from '@lockdep/page-cache';
import type { BlockFileSystemOptions } from './block-file-system.ts';
import { Ext4Like } from './ext4-like.ts';

const ceph = new FileSystemType('ceph');

/** An {@link Ext4Like} without a private lock against faults. Source: `fs/ceph/addr.c`. */
export class CephLike extends Ext4Like {
  constructor(engine: Engine, options: BlockFileSystemOptions = {}) {
    super(engine, options, ceph);
  }

  protected override makePrivateLock(_inode: Inode): RwSemaphore | null {
    return null;
  }
}
