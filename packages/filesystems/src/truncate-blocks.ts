/** Pieces of truncate that block file systems share: the tail of the last block, and the blocks behind it. */
import { grabFolio, type Inode, lockFolioAt, type Proc, ZERO } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { freeBlocks } from './punch-hole.ts';

/** Zeroes the last block from the new end on, and leaves it dirty (`block_truncate_page`): reads it first if it has to. */
export function* zeroTail(fs: BlockFileSystem, inode: Inode, size: number): Proc {
  const { blockSize, pageSize } = fs.engine.geometry;
  if (size % blockSize === 0) return;
  const block = Math.floor(size / blockSize);
  const [extent] = yield* fs.lookupBlocks(inode, [block]);
  const isOnDisk = extent?.state === 'mapped';
  const index = Math.floor(size / pageSize);
  const folio = isOnDisk ? yield* grabFolio(inode.mapping, index) : yield* lockFolioAt(inode.mapping, index);
  if (folio === null) return;
  const b = block - folio.start / blockSize;
  const buffer = folio.buffers[b]!;
  if (!buffer.uptodate && isOnDisk) {
    const done = yield* fs.device.submitReadLocked(folio, [{ buffer: b, block: extent.block }]);
    yield* done.wait();
  }
  yield* fs.engine.machine.access([], [folio.state], `zero the tail of ${folio.label}`, () => {
    for (let i = size - folio.start; i < (b + 1) * blockSize; i++) folio.data[i] = ZERO;
    buffer.uptodate = true;
    buffer.dirty = true;
    folio.dirty = true;
  });
  yield* folio.lock.release();
}

/** Frees every block wholly behind the end. */
export function* freeBehind(fs: BlockFileSystem, inode: Inode, size: number): Proc {
  const { blockSize, pageSize, filePages } = fs.engine.geometry;
  yield* freeBlocks(fs, inode, Math.ceil(size / blockSize) * blockSize, filePages * pageSize);
}
