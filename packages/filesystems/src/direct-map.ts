/**
 * Blocks of a direct write: found or allocated before the bytes are under way, and made part of the file when they are on disk. Until then a
 * new block reads as zeroes (`unwritten`), and a block that was shared still is.
 */
import type { Errno, Inode, Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { type BlockMap, type Extent, isReserved } from './block-map.ts';

/** One block of the file that a direct write goes to. */
export interface DirectBlock {
  /** Index in the file. */
  readonly index: number;
  /** Index on the disk. */
  readonly block: number;
  /** Nothing of the file is in it yet: what the write does not cover is zeroed. */
  readonly isNew: boolean;
  /** The file gets it only at the end: it takes the place of a shared one. */
  readonly copies: boolean;
}

/** Whether all of bytes [from, to) is on disk already and nobody else's, so that the map need not change. */
export function* isOverwrite(fs: BlockFileSystem, inode: Inode, from: number, to: number): Proc<boolean> {
  const extents = yield* fs.lookupBlocks(inode, blocksOf(fs, from, to));
  return extents.every(isInPlace);
}

function isInPlace(extent: Extent | undefined): boolean {
  return extent?.state === 'mapped' && extent.shared !== true;
}

/** `->iomap_begin` of a write: the blocks of bytes [from, to), allocated in a transaction where there are none, or why not. */
export function* mapForDirectWrite(
  fs: BlockFileSystem,
  inode: Inode,
  from: number,
  to: number,
  nowait: boolean,
): Proc<readonly DirectBlock[] | Errno> {
  const indexes = blocksOf(fs, from, to);
  const extents = yield* fs.lookupBlocks(inode, indexes);
  if (extents.every(isInPlace)) return indexes.map((index, i) => inPlace(index, extents[i]));
  if (nowait) return 'EAGAIN';
  const { blockSize } = fs.engine.geometry;
  const isAligned = from % blockSize === 0 && to % blockSize === 0;
  // Part of a shared block would have to be copied first: that is what the page cache does.
  if (!isAligned && extents.some((extent) => extent?.state === 'mapped' && extent.shared === true)) return 'ENOTBLK';
  return yield* fs.inTransaction(() => fs.changeMap(inode, (map) => allocate(fs, inode, map, indexes)));
}

function* allocate(
  fs: BlockFileSystem,
  inode: Inode,
  map: BlockMap,
  indexes: readonly number[],
): Proc<readonly DirectBlock[] | Errno> {
  const blocks: DirectBlock[] = [];
  for (const index of indexes) {
    const extent = map.get(index);
    if (isInPlace(extent)) blocks.push(inPlace(index, extent));
    else if (extent?.state === 'unwritten') blocks.push({ index, block: extent.block, isNew: true, copies: false });
    else {
      const block = yield* fs.allocator.allocate(inode, index, isReserved(extent));
      if (block < 0) return 'ENOSPC';
      const copies = extent?.state === 'mapped';
      map.set(index, copies ? { ...extent, cow: false } : { state: 'unwritten', block });
      blocks.push({ index, block, isNew: !copies, copies });
    }
  }
  return blocks;
}

function inPlace(index: number, extent: Extent | undefined): DirectBlock {
  if (extent?.state !== 'mapped') throw new RangeError(`block ${index} is not on disk`);
  return { index, block: extent.block, isNew: false, copies: false };
}

/** Blocks that nothing is written to after all. A new one stays, and reads as zeroes; one that was to take the place of another goes back. */
export function* forgetDirectBlocks(fs: BlockFileSystem, inode: Inode, blocks: readonly DirectBlock[]): Proc {
  for (const { index, block, copies } of blocks) if (copies) yield* fs.allocator.release(block, inode, index);
}

/** `->end_io`: new blocks are the file's now, and the size is what the write has made it; in one transaction, without `i_rwsem`. */
export function* endDirectWrite(fs: BlockFileSystem, inode: Inode, blocks: readonly DirectBlock[], end: number): Proc {
  const changes = blocks.filter(({ isNew, copies }) => isNew || copies);
  const extends_ = end > (yield* inode.sizeRead());
  if (changes.length === 0 && !extends_) return;
  const { diskSize } = fs.info(inode);
  yield* fs.inTransaction(() =>
    fs.changeMap(inode, function* (map): Proc {
      for (const { index, block } of changes) {
        const old = map.get(index);
        map.set(index, { state: 'mapped', block });
        if (isReserved(old)) yield* fs.allocator.unreserve();
        if (old !== undefined && old.state !== 'delayed' && old.block !== block)
          yield* fs.allocator.release(old.block, inode, index);
      }
      if (end > (yield* inode.sizeRead())) yield* inode.sizeWrite(end);
      yield* diskSize.write(Math.max(diskSize.value, end));
    }),
  );
}

/** Indexes of the blocks that bytes [from, to) touch. */
export function blocksOf(fs: BlockFileSystem, from: number, to: number): readonly number[] {
  const { blockSize } = fs.engine.geometry;
  const first = Math.floor(from / blockSize);
  return Array.from({ length: Math.ceil(to / blockSize) - first }, (_, i) => first + i);
}
