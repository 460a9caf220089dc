/**
 * `generic_perform_write`: buffered write(2), page by page.
 *
 * Duty of the caller: `i_rwsem` held exclusively. The source is touched before the folio is locked, and copied from it with faults
 * switched off: a copy that would fault comes out short, the folio is unlocked and the source touched again. So no fault
 * ever happens under a folio lock. The write path takes no invalidate_lock.
 */
import type { Errno } from './errno.ts';
import type { Folio } from './folio.ts';
import type { Inode } from './inode.ts';
import type { Proc } from './machine.ts';
import type { Tag } from './tag.ts';
import type { UserBuffer } from './user-buffer.ts';

/** Turns bytes copied from the user into those of the file at `offset`. */
export type Retag = (bytes: readonly Tag[], offset: number) => readonly Tag[];

/** How far a write(2) got: bytes written, and why it stopped early, if it did. */
export interface WriteResult {
  readonly written: number;
  readonly error: Errno | null;
}

/**
 * Writes `count` bytes from the start of `from` to byte `pos` of the file, through the page cache.
 *
 * `retag` turns the bytes copied from the user into those of the file at `offset`; by default they stay as they are.
 * Duty of the caller: `i_rwsem` held exclusively, which is asserted. Source: `mm/filemap.c: generic_perform_write`.
 */
export function* genericPerformWrite(
  inode: Inode,
  pos: number,
  from: UserBuffer,
  count: number,
  retag: Retag = (bytes) => bytes,
): Proc<WriteResult> {
  const { engine } = inode.sb;
  const { pageSize } = engine.geometry;
  engine.assertHeldWrite(inode.iRwsem);
  let written = 0;
  let touches = engine.rules.prefault === 'before';
  while (written < count) {
    const offset = pos + written;
    const bytes = Math.min(count - written, pageSize - (offset % pageSize));
    if (touches && !(yield* from.faultInReadable(written, bytes))) return { written, error: 'EFAULT' };
    const folio = yield* inode.fs.writeBegin(inode, offset, bytes);
    if (typeof folio === 'string') return { written, error: folio };
    const taken = yield* copyFromUser(folio, from, written, bytes);
    const done = yield* inode.fs.writeEnd(inode, folio, offset, bytes, retag(taken, offset));
    written += done;
    touches = done === 0 || engine.rules.prefault === 'before';
  }
  return { written, error: null };
}

/** With faults off: as much as is present at this moment. */
function* copyFromUser(folio: Folio, from: UserBuffer, at: number, bytes: number): Proc<readonly Tag[]> {
  if (folio.sb.engine.rules.bugs['write.atomicCopy'] === false) return yield* from.take(at, bytes);
  return yield* from.takeAtomic(at, bytes);
}
