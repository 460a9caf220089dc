/**
 * The locks of operations on names: parents before children, directories before files, two files by address. These procedures do nothing but
 * lock in the right order around `work`.
 */
import type { Inode } from './inode.ts';
import { lockTwoNondirectories, unlockTwoNondirectories } from './lock-two.ts';
import type { Act, Proc } from './machine.ts';
import { asOperation } from './observe-operations.ts';

/** Subclasses of a directory's `i_rwsem`: the first and the second parent, and a directory that is moved from one to the other. */
export const PARENT = 1;
export const CHILD = 2;
const PARENT2 = 5;

/** `rename` of a file over another one (or itself, when nothing is replaced): parents first, then the files. */
export function* vfsRename(from: Inode, to: Inode, source: Inode, target: Inode, work: () => Act): Proc {
  const { renameMutex } = from.sb;
  if (from === to) yield* from.iRwsem.downWrite({ subclass: PARENT });
  else {
    yield* renameMutex.acquire();
    yield* from.iRwsem.downWrite({ subclass: PARENT });
    yield* to.iRwsem.downWrite({ subclass: PARENT2 });
  }
  yield* lockTwoNondirectories(source, target);
  yield* asOperation('rename', [from, to, source, target], work);
  yield* unlockTwoNondirectories(source, target);
  if (from !== to) yield* to.iRwsem.upWrite();
  yield* from.iRwsem.upWrite();
  if (from !== to) yield* renameMutex.release();
}

/**
 * `rename` of a directory: `work` changes its "..", if it gets another parent, so it is locked too (since v6.5; before, nobody locked it). Within one
 * directory ".." stays as it is, and there is nothing to lock (since v6.8).
 */
export function* vfsRenameDirectory(from: Inode, to: Inode, moved: Inode, work: () => Act): Proc {
  const { renameMutex, engine } = from.sb;
  const { bugs } = engine.rules;
  const isLocked = bugs['vfs.renameLocksMovedDirectory'] !== false && bugs['ext4.lockDirUnderTransaction'] !== true;
  if (from !== to) yield* renameMutex.acquire();
  yield* from.iRwsem.downWrite({ subclass: PARENT });
  if (from !== to) yield* to.iRwsem.downWrite({ subclass: PARENT2 });
  if (from !== to && isLocked) yield* moved.iRwsem.downWrite({ subclass: CHILD });
  yield* asOperation('rename', [from, to, moved], work);
  if (from !== to && isLocked) yield* moved.iRwsem.upWrite();
  if (from !== to) yield* to.iRwsem.upWrite();
  yield* from.iRwsem.upWrite();
  if (from !== to) yield* renameMutex.release();
}

/** `link`: the parent, then the file. */
export function* vfsLink(parent: Inode, inode: Inode, work: () => Act): Proc {
  yield* parent.iRwsem.downWrite({ subclass: PARENT });
  yield* inode.iRwsem.downWrite();
  yield* asOperation('link', [parent, inode], work);
  yield* inode.iRwsem.upWrite();
  yield* parent.iRwsem.upWrite();
}
