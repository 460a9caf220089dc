/**
 * The final state of every file, when all tasks have ended: what a reader would see now, from the cache where it is cached, else
 * from disk; folios left locked or under writeback, locks left held; ptes of folios that are not in the cache; then the block maps ({@link fsck}).
 */
import { type Finding, type Folio, type Inode, type Tag, tagName, ZERO } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';
import { fsck } from './fsck.ts';
import { inspectLocks } from './inspect-locks.ts';

export function inspectFiles(fs: BlockFileSystem): void {
  const start = fs.engine.oracle.tick();
  for (const inode of fs.inodes) {
    inspectFolios(fs, inode);
    inspectBytes(fs, inode, start);
    inspectPtes(fs, inode);
    inspectDio(fs, inode);
  }
  inspectLocks(fs, (inode, held, by) => report(fs, 'leak', inode, 0, held, `${held} is still held, by ${by}`));
  fsck(fs, (inode, index, saw, message) => report(fs, 'metadata', inode, index, saw, message));
}

function inspectDio(fs: BlockFileSystem, inode: Inode): void {
  const { count } = inode.dio;
  if (count === 0) return;
  report(fs, 'leak', inode, 0, `i_dio_count ${count}`, `i_dio_count is ${count} when nothing runs any more`);
}

function inspectBytes(fs: BlockFileSystem, inode: Inode, start: number): void {
  const { oracle, geometry } = fs.engine;
  const bytes = Array.from({ length: inode.size }, (_, offset) => byteAt(fs, inode, offset));
  oracle.check(inode.name, 0, bytes, start, 'end');
  inspectDiskTail(fs, inode, start);
  const folio = inode.mapping.peek(Math.floor(inode.size / geometry.pageSize));
  // Whole pages past the end may be left by a fault that lost against a truncate: nobody can see them.
  if (folio === null || inode.size % geometry.pageSize === 0) return;
  for (let i = Math.max(0, inode.size - folio.start); i < geometry.pageSize; i++) {
    const tag = folio.data[i]!;
    if (!folio.buffers[Math.floor(i / geometry.blockSize)]!.uptodate || tag === ZERO) continue;
    // Stored there through a mapping, which is allowed; writeback will zero it.
    if (oracle.file(inode.name).mayRead(folio.start + i, tag, start, oracle.tick())) continue;
    const saw = tagName(tag);
    report(
      fs,
      'non-zero-tail',
      inode,
      folio.start + i,
      saw,
      `byte ${folio.start + i}, past the end, is ${saw} in the cache`,
    );
  }
}

/** What is behind the end in its block on disk would show when the page is read again. */
function inspectDiskTail(fs: BlockFileSystem, inode: Inode, start: number): void {
  const { oracle, geometry } = fs.engine;
  const index = Math.floor(inode.size / geometry.blockSize);
  const folio = inode.mapping.peek(fs.engine.pageOf(inode.size));
  const buffer = folio?.buffers[index - folio.start / geometry.blockSize];
  const extent = fs.info(inode).map.get(index);
  if (extent?.state !== 'mapped' || buffer?.dirty === true) return;
  for (let offset = inode.size; offset < (index + 1) * geometry.blockSize; offset++) {
    const tag = fs.device.blocks[extent.block]!.data[offset % geometry.blockSize]!;
    if (tag === ZERO || oracle.file(inode.name).mayRead(offset, tag, start, oracle.tick())) continue;
    const saw = tagName(tag);
    report(fs, 'non-zero-tail', inode, offset, saw, `byte ${offset}, past the end, is ${saw} on disk`);
  }
}

function byteAt(fs: BlockFileSystem, inode: Inode, offset: number): Tag {
  const { pageSize } = fs.engine.geometry;
  const folio = inode.mapping.peek(Math.floor(offset / pageSize));
  const inPage = offset % pageSize;
  if (folio?.isPartiallyUptodate(inPage, inPage + 1)) return folio.data[inPage]!;
  return fs.peekDisk(inode, offset);
}

function inspectFolios(fs: BlockFileSystem, inode: Inode): void {
  for (let index = 0; index < inode.mapping.pages; index++) {
    const folio = inode.mapping.peek(index);
    if (folio?.lock.locked === true) leak(fs, inode, folio, 'is still locked');
    if (folio !== null && folio.writeback !== null) leak(fs, inode, folio, 'is still under writeback');
  }
}

function inspectPtes(fs: BlockFileSystem, inode: Inode): void {
  const { pageSize } = fs.engine.geometry;
  for (const vma of inode.mapping.iMmap) {
    for (const [i, { folio, migration }] of vma.ptes.entries()) {
      const offset = (vma.pgoff + i) * pageSize;
      if (migration !== null) report(fs, 'leak', inode, offset, migration.label, 'a migration entry is left');
      if (folio === null) continue;
      if (offset >= inode.size) {
        report(fs, 'beyond-eof-read', inode, offset, tagName(folio.data[0]!), 'a page past the end is still mapped');
      } else if (!folio.anon && folio.mapping !== inode.mapping) {
        report(fs, 'leak', inode, offset, tagName(folio.data[0]!), 'a page that has left the cache is still mapped');
      }
    }
  }
}

function leak(fs: BlockFileSystem, inode: Inode, folio: Folio, what: string): void {
  report(fs, 'leak', inode, folio.start, folio.label, `${folio.label} ${what} when nothing runs any more`);
}

function report(
  fs: BlockFileSystem,
  kind: Finding['kind'],
  inode: Inode,
  offset: number,
  saw: string,
  message: string,
): void {
  fs.engine.oracle.add({ kind, via: 'end', file: inode.name, offset, saw, message });
}
