/**
 * `filemap_read`: buffered read(2). No lock is held while bytes are copied to the user, only references to folios; so copying may
 * fault, and a reader may copy from a folio that is being truncated.
 */
import type { Errno } from './errno.ts';
import { filemapGetPages } from './filemap-get-pages.ts';
import type { Folio } from './folio.ts';
import { filemapInvalidateLockShared, filemapInvalidateUnlockShared } from './invalidate-lock.ts';
import type { Kiocb } from './kiocb.ts';
import type { Proc } from './machine.ts';
import type { Tag } from './tag.ts';
import type { UserBuffer } from './user-buffer.ts';

export interface ReadResult {
  readonly tags: readonly Tag[];
  /** Why it stopped early, if it did. */
  readonly error: Errno | null;
}

export function* filemapRead(kiocb: Kiocb, to: UserBuffer, count: number): Proc<ReadResult> {
  const tags: Tag[] = [];
  let error: Errno | null = null;
  while (tags.length < count && error === null) {
    const pos = kiocb.pos + tags.length;
    const size = yield* kiocb.inode.sizeRead();
    if (pos >= size) break;
    const folios = yield* filemapGetPages(kiocb, pos, Math.min(count - tags.length, size - pos));
    if (!Array.isArray(folios)) {
      error = folios;
      break;
    }
    // i_size again, now that the folios are known to be uptodate: what has been cut off is not delivered.
    const limit = Math.min(kiocb.pos + count, yield* kiocb.inode.sizeRead());
    if (pos >= limit) break;
    error = yield* copyFolios(kiocb, folios, pos, limit, to, tags);
  }
  return { tags, error };
}

function* copyFolios(
  kiocb: Kiocb,
  folios: readonly Folio[],
  pos: number,
  limit: number,
  to: UserBuffer,
  tags: Tag[],
): Proc<Errno | null> {
  const { mapping } = kiocb;
  const { machine, rules } = mapping.sb.engine;
  const keepsLock = rules.bugs['read.invalidateLockOverCopy'] === true;
  if (keepsLock) yield* filemapInvalidateLockShared(mapping);
  let error: Errno | null = null;
  for (const folio of folios) {
    const from = Math.max(pos, folio.start) - folio.start;
    const upTo = Math.min(limit - folio.start, folio.data.length);
    if (from >= upTo) break;
    const bytes = yield* machine.access([folio.state], [], `copy ${folio.label}`, () => folio.data.slice(from, upTo));
    const copied = yield* to.put(tags.length, bytes);
    tags.push(...bytes.slice(0, copied));
    if (copied < bytes.length) {
      error = 'EFAULT';
      break;
    }
  }
  if (keepsLock) yield* filemapInvalidateUnlockShared(mapping);
  return error;
}
