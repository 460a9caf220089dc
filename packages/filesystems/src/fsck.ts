/**
 * The block maps of one file system against its free blocks, its reservations and its dirty pages, when nothing runs: each block owned
 * once or shared, none lost, none past the end but preallocated ones, and a place on disk for whatever is dirty.
 */
import { type Inode, ZERO } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { type Extent, isReserved } from './block-map.ts';
import { owns } from './disk-block.ts';

/** Told what is wrong with a file, at which byte, and what was there instead. */
export type FsckReport = (inode: Inode, offset: number, saw: string, message: string) => void;

export function fsck(fs: BlockFileSystem, report: FsckReport): void {
  for (const inode of fs.inodes) {
    checkExtents(fs, inode, report);
    checkDirtyBlocks(fs, inode, report);
    checkDiskSize(fs, inode, report);
  }
  checkOwners(fs, report);
  checkReservations(fs, report);
}

function checkExtents(fs: BlockFileSystem, inode: Inode, report: FsckReport): void {
  const { blockSize } = fs.engine.geometry;
  for (const [index, extent] of fs.info(inode).map.range(0, Number.POSITIVE_INFINITY)) {
    const offset = index * blockSize;
    if (extent.state !== 'delayed' && !owns(fs.device.blocks[extent.block]!, inode, index)) {
      report(inode, offset, extentName(extent), `its block ${index} is ${extentName(extent)}, which it does not own`);
    }
    if (offset >= inode.size && extent.state !== 'unwritten') {
      report(inode, offset, extentName(extent), `its block ${index}, past the end, is ${extentName(extent)}`);
    }
  }
}

/** A dirty block of the cache needs a place to go, but for one that a truncate or punch has taken it from. */
function checkDirtyBlocks(fs: BlockFileSystem, inode: Inode, report: FsckReport): void {
  const { map } = fs.info(inode);
  const { blockSize } = fs.engine.geometry;
  for (let page = 0; page < inode.mapping.pages; page++) {
    const folio = inode.mapping.peek(page);
    for (const [b, { dirty, discarded }] of folio?.buffers.entries() ?? []) {
      const offset = folio!.start + b * blockSize;
      if (!dirty || discarded || map.get(offset / blockSize) !== undefined || mayBeZero(inode, offset, blockSize))
        continue;
      report(inode, offset, 'a hole', `block ${b} of ${folio!.label} is dirty, and no block is reserved for it`);
    }
  }
}

/** Whether a reader may see zeroes there, as far as the file goes: a hole would do. Stores past the end may come to nothing. */
function mayBeZero(inode: Inode, from: number, count: number): boolean {
  const { oracle } = inode.sb.engine;
  const shadow = oracle.file(inode.name);
  const now = oracle.tick();
  for (let i = from; i < Math.min(from + count, inode.size); i++)
    if (!shadow.mayRead(i, ZERO, now, now + 1)) return false;
  return true;
}

/** The size on disk follows when the last dirty page has been written, unless that has failed. */
function checkDiskSize(fs: BlockFileSystem, inode: Inode, report: FsckReport): void {
  if (!fs.convertsAtCompletion) return;
  const diskSize = fs.info(inode).diskSize.value;
  const isDirty = Array.from({ length: inode.mapping.pages }, (_, i) => inode.mapping.peek(i)?.dirty).includes(true);
  const mayLag = isDirty || inode.mapping.wbErr.hasFailed;
  if (diskSize === inode.size || (mayLag && diskSize < inode.size)) return;
  report(inode, diskSize, `${diskSize}`, `its size is ${inode.size}, on disk ${diskSize}, with nothing left to write`);
}

function checkOwners(fs: BlockFileSystem, report: FsckReport): void {
  const { blockSize } = fs.engine.geometry;
  const unowned = new Set(fs.allocator.unowned);
  for (const [block, { owners }] of fs.device.blocks.entries()) {
    const [first] = owners;
    if (first === undefined) {
      if (!unowned.has(block))
        report(fs.inodes[0]!, 0, `block ${block}`, `disk block ${block} is lost: neither free nor owned`);
      continue;
    }
    const offset = first.index * blockSize;
    const maps = owners.filter(({ inode, index }) => mapsTo(fs.info(inode).map.get(index), block));
    if (unowned.has(block)) report(first.inode, offset, `block ${block}`, `its disk block ${block} is free as well`);
    if (maps.length < owners.length)
      report(first.inode, offset, `block ${block}`, `disk block ${block} has owners that do not map it`);
    if (owners.length > 1 && owners.some(({ inode, index }) => !isShared(fs.info(inode).map.get(index))))
      report(
        first.inode,
        offset,
        `block ${block}`,
        `disk block ${block} has ${owners.length} owners, and is not shared`,
      );
  }
}

function checkReservations(fs: BlockFileSystem, report: FsckReport): void {
  let promised = 0;
  for (const inode of fs.inodes) {
    const extents = fs.info(inode).map.range(0, Number.POSITIVE_INFINITY);
    promised += extents.filter(([, extent]) => isReserved(extent)).length;
  }
  const { reserved } = fs.allocator;
  if (promised === reserved) return;
  report(
    fs.inodes[0]!,
    0,
    `${reserved} blocks`,
    `${reserved} blocks are reserved, where ${promised} are promised to places of files`,
  );
}

function mapsTo(extent: Extent | undefined, block: number): boolean {
  return extent !== undefined && extent.state !== 'delayed' && extent.block === block;
}

function isShared(extent: Extent | undefined): boolean {
  return extent?.state === 'mapped' && extent.shared === true;
}

function extentName(extent: Extent): string {
  return extent.state === 'delayed' ? 'delayed' : `disk block ${extent.block} (${extent.state})`;
}
