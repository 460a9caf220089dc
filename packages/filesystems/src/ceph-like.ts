/**
 * A file system that had no lock of its own against faults before invalidate_lock (ceph, cifs): else as the ext4-like one. What was written
 * before a snapshot goes to the server before a page is written again.
 */

import type { RwSemaphore } from '@lockdep/locks';
import {
  type Engine,
  type Errno,
  FileSystemType,
  type Folio,
  filemapInvalidateInode,
  filemapWriteAndWait,
  type Inode,
  immediate,
  type Proc,
  type Region,
} from '@lockdep/page-cache';
import type { BlockFileSystemOptions } from './block-file-system.ts';
import { Ext4Like } from './ext4-like.ts';

const ceph = new FileSystemType('ceph');

/** An {@link Ext4Like} without a private lock against faults. Source: `fs/ceph/addr.c`. */
export class CephLike extends Ext4Like {
  #snapshots = 0;
  readonly #snapshotRegion: Region;
  /** How many snapshots there were when a folio was written; under its lock. */
  readonly #writtenAfter = new WeakMap<Folio, number>();

  constructor(engine: Engine, options: BlockFileSystemOptions = {}) {
    super(engine, options, ceph);
    this.#snapshotRegion = engine.machine.region(`snapshots of ${this.sb.name}`);
  }

  /** From now on, what is dirty belongs to a snapshot. */
  *snapshot(): Proc {
    yield* this.engine.machine.access([], [this.#snapshotRegion], 'snapshot', () => {
      this.#snapshots += 1;
    });
  }

  /** `ceph_netfs_check_write_begin`: a folio that is dirty for a snapshot is unlocked, written, and asked for again. */
  override *writeBegin(inode: Inode, pos: number, bytes: number): Proc<Folio | Errno> {
    const { machine, rules } = this.engine;
    for (;;) {
      const folio = yield* super.writeBegin(inode, pos, bytes);
      if (typeof folio === 'string') return folio;
      const isOld = yield* machine.access(
        [this.#snapshotRegion, folio.state],
        [],
        `snapshot of ${folio.label}?`,
        () => {
          const old = folio.dirty && (this.#writtenAfter.get(folio) ?? 0) < this.#snapshots;
          if (!old) this.#writtenAfter.set(folio, this.#snapshots);
          return old;
        },
      );
      if (!isOld) return folio;
      if (rules.bugs['netfs.retryLeaksFolio'] !== true) yield* folio.unlockAndPut();
      yield* filemapWriteAndWait(inode, folio.index, folio.index);
    }
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
