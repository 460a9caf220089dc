/**
 * Writing one dirty folio: blocks that are only reserved get real ones, then the folio goes under writeback, is unlocked and submitted.
 *
 * Where the transaction is relative to the folio lock differs: outside it on ext4, inside on XFS. A new block is unwritten until its I/O has
 * completed; then a worker converts it, with no folio lock and no `i_rwsem`, and only after that the writeback ends.
 */
import type { Completion } from '@lockdep/locks';
import {
  allocPages,
  cancelWriteback,
  type Errno,
  endWriteback,
  type Folio,
  GFP_KERNEL,
  type Inode,
  lockForWriteback,
  type Proc,
  type SyncMode,
  startWriteback,
  ZERO,
} from '@lockdep/page-cache';
import type { BioPart } from './block-device.ts';
import type { BlockFileSystem } from './block-file-system.ts';
import { type BlockMap, type Extent, isReserved } from './block-map.ts';

/** What goes to disk of a folio, and whether the block map changes when it has arrived. */
interface Batch {
  readonly parts: readonly BioPart[];
  readonly converts: boolean;
}

export function* writeFolio(
  fs: BlockFileSystem,
  inode: Inode,
  folio: Folio,
  sync: SyncMode = 'all',
): Proc<Completion | null> {
  const write = function* (): Proc<Completion | null> {
    return (yield* lockForWriteback(inode, folio, sync)) ? yield* writeLocked(fs, inode, folio) : null;
  };
  return yield* fs.transactionBeforeFolio ? fs.inTransaction(write) : write();
}

/** Only if neither the write nor its end needs a transaction: for the commit of one (`ext4_normal_submit_inode_data_buffers`). */
export function* writeMappedFolio(fs: BlockFileSystem, inode: Inode, folio: Folio): Proc<Completion | null> {
  const isMapped = (): Proc<boolean> => needsNoTransaction(fs, inode, folio);
  if (!(yield* lockForWriteback(inode, folio, 'all', isMapped))) return null;
  return yield* writeLocked(fs, inode, folio);
}

function* needsNoTransaction(fs: BlockFileSystem, inode: Inode, folio: Folio): Proc<boolean> {
  const { machine, geometry } = fs.engine;
  const size = yield* inode.sizeRead();
  const newSize = Math.min(size, folio.start + folio.data.length);
  if (newSize > (yield* fs.info(inode).diskSize.read())) return false;
  const first = folio.start / geometry.blockSize;
  const dirty = yield* machine.access([folio.state], [], `dirty blocks of ${folio.label}?`, () =>
    folio.buffers.flatMap(({ dirty, discarded }, b) => (dirty && !discarded ? [first + b] : [])),
  );
  const extents = yield* fs.lookupBlocks(inode, dirty);
  return extents.every((extent) => extent?.state === 'mapped' && extent.shared !== true);
}

/** The folio is locked and clean by now. */
function* writeLocked(fs: BlockFileSystem, inode: Inode, folio: Folio): Proc<Completion | null> {
  const size = yield* inode.sizeRead();
  if (folio.start < size) yield* zeroBeyond(folio, size);
  const newSize = Math.min(size, folio.start + folio.data.length);
  const { parts, converts } =
    folio.start >= size ? { parts: [], converts: false } : yield* allocateParts(fs, inode, folio, newSize);
  if (parts.length === 0) {
    yield* cancelWriteback(folio);
    return null;
  }
  const end = yield* startWriteback(folio);
  yield* folio.lock.release();
  // The next bio: this one is built, and not submitted yet.
  yield* allocPages(fs.engine, GFP_KERNEL);
  const context = converts ? 'worker' : 'irq';
  const finish = function* (error: Errno | null): Proc {
    if (error !== null) {
      yield* inode.mapping.wbErr.set(error);
      if (parts.some(isCopy)) yield* forgetCopies(fs, inode, folio, parts);
    } else if (converts) yield* convertUnwritten(fs, inode, folio, parts, newSize);
    yield* endWriteback(folio, context);
  };
  yield* fs.device.submitWrite(folio, parts, { context, finish });
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

/**
 * The dirty blocks of a locked folio up to the end of the file, and where they go on disk. Discarded ones may be losing their blocks right
 * now. Those wholly behind the end, which a store has made dirty together with the page, become clean and go nowhere, though they may have a
 * preallocated block: it would read as written when the file grows (`mpage_process_page_bufs`, `iomap_writeback_handle_eof`).
 */
function* allocateParts(fs: BlockFileSystem, inode: Inode, folio: Folio, newSize: number): Proc<Batch> {
  const { machine, geometry } = fs.engine;
  const first = folio.start / geometry.blockSize;
  const dirty = yield* machine.access([], [folio.state], `take dirty blocks of ${folio.label}`, () => {
    const blocks = folio.buffers.flatMap(({ dirty, discarded }, b) =>
      dirty && !discarded && (first + b) * geometry.blockSize < newSize ? [b] : [],
    );
    for (const buffer of folio.buffers) buffer.dirty = false;
    return blocks;
  });
  const extents = yield* fs.lookupBlocks(
    inode,
    dirty.map((b) => first + b),
  );
  const grows = fs.convertsAtCompletion && newSize > (yield* fs.info(inode).diskSize.read());
  if (!extents.some((extent) => needsBlock(fs, extent))) {
    const converts = grows || extents.some((extent) => extent?.state === 'unwritten');
    return { parts: dirty.flatMap((buffer, i) => partOf(buffer, extents[i])), converts };
  }
  const allocate = () => fs.changeMap(inode, (map) => realize(fs, inode, map, dirty, first));
  const parts = yield* fs.transactionBeforeFolio ? allocate() : fs.inTransaction(allocate);
  return { parts, converts: fs.convertsAtCompletion };
}

/** Whether the map has to change before the block can be written. */
function needsBlock(fs: BlockFileSystem, extent: Extent | undefined): boolean {
  if (extent?.state === 'unwritten') return !fs.convertsAtCompletion;
  return extent?.state === 'delayed' || (extent?.state === 'mapped' && extent.shared === true);
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
    const index = first + buffer;
    const extent = map.get(index);
    if (extent === undefined) continue;
    let block = extent.state === 'delayed' ? -1 : extent.block;
    let replaces: { readonly replaces: number } | null = null;
    if (needsBlock(fs, extent) && extent.state !== 'unwritten') {
      block = yield* fs.allocator.allocate(inode, index, isReserved(extent));
      // Only what was not reserved can fail: part of a shared block that a punch has zeroed. It is lost, and fsync says so.
      if (block < 0) {
        yield* inode.mapping.wbErr.set('ENOSPC');
        continue;
      }
      if (extent.state === 'mapped') {
        // The file keeps the old one until the new one is written.
        map.set(index, { state: 'mapped', block: extent.block, shared: true, copy: block });
        replaces = { replaces: extent.block };
      } else map.set(index, { state: fs.convertsAtCompletion ? 'unwritten' : 'mapped', block });
    } else if (!fs.convertsAtCompletion) map.set(index, { state: 'mapped', block });
    parts.push({ buffer, block, ...replaces });
  }
  return parts;
}

function partOf(buffer: number, extent: Extent | undefined): BioPart[] {
  return extent === undefined || extent.state === 'delayed' ? [] : [{ buffer, block: extent.block }];
}

function isCopy({ replaces }: BioPart): boolean {
  return replaces !== undefined;
}

/** The copies of shared blocks could not be written: the file keeps what it shares (`xfs_reflink_cancel_cow_range`). */
function* forgetCopies(fs: BlockFileSystem, inode: Inode, folio: Folio, parts: readonly BioPart[]): Proc {
  const first = folio.start / fs.engine.geometry.blockSize;
  const forget = function* (map: BlockMap): Proc {
    for (const { buffer, block } of parts.filter(isCopy)) {
      const index = first + buffer;
      const extent = map.get(index);
      if (extent?.state !== 'mapped' || extent.copy !== block) continue;
      map.set(index, { state: 'mapped', block: extent.block, shared: true });
      yield* fs.allocator.release(block, inode, index);
    }
  };
  yield* fs.inTransaction(() => fs.changeMap(inode, forget), true);
}

/**
 * The worker after an I/O (`ext4_end_io_end`, `xfs_end_ioend`): what has been written reads as written, up to the new end, and copies take the
 * place of what was shared (`xfs_reflink_end_cow`).
 */
function* convertUnwritten(
  fs: BlockFileSystem,
  inode: Inode,
  folio: Folio,
  parts: readonly BioPart[],
  newSize: number,
): Proc {
  const size = yield* inode.sizeRead();
  const first = folio.start / fs.engine.geometry.blockSize;
  const { diskSize } = fs.info(inode);
  const convert = function* (map: BlockMap): Proc {
    for (const { buffer, block } of parts) {
      const index = first + buffer;
      const extent = map.get(index);
      if (extent?.state === 'unwritten' && extent.block === block) map.set(index, { state: 'mapped', block });
      else if (extent?.state === 'mapped' && extent.copy === block) {
        map.set(index, { state: 'mapped', block });
        yield* fs.allocator.release(extent.block, inode, index);
      }
    }
    yield* diskSize.write(Math.max(diskSize.value, Math.min(newSize, size)));
  };
  yield* fs.inTransaction(() => fs.changeMap(inode, convert), true);
}
