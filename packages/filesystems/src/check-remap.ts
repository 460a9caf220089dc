/**
 * What a remap has done, looked at when it is done and its locks are still held: dedupe has changed no byte of its target, and a clone is what
 * its source held at one moment since the call, not some bytes from before a store and others from after it.
 *
 * Takes no step: the locks order whatever may change either file, but for what is not acknowledged yet, which may be seen or not.
 */
import { type Inode, type Tag, tagName, ZERO } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

/** What has been remapped. */
export interface RemappedRange {
  readonly source: Inode;
  readonly target: Inode;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly caller: 'clone' | 'dedupe';
  /** When the system call began. */
  readonly since: number;
}

/** Tells the oracle of the first byte of the target that should be another. */
export function checkRemap(
  fs: BlockFileSystem,
  { source, target, from, to, count, caller, since }: RemappedRange,
): void {
  const { oracle } = fs.engine;
  const tags = contentOf(fs, target, to, count);
  const now = oracle.tick();
  const wrong =
    caller === 'dedupe'
      ? oracle.file(target.name).firstNotHeld(to, tags, now, now)
      : oracle.file(source.name).firstNotHeld(from, tags, since, now);
  if (wrong === null) return;
  const offset = caller === 'dedupe' ? wrong : wrong - from + to;
  const saw = tagName(tags[offset - to]!);
  const should =
    caller === 'dedupe'
      ? 'dedupe has put it in place of something else'
      : `${source.name} has not held that together with the bytes before it since the clone began`;
  const message = `byte ${offset} is ${saw}: ${should}`;
  oracle.add({ kind: 'remap-atomicity', via: 'remap', file: target.name, offset, saw, message });
}

/** What is on disk; the file is flushed and locked against every change. */
export function contentOf(fs: BlockFileSystem, inode: Inode, from: number, count: number): Tag[] {
  const { blockSize } = fs.engine.geometry;
  const { map } = fs.info(inode);
  return Array.from({ length: count }, (_, i) => {
    const extent = map.get(Math.floor((from + i) / blockSize));
    return extent?.state === 'mapped' ? fs.device.blocks[extent.block]!.data[(from + i) % blockSize]! : ZERO;
  });
}
