/**
 * `filemap_read`: buffered read(2). No lock is held while bytes are copied to the user, only references to folios; so copying may
 * fault, and a reader may copy from a folio that is being truncated.
 */
import type { Errno } from './errno.ts';
import { filemapGetPages } from './filemap-get-pages.ts';
import { type Folio, putFolios } from './folio.ts';
import { filemapInvalidateLockShared, filemapInvalidateUnlockShared } from './invalidate-lock.ts';
import type { Kiocb } from './kiocb.ts';
import type { Proc } from './machine.ts';
import type { Tag } from './tag.ts';
import type { UserBuffer } from './user-buffer.ts';

/** What a read(2) delivered: one tag per byte, which may be fewer than asked for. */
export interface ReadResult {
  readonly tags: readonly Tag[];
  /** Why it stopped early, if it did. */
  readonly error: Errno | null;
}

/**
 * Reads up to `count` bytes from `kiocb.pos` into `to`, not past the end of the file.
 *
 * An error after some bytes comes together with them. Source: `mm/filemap.c: filemap_read`.
 */
export function* filemapRead(kiocb: Kiocb, to: UserBuffer, count: number): Proc<ReadResult> {
  const { inode, mapping } = kiocb;
  const { rules, geometry } = mapping.sb.engine;
  const goesBySmaller = rules.bugs['read.smallerSize'] === true;
  const tags: Tag[] = [];
  let error: Errno | null = null;
  for (let end = mapping.pages * geometry.pageSize; error === null && tags.length < count; ) {
    const pos = kiocb.pos + tags.length;
    if (pos >= end) break;
    const before = rules.readChecksSizeFirst || goesBySmaller ? yield* inode.sizeRead() : Number.POSITIVE_INFINITY;
    if (pos >= before) break;
    // EIOCBQUEUED would lose what has been copied.
    if (kiocb.waitq && tags.length > 0) kiocb.nowait = true;
    const folios = yield* filemapGetPages(kiocb, pos, count - tags.length);
    if (!Array.isArray(folios)) {
      error = folios;
      break;
    }
    // i_size now that the folios are known to be uptodate: what has been cut off is not delivered.
    end = yield* inode.sizeRead();
    if (goesBySmaller) end = Math.min(before, end);
    error = yield* copyFolios(kiocb, folios, pos, Math.min(kiocb.pos + count, end), to, tags);
  }
  return { tags, error };
}

/** Copies what lies before `limit`, and puts all folios. */
function* copyFolios(
  kiocb: Kiocb,
  folios: readonly Folio[],
  pos: number,
  limit: number,
  to: UserBuffer,
  tags: Tag[],
): Proc<Errno | null> {
  const { mapping } = kiocb;
  const { bugs } = mapping.sb.engine.rules;
  const keepsLock = bugs['read.invalidateLockOverCopy'] === true;
  const keepsReference = bugs['read.putsBeforeCopy'] !== true;
  if (keepsLock) yield* filemapInvalidateLockShared(mapping);
  if (!keepsReference) yield* putFolios(folios);
  let error: Errno | null = null;
  let copied = 0;
  for (; copied < folios.length && error === null; copied++) {
    const folio = folios[copied]!;
    const from = Math.max(pos, folio.start) - folio.start;
    const upTo = Math.min(limit - folio.start, folio.data.length);
    if (from >= upTo) break;
    const bytes = yield* takeBytes(folio, from, upTo, keepsReference);
    const put = yield* to.put(tags.length, bytes);
    tags.push(...bytes.slice(0, put));
    if (put < bytes.length) error = 'EFAULT';
  }
  if (keepsReference) yield* putFolios(folios.slice(copied));
  if (keepsLock) yield* filemapInvalidateUnlockShared(mapping);
  return error;
}

/** The bytes, and the end of the reference: what is left of the copy concerns the user's memory alone. */
function* takeBytes(folio: Folio, from: number, upTo: number, puts: boolean): Proc<readonly Tag[]> {
  const { machine } = folio.sb.engine;
  return yield* machine.access([folio.state, folio.references], [], `copy ${folio.label}`, () => {
    const bytes = folio.data.slice(from, upTo);
    if (puts) folio.drop();
    return bytes;
  });
}
