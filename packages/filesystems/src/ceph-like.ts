/** A file system that had no lock of its own against faults before invalidate_lock (ceph, cifs): else as the ext4-like one. */

import type { RwSemaphore } from '@lockdep/locks';
import {
  type Engine,
  type Errno,
  FileSystemType,
  filemapInvalidateInode,
  type Inode,
  immediate,
  type Proc,
} from '@lockdep/page-cache';
import type { BlockFileSystemOptions } from './block-file-system.ts';
import { Ext4Like } from './ext4-like.ts';

const ceph = new FileSystemType('ceph');

/** An {@link Ext4Like} without a private lock against faults. Source: `fs/ceph/addr.c`. */
export class CephLike extends Ext4Like {
  constructor(engine: Engine, options: BlockFileSystemOptions = {}) {
    super(engine, options, ceph);
  }

  /** Some pages may stay, and nobody minds. In the latest kernel under invalidate_lock, as the library of network file systems does it. */
  override *invalidateForDirectWrite(inode: Inode, first: number, last: number): Proc<Errno | null> {
    if (!this.#invalidates) return yield* immediate(null);
    if (this.engine.rules.profile === 'latest') yield* filemapInvalidateInode(inode, true, first, last);
    else yield* super.invalidateForDirectWrite(inode, first, last);
    return null;
  }

  override *invalidateAfterDirectWrite(inode: Inode, first: number, last: number): Proc<Errno | null> {
    if (!this.#invalidates) return yield* immediate(null);
    return yield* super.invalidateAfterDirectWrite(inode, first, last);
  }

  get #invalidates(): boolean {
    return this.engine.rules.bugs['ceph.directWriteInvalidates'] !== false;
  }

  protected override makePrivateLock(_inode: Inode): RwSemaphore | null {
    return null;
  }
}
