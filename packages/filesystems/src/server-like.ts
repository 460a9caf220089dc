/**
 * File systems whose data change elsewhere: at a server, or on a device below its own page cache. The disk stands for that place. Punching
 * is one request, which changes blocks where they are; the page cache has to be emptied around it, and nobody may fill it in between.
 */
import {
  type Errno,
  filemapInvalidateInode,
  filemapInvalidateLock,
  filemapInvalidateLockKillable,
  filemapInvalidateUnlock,
  filemapWriteAndWait,
  type Inode,
  type Proc,
  type Tag,
  truncateInodePagesRange,
  truncatePagecacheRange,
  ZERO,
} from '@lockdep/page-cache';
import { CephLike } from './ceph-like.ts';

/** Evicts first, then tells the server. Source: `fs/smb/client/smb2ops.c: smb3_punch_hole`. */
export class ServerLike extends CephLike {
  override *punchHole(inode: Inode, from: number, to: number): Proc<Errno | null> {
    const lock = yield* this.lockForEviction(inode);
    yield* truncatePagecacheRange(inode, from, to);
    yield* this.changeThere(inode, from, to, () => ZERO);
    yield* this.unlockAfterEviction(inode, lock);
    return null;
  }

  /** One request: bytes [from, to) become what `tagAt` says, on blocks that the file has. */
  *changeThere(inode: Inode, from: number, to: number, tagAt: (offset: number) => Tag): Proc {
    const { blockSize } = this.engine.geometry;
    const first = Math.floor(from / blockSize);
    const indexes = Array.from({ length: Math.ceil(to / blockSize) - first }, (_, i) => first + i);
    const blocks = (yield* this.lookupBlocks(inode, indexes)).map((extent) =>
      extent?.state === 'mapped' ? this.device.blocks[extent.block]! : null,
    );
    const regions = blocks.flatMap((block) => block?.region ?? []);
    yield* this.engine.machine.access([], regions, `change ${inode.name}[${from}..${to}) at the server`, () => {
      for (let offset = from; offset < to; offset++) {
        const block = blocks[Math.floor(offset / blockSize) - first];
        if (block !== null && block !== undefined) block.data[offset % blockSize] = tagAt(offset);
      }
    });
  }

  /**
   * `copy_file_range` at the server, to a place that the target has. The cache of the target is dropped then, not zeroed: parts of pages hold
   * what the server has there. Source: `fs/smb/client/cifsfs.c: cifs_file_copychunk_range` (v6.10).
   */
  *copyThere(source: Inode, target: Inode, from: number, to: number, count: number): Proc {
    const { oracle, rules } = this.engine;
    yield* target.iRwsem.downWrite();
    const copied = oracle.file(target.name).copy(oracle.file(source.name), from, to, count, oracle.tick());
    yield* filemapWriteAndWait(source);
    yield* filemapWriteAndWait(target);
    const bytes = yield* this.#read(source, from, count);
    yield* this.changeThere(target, to, to + count, (offset) => bytes[offset - to]!);
    if (rules.bugs['netfs.copyTruncates'] === true) {
      yield* filemapInvalidateLock(target.mapping);
      yield* truncateInodePagesRange(target.mapping, to, to + count);
      yield* filemapInvalidateUnlock(target.mapping);
    } else yield* filemapInvalidateInode(target, true, this.engine.pageOf(to), this.engine.pageOf(to + count - 1));
    yield* target.iRwsem.upWrite();
    copied.end(oracle.tick());
  }

  /** What the server has. */
  *#read(inode: Inode, from: number, count: number): Proc<Tag[]> {
    const { blockSize } = this.engine.geometry;
    const indexes = Array.from({ length: count }, (_, i) => Math.floor((from + i) / blockSize));
    const extents = yield* this.lookupBlocks(inode, indexes);
    const blocks = extents.map((extent) => (extent?.state === 'mapped' ? this.device.blocks[extent.block]! : null));
    const regions = blocks.flatMap((block) => block?.region ?? []);
    return yield* this.engine.machine.access(regions, [], `read ${inode.name} at the server`, () =>
      blocks.map((block, i) => block?.data[(from + i) % blockSize] ?? ZERO),
    );
  }
}

/** A block device as a file: zeroing a range takes no `i_rwsem` until late. Source: `block/fops.c: blkdev_fallocate`. */
export class BlockDeviceLike extends ServerLike {
  override *punchHole(inode: Inode, from: number, to: number): Proc<Errno | null> {
    const { profile } = this.engine.rules;
    const locks = this.evictLock(inode) !== null;
    if (profile === 'latest') yield* inode.iRwsem.downWrite();
    const error = locks && !(yield* filemapInvalidateLockKillable(inode.mapping)) ? 'EINTR' : null;
    if (error === null) {
      yield* truncateInodePagesRange(inode.mapping, from, to);
      yield* this.changeThere(inode, from, to, () => ZERO);
      if (locks) yield* filemapInvalidateUnlock(inode.mapping);
    }
    if (profile === 'latest') yield* inode.iRwsem.upWrite();
    return error;
  }

  /** Its duties ask for `i_rwsem` too. */
  override assertsInvalidateLock(): boolean {
    return this.engine.rules.profile === 'latest' && super.assertsInvalidateLock();
  }
}
