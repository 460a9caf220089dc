/**
 * Reading one folio, which is locked: its holes and what lies past the end are zero-filled, its other blocks that are not uptodate are read in
 * one request, whose end unlocks it. The size is looked at without a lock.
 */
import type { Completion } from '@lockdep/locks';
import { type Errno, type Folio, type Proc, ZERO } from '@lockdep/page-cache';
import type { BioPart } from './block-device.ts';
import type { BlockFileSystem } from './block-file-system.ts';

/** `->read_folio`: answers what ends with the request, or null when there was nothing to read. */
export function* readFolio(fs: BlockFileSystem, folio: Folio): Proc<Completion | Errno | null> {
  const { rangeLock } = fs.info(folio.inode);
  if (rangeLock !== null) yield* rangeLock.acquire();
  const submitted = yield* submitReadFolio(fs, folio);
  if (rangeLock !== null) yield* rangeLock.release();
  return submitted;
}

function* submitReadFolio(fs: BlockFileSystem, folio: Folio): Proc<Completion | Errno | null> {
  const { inode } = folio;
  // Without a lock. Truncate publishes the new size before it evicts, so who adds a folio after that sees it.
  const size = yield* inode.sizeRead();
  const { machine, geometry } = fs.engine;
  const first = folio.start / geometry.blockSize;
  const missing = folio.buffers.flatMap((buffer, i) => (buffer.uptodate ? [] : [i]));
  const extents = yield* fs.lookupBlocks(
    inode,
    missing.map((i) => first + i),
  );
  const parts: BioPart[] = [];
  const zeroes: number[] = [];
  for (const [at, buffer] of missing.entries()) {
    const extent = extents[at];
    const isPastEnd = folio.start + buffer * geometry.blockSize >= size;
    if (extent?.state === 'mapped' && !isPastEnd) parts.push({ buffer, block: extent.block });
    else zeroes.push(buffer);
  }
  if (zeroes.length > 0) {
    yield* machine.access([], [folio.state], `zero-fill ${folio.label}`, () => {
      for (const buffer of zeroes) fillZero(folio, buffer, geometry.blockSize);
    });
  }
  if (parts.length > 0) return yield* fs.device.submitRead(folio, parts);
  yield* folio.lock.release();
  return null;
}

/** A block of a folio as a hole reads. */
export function fillZero(folio: Folio, buffer: number, blockSize: number): void {
  for (let i = 0; i < blockSize; i++) folio.data[buffer * blockSize + i] = ZERO;
  folio.buffers[buffer]!.uptodate = true;
}
