/**
 * `->write_begin` and `->write_end` of a block file system: the folio locked and every block of the write reserved; what the write does
 * not cover is read or zeroed first.
 */
import {
  dirtyBlocks,
  type Errno,
  type Folio,
  grabFolio,
  type Inode,
  type Proc,
  pagecacheIsizeExtended,
  type Tag,
  ZERO,
} from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

export function* writeBegin(fs: BlockFileSystem, inode: Inode, pos: number, bytes: number): Proc<Folio | Errno> {
  const { blockSize } = fs.engine.geometry;
  const first = Math.floor(pos / blockSize);
  const last = Math.floor((pos + bytes - 1) / blockSize);
  if (fs.engine.pageOf(pos) >= inode.mapping.pages) return 'EFBIG';
  const info = fs.info(inode);
  const fresh: number[] = [];
  info.fresh = fresh;
  if (fs.mapsBeforeFolio) {
    const error = yield* prepare(fs, inode, first, last, fresh);
    if (error !== null) {
      yield* fs.undoWrite(inode, pos, bytes);
      return error;
    }
  }
  const folio = yield* grabFolio(inode.mapping, fs.engine.pageOf(pos));
  if (folio === null) {
    yield* fs.undoWrite(inode, pos, bytes);
    return 'ENOMEM';
  }
  if (!fs.mapsBeforeFolio) {
    const error = yield* prepare(fs, inode, first, last, fresh);
    if (error !== null) {
      yield* abandon(fs, inode, folio, pos, bytes);
      return error;
    }
  }
  if (!(yield* completeEdges(fs, inode, folio, pos, bytes))) {
    yield* abandon(fs, inode, folio, pos, bytes);
    return 'EIO';
  }
  return folio;
}

function* prepare(fs: BlockFileSystem, inode: Inode, first: number, last: number, fresh: number[]): Proc<Errno | null> {
  for (let index = first; index <= last; index++) {
    const error = yield* fs.prepareBlock(inode, index, fresh);
    if (error !== null) return error;
  }
  return null;
}

/** The write ends before its bytes do. Where blocks were prepared under the folio lock they stay, with zeroes in them. */
function* abandon(fs: BlockFileSystem, inode: Inode, folio: Folio, pos: number, bytes: number): Proc {
  const { fresh } = fs.info(inode);
  if (!fs.mapsBeforeFolio && fresh.length > 0) yield* dirtyBlocks(folio, fresh);
  yield* folio.unlockAndPut();
  yield* fs.undoWrite(inode, pos, bytes);
}

/** Brings blocks that the write covers in part uptodate: reads them, with the folio lock held, or zeroes them. False: a read failed. */
function* completeEdges(fs: BlockFileSystem, inode: Inode, folio: Folio, pos: number, bytes: number): Proc<boolean> {
  const { blockSize } = fs.engine.geometry;
  for (const [b, buffer] of folio.buffers.entries()) {
    const start = folio.start + b * blockSize;
    const touched = start < pos + bytes && start + blockSize > pos;
    const covered = start >= pos && start + blockSize <= pos + bytes;
    if (!touched || covered || buffer.uptodate) continue;
    const [extent] = yield* fs.lookupBlocks(inode, [start / blockSize]);
    if (extent?.state === 'mapped') {
      const done = yield* fs.device.submitReadLocked(folio, [{ buffer: b, block: extent.block }]);
      yield* done.wait();
      if (!buffer.uptodate) return false;
    } else {
      yield* fs.engine.machine.access([], [folio.state], `zero ${folio.label} block ${b}`, () => {
        const keepsOld = extent?.state === 'unwritten' && fs.engine.rules.bugs['buffer.unwrittenIsNew'] === false;
        if (!keepsOld) folio.data.fill(ZERO, b * blockSize, (b + 1) * blockSize);
        buffer.uptodate = true;
      });
    }
  }
  return true;
}

/** A short copy into a block that held nothing yet is refused: the caller touches its source and comes again. */
export function* writeEnd(
  fs: BlockFileSystem,
  inode: Inode,
  folio: Folio,
  pos: number,
  bytes: number,
  copied: readonly Tag[],
): Proc<number> {
  const { blockSize } = fs.engine.geometry;
  const isShort = copied.length < bytes;
  const from = pos - folio.start;
  const usable = isShort && !folio.isPartiallyUptodate(from, from + bytes) ? 0 : copied.length;
  const drops = fs.engine.rules.bugs['write.dropsDirty'] === true;
  const old = inode.size;
  if (usable > 0) {
    yield* fs.engine.machine.access([], [folio.state], `write ${folio.label}`, () => {
      folio.fill(from, copied);
      for (const [b, buffer] of folio.buffers.entries()) {
        if (b * blockSize >= from + usable || (b + 1) * blockSize <= from) continue;
        buffer.uptodate = true;
        buffer.discarded = false;
        buffer.dirty ||= !drops;
      }
      folio.dirty ||= !drops;
    });
    // Before the folio is unlocked: writeback sees the old end, or all of the new one.
    if (pos + usable > old) yield* inode.sizeWrite(pos + usable);
  }
  if (isShort) yield* abandon(fs, inode, folio, pos, bytes);
  else yield* folio.unlockAndPut();
  // A write behind the end has grown the file as a truncate does (`generic_write_end`).
  if (usable > 0 && old < pos) yield* pagecacheIsizeExtended(inode, old, pos);
  return usable;
}
