/**
 * `freeze_super` and `thaw_super`: level by level, each before the work that must not be disturbed by whoever takes it.
 *
 * s_umount is dropped while level 1 is waited for: a writer that holds level 1 may want s_umount. When the file system is frozen, no
 * folio of it is dirty, which is asserted; and no transaction runs, since that would hold level 3 or what `freezeFs` takes.
 */
import type { Errno } from './errno.ts';
import type { FileSystem } from './file-system.ts';
import type { Proc } from './machine.ts';

/** What a frozen file system should not have: a dirty folio. */
export interface Unsynced {
  readonly file: string;
  readonly offset: number;
  readonly words: string;
}

/**
 * Freezes; `EBUSY` when it is frozen already, or about to be. The task that froze thaws. An asynchronous direct write keeps its level
 * until it has ended: as its level does not go with it here, freezing waits for it in `syncFs`.
 *
 * Source: `fs/super.c: freeze_super`.
 */
export function* freezeSuper(fs: FileSystem): Proc<Errno | null> {
  const { sb } = fs;
  yield* sb.sUmount.downWrite();
  if (sb.frozen !== 'no') {
    yield* sb.sUmount.upWrite();
    return 'EBUSY';
  }
  sb.frozen = 'write';
  yield* sb.sUmount.upWrite();
  yield* sb.writers.freeze();
  yield* sb.sUmount.downWrite();
  sb.frozen = 'pagefault';
  yield* sb.pagefaults.freeze();
  yield* fs.syncFs();
  sb.frozen = 'fs';
  yield* sb.internal.freeze();
  yield* fs.freezeFs();
  sb.frozen = 'complete';
  yield* assertFrozen(fs);
  for (const level of [sb.internal, sb.pagefaults, sb.writers]) level.forget();
  yield* sb.sUmount.upWrite();
  return null;
}

/** Thaws; `EINVAL` when it is not frozen. Source: `fs/super.c: thaw_super`. */
export function* thawSuper(fs: FileSystem): Proc<Errno | null> {
  const { sb } = fs;
  yield* sb.sUmount.downWrite();
  if (sb.frozen !== 'complete') {
    yield* sb.sUmount.upWrite();
    return 'EINVAL';
  }
  yield* assertFrozen(fs);
  for (const level of [sb.writers, sb.pagefaults, sb.internal]) level.recall();
  sb.frozen = 'no';
  for (const level of [sb.internal, sb.pagefaults, sb.writers]) yield* level.thaw();
  yield* sb.sUmount.upWrite();
  return null;
}

/** At the end of freezing, and still so at the beginning of thawing. */
function* assertFrozen(fs: FileSystem): Proc {
  for (const { file, offset, words } of yield* fs.unsynced()) {
    const message = `${fs.sb.name} is frozen, and ${words}`;
    fs.engine.oracle.add({ kind: 'dirty-when-frozen', via: 'writeback', file, offset, saw: words, message });
  }
}
