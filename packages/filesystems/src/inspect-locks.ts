/** Locks that somebody still holds when every task has ended; those of folios are looked at with the folios. */
import type { BaseLock } from '@lockdep/locks';
import type { Inode } from '@lockdep/page-cache';
import type { BlockFileSystem } from './block-file-system.ts';

/** Told which lock is held, and by whom; what belongs to no file is told of the first one. */
export type LockLeak = (inode: Inode, held: string, by: string) => void;

export function inspectLocks(fs: BlockFileSystem, leak: LockLeak): void {
  const look = (inode: Inode, lock: BaseLock): void => {
    for (const { name } of lock.state.holders()) leak(inode, lock.label, name);
  };
  const seen = new Set<BaseLock>();
  for (const inode of fs.inodes) {
    for (const lock of locksOf(fs, inode)) {
      if (!seen.has(lock)) look(inode, lock);
      seen.add(lock);
    }
  }
  const [first] = fs.inodes;
  if (first === undefined) return;
  for (const lock of [fs.sb.sUmount, fs.sb.renameMutex]) look(first, lock);
  for (const { held, by } of fs.openHandles()) leak(first, held, by);
}

/** Of the inode, and of the processes that map it. */
function locksOf(fs: BlockFileSystem, inode: Inode): BaseLock[] {
  const { mapLock, privateLock, rangeLock } = fs.info(inode);
  const { invalidateLock, iMmapRwsem, iMmap } = inode.mapping;
  const own = [inode.iRwsem, invalidateLock, iMmapRwsem, mapLock, privateLock, rangeLock];
  const mapping = [...iMmap].flatMap(({ mm, vmaLock }): BaseLock[] => [mm.mmapLock, vmaLock]);
  return [...own.filter((lock) => lock !== null), ...mapping];
}
