/**
 * Writing one dirty folio: blocks that are only reserved get real ones, then the folio goes under writeback, is unlocked and submitted.
 *
 * Where the transaction is relative to the folio lock differs: outside it on ext4, inside on XFS.
 */
import type { Completion } from '@lockdep/locks';
import {
  allocPages,
  cancelWriteback,
  endWriteback,
  type Folio,
  GFP_KERNEL,
  type Inode,
  lockForWriteback,
  type Proc,
  startWriteback,
  ZERO,
} from '@lockdep/page-cache';
import type { BioPart } from './block-device.ts';
import type { BlockFileSystem } from './block-file-system.ts';
import type { BlockMap, Extent } from './block-map.ts';

export function* writeFolio(fs: BlockFileSystem, inode: Inode, folio: Folio): Proc<Completion | null> {
  if (!fs.transactionBeforeFolio) return yield* writeLocked(fs, inode, folio);
  return yield* fs.inTransaction(() => writeLocked(fs, inode, folio));
}

function* writeLocked(fs: BlockFileSystem, inode: Inode, folio: Folio): Proc<Completion | null> {
  if (!(yield* lockForWriteback(inode, folio))) return null;
  const size = yield* inode.sizeRead();
  if (folio.start < size) yield* zeroBeyond(folio, size);
  const parts = folio.start >= size ? [] : yield* allocateParts(fs, inode, folio);
  if (parts.length === 0) {
    yield* cancelWriteback(folio);
    return null;
  }
  const end = yield* startWriteback(folio);
  yield* folio.lock.release();
  // The next bio: this one is built, and not submitted yet.
  yield* allocPages(fs.engine, GFP_KERNEL);
  yield* fs.device.submitWrite(folio, parts, () => endWriteback(folio));
  return end;
}

/** Stores past the end, through a mapping of the last page, do not reach the disk. */
function* zeroBeyond(folio: Folio, size: number): Proc {
  if (size >= folio.start + folio.data.length) return;
  const { machine } = folio.sb.engine;
  yield* machine.access([], [folio.state], `zero ${folio.label} past the end`, () => {
    folio.data.fill(ZERO, size - folio.start);
  });
}

/** The dirty blocks of a locked folio and where they go on disk. Discarded ones may be losing their blocks right now. */
function* allocateParts(fs: BlockFileSystem, inode: Inode, folio: Folio): Proc<BioPart[]> {
  const { machine, geometry } = fs.engine;
  const first = folio.start / geometry.blockSize;
  const dirty = yield* machine.access([], [folio.state], `take dirty blocks of ${folio.label}`, () => {
    const blocks = folio.buffers.flatMap(({ dirty, discarded }, b) => (dirty && !discarded ? [b] : []));
    for (const buffer of folio.buffers) buffer.dirty = false;
    return blocks;
  });
  const extents = yield* fs.lookupBlocks(
    inode,
    dirty.map((b) => first + b),
  );
  if (extents.every((extent) => extent?.state === 'mapped' && extent.shared !== true)) {
    return dirty.flatMap((buffer, i) => partOf(buffer, extents[i]));
  }
  const allocate = () => fs.changeMap(inode, (map) => realize(fs, inode, map, dirty, first));
  return yield* fs.transactionBeforeFolio ? allocate() : fs.inTransaction(allocate);
}

function* realize(
  fs: BlockFileSystem,
  inode: Inode,
  map: BlockMap,
  dirty: readonly number[],
  first: number,
): Proc<BioPart[]> {
  const parts: BioPart[] = [];
  for (const buffer of dirty) {
    const extent = map.get(first + buffer);
    if (extent === undefined) continue;
    const isShared = extent.state === 'mapped' && extent.shared === true;
    let block = extent.state === 'delayed' || isShared ? -1 : extent.block;
    if (block < 0) block = yield* fs.allocator.allocate(inode, first + buffer);
    // Space for delayed blocks is not counted when they are reserved, so there is no error to answer here.
    if (block < 0) fs.allocator.refuse();
    map.set(first + buffer, { state: 'mapped', block });
    if (isShared) yield* fs.allocator.release(extent.block, inode, first + buffer);
    parts.push({ buffer, block });
  }
  return parts;
}

function partOf(buffer: number, extent: Extent | undefined): BioPart[] {
  return extent?.state === 'mapped' ? [{ buffer, block: extent.block }] : [];
}
