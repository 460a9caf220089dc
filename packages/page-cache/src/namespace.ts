/**
 * The locks of operations on names: parents before children, directories before files, two files by address. Names themselves are not
 * modelled, so these procedures do nothing but lock in the right order around `work`.
 */
import type { Inode } from './inode.ts';
import { lockTwoNondirectories, unlockTwoNondirectories } from './lock-two.ts';
import type { Act, Proc } from './machine.ts';
import { asOperation } from './observe-operations.ts';

/** Subclasses of a directory's `i_rwsem`: the first and the second parent. */
const PARENT = 1;
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

/** `link`: the parent, then the file. */
export function* vfsLink(parent: Inode, inode: Inode, work: () => Act): Proc {
  yield* parent.iRwsem.downWrite({ subclass: PARENT });
  yield* inode.iRwsem.downWrite();
  yield* asOperation('link', [parent, inode], work);
  yield* inode.iRwsem.upWrite();
  yield* parent.iRwsem.upWrite();
}
