/**
 * Buffers of metadata on pages of a block device, as a journal uses them: it finds one, without the page, and changes it while it has a reference.
 *
 * A page moves to another folio only while none of its buffers has a reference. `private_lock` makes that question and finding one apart, but it
 * is dropped before the page is copied, for copying may sleep: so who finds a buffer has to have the folio lock, which migration keeps to its end.
 */
import { LockKey } from '@lockdep/core';
import {
  type Act,
  AnnotatedLock,
  type Engine,
  type Folio,
  type Inode,
  lockFolioAt,
  type Proc,
  type Region,
  type Tag,
} from '@lockdep/page-cache';
import type { BlockFileSystemOptions } from './block-file-system.ts';
import { BlockDeviceLike } from './server-like.ts';

const privateLock = new LockKey({ name: '&mapping->private_lock', kind: 'spinlock' });

/** The buffer of one page. Source: `include/linux/buffer_head.h: struct buffer_head`. */
export interface BufferHead {
  readonly index: number;
  folio: Folio;
  /** References (`b_count`). */
  count: number;
}

/** A block device with files that are cached as its metadata. Source: `fs/buffer.c`, `mm/migrate.c`. */
export class MetadataDeviceLike extends BlockDeviceLike {
  readonly #privateLock: AnnotatedLock;
  readonly #region: Region;
  readonly #heads: BufferHead[] = [];

  constructor(engine: Engine, options: BlockFileSystemOptions = {}) {
    super(engine, options);
    const { machine, validator } = engine;
    this.#privateLock = new AnnotatedLock(machine, validator, privateLock, `private_lock(${this.sb.name})`);
    this.#region = machine.region('buffers');
  }

  /** A page in the cache, with a buffer. Setup only. */
  override cache(inode: Inode, index: number, blocks?: readonly number[]): void {
    super.cache(inode, index, blocks);
    this.#heads.push({ index, folio: inode.mapping.peek(index)!, count: 0 });
  }

  /** `__find_get_block`: the buffer of a page, with a reference; null when it is not cached. */
  *findGetBlock(inode: Inode, index: number): Proc<BufferHead | null> {
    if (this.engine.rules.bugs['buffer.lookupLocksFolio'] === false) return yield* this.#take(inode, index);
    const folio = yield* lockFolioAt(inode.mapping, index);
    if (folio === null) return null;
    const head = yield* this.#take(inode, index);
    yield* folio.unlockAndPut();
    return head;
  }

  /** Changes metadata: the reference keeps the buffer where it is. */
  *change(head: BufferHead, tags: readonly Tag[]): Proc {
    const { machine, oracle } = this.engine;
    const folio = yield* machine.access([this.#region], [], `b_data of buffer ${head.index}`, () => head.folio);
    const change = oracle.file(folio.inode.name).begin(folio.start, tags, oracle.tick());
    yield* machine.access([], [folio.state], `change ${folio.label}`, () => {
      folio.fill(0, tags);
      folio.dirty = true;
      for (const buffer of folio.buffers) buffer.dirty = true;
    });
    change.end(oracle.tick());
  }

  /** `brelse` */
  *brelse(head: BufferHead): Proc {
    yield* this.engine.machine.access([], [this.#region], `put buffer ${head.index}`, () => {
      head.count -= 1;
    });
  }

  /** `buffer_migrate_folio_norefs` */
  override *replaceFolio(folio: Folio, target: Folio): Proc<boolean> {
    const { machine } = this.engine;
    const ofFolio = (head: BufferHead): boolean => head.folio === folio;
    const words = `buffers of ${folio.label} in use?`;
    const isBusy = yield* machine.access([this.#region], [], words, () =>
      this.#privateLock.around(() => this.#heads.some((head) => ofFolio(head) && head.count > 0)),
    );
    if (isBusy) return false;
    yield* folio.copyTo(target);
    if (!(yield* folio.inode.mapping.replace(folio, target))) return false;
    yield* machine.access([], [this.#region], `buffers move to the new ${folio.label}`, () => {
      for (const head of this.#heads.filter(ofFolio)) head.folio = target;
    });
    return true;
  }

  /** `drop_buffers`: reclaim gets no page that has a buffer in use. */
  override releaseFolio(folio: Folio): Act<boolean> {
    return this.engine.machine.access([], [this.#region], `drop the buffers of ${folio.label}`, () =>
      this.#privateLock.around(() => {
        const heads = this.#heads.filter((head) => head.folio === folio);
        if (heads.some(({ count }) => count > 0)) return false;
        for (const head of heads) this.#heads.splice(this.#heads.indexOf(head), 1);
        return true;
      }),
    );
  }

  *#take(inode: Inode, index: number): Proc<BufferHead | null> {
    return yield* this.engine.machine.access([], [this.#region], `find buffer ${index}`, () =>
      this.#privateLock.around(() => {
        const head = this.#heads.find((head) => head.folio.inode === inode && head.index === index) ?? null;
        if (head !== null) head.count += 1;
        return head;
      }),
    );
  }
}
