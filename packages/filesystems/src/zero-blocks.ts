/** Blocks that a truncate or a punch covers in part: zeroed in the cache, and left dirty. They are not freed. */
import { type Errno, type Folio, grabFolio, type Inode, lockFolioAt, type Proc, ZERO } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

/** Zeroes the last block from the new end on (`block_truncate_page`). */
export function* zeroTail(fs: BlockFileSystem, inode: Inode, size: number): Proc<Errno | null> {
  const { blockSize } = fs.engine.geometry;
  if (size % blockSize === 0) return null;
  return yield* zeroInBlock(fs, inode, size, Math.ceil(size / blockSize) * blockSize);
}

/** Zeroes what [from, to) covers of blocks that it covers in part (`ext4_zero_partial_blocks`). */
export function* zeroEdges(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc<Errno | null> {
  const { blockSize } = fs.engine.geometry;
  const firstEnd = Math.ceil(from / blockSize) * blockSize;
  const lastStart = Math.floor(to / blockSize) * blockSize;
  const error = firstEnd > from ? yield* zeroInBlock(fs, inode, from, Math.min(firstEnd, to)) : null;
  if (error !== null || lastStart >= to || lastStart < firstEnd) return error;
  return yield* zeroInBlock(fs, inode, lastStart, to);
}

/** Zeroes bytes [from, to) of one block in the cache, and leaves it dirty: reads it first if it has to. */
function* zeroInBlock(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc<Errno | null> {
  const { blockSize, pageSize } = fs.engine.geometry;
  const block = Math.floor(from / blockSize);
  const [hint] = yield* fs.lookupBlocks(inode, [block]);
  if (hint?.state === 'unwritten' && fs.zeroingSkipsUnwritten) return null;
  const fresh: number[] = [];
  // A shared block is copied: it wants another one, as for a write.
  const error = hint?.state === 'mapped' && hint.shared === true ? yield* fs.prepareBlock(inode, block, fresh) : null;
  if (error !== null) return error;
  const index = Math.floor(from / pageSize);
  const isOnDisk = hint?.state === 'mapped' || hint?.state === 'delayed';
  const folio = !isOnDisk ? yield* lockFolioAt(inode.mapping, index) : yield* grabFolio(inode.mapping, index);
  if (folio === null) {
    yield* fs.undoZeroing(inode, fresh);
    return isOnDisk ? 'ENOMEM' : null;
  }
  const b = block - folio.start / blockSize;
  const buffer = folio.buffers[b]!;
  if (!buffer.uptodate && hint !== undefined && !(yield* readBlock(fs, inode, folio, b))) {
    yield* folio.unlockAndPut();
    yield* fs.undoZeroing(inode, fresh);
    return 'EIO';
  }
  yield* fs.engine.machine.access([], [folio.state], `zero part of ${folio.label} block ${b}`, () => {
    folio.data.fill(ZERO, from - folio.start, to - folio.start);
    // What is not uptodate holds nothing of the file: a hole, which reads as zeroes.
    if (!buffer.uptodate) return;
    if (hint === undefined && !buffer.dirty) return;
    buffer.dirty = true;
    folio.dirty = true;
  });
  if (buffer.uptodate) yield* fs.orderData(inode);
  yield* folio.unlockAndPut();
  return null;
}

/** Where the block is, now that no writeback can move it; what is only reserved reads as zeroes. False: the read failed. */
function* readBlock(fs: BlockFileSystem, inode: Inode, folio: Folio, b: number): Proc<boolean> {
  const [extent] = yield* fs.lookupBlocks(inode, [folio.start / fs.engine.geometry.blockSize + b]);
  if (extent?.state !== 'mapped') return true;
  const done = yield* fs.device.submitReadLocked(folio, [{ buffer: b, block: extent.block }]);
  yield* done.wait();
  return folio.buffers[b]!.uptodate;
}
