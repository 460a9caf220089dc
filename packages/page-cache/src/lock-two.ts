/**
 * Two inodes at once: every lock of one class before the first of the next, each class by one order of its own.
 *
 * The kernel orders `i_rwsem` and `invalidate_lock` by the address of the object, XFS its ILOCK by inode number. An address belongs to
 * an object, not to a file: the order of two files flips when one is recycled, which cannot deadlock as long as everybody
 * compares the same way while both objects exist. The second lock carries a subclass: the programmer's word that it is in order.
 */
import type { RwSemaphore } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';
import type { Inode } from './inode.ts';
import type { Proc } from './machine.ts';

/** What two inodes are sorted by: the address of the object, or the inode number. The lower one is first. */
export type PairOrder = 'address' | 'ino';

/** Subclass of the second lock of a pair. */
export const SECOND = 1;

/** Sorted as they have to be locked; one alone when both are the same. */
export function inOrder(a: Inode, b: Inode, order: PairOrder): Inode[] {
  if (a === b) return [a];
  const key = (inode: Inode): number => (order === 'address' ? inode.address : inode.ino);
  return key(a) < key(b) ? [a, b] : [b, a];
}

/** Takes a lock of each of two inodes, exclusively. */
export function* lockPair(a: Inode, b: Inode, order: PairOrder, lockOf: (inode: Inode) => RwSemaphore): Proc {
  const [first, second] = inOrder(a, b, order);
  yield* lockOf(first!).downWrite();
  if (second !== undefined) yield* lockOf(second).downWrite({ subclass: SECOND });
}

/** Releases what {@link lockPair} took; the order does not matter. */
export function* unlockPair(a: Inode, b: Inode, lockOf: (inode: Inode) => RwSemaphore): Proc {
  yield* lockOf(a).upWrite();
  if (b !== a) yield* lockOf(b).upWrite();
}

/** `lock_two_nondirectories` */
export function* lockTwoNondirectories(a: Inode, b: Inode): Proc {
  yield* lockPair(a, b, 'address', iRwsemOf);
}

/** Releases what {@link lockTwoNondirectories} took. Source: `fs/inode.c: unlock_two_nondirectories`. */
export function* unlockTwoNondirectories(a: Inode, b: Inode): Proc {
  yield* unlockPair(a, b, iRwsemOf);
}

/** `filemap_invalidate_lock_two` */
export function* filemapInvalidateLockTwo(a: AddressSpace, b: AddressSpace): Proc {
  yield* lockPair(a.host, b.host, 'address', invalidateLockOf);
}

/** Releases what {@link filemapInvalidateLockTwo} took. Source: `mm/filemap.c: filemap_invalidate_unlock_two`. */
export function* filemapInvalidateUnlockTwo(a: AddressSpace, b: AddressSpace): Proc {
  yield* unlockPair(a.host, b.host, invalidateLockOf);
}

/** The `i_rwsem` of an inode, for {@link lockPair}. */
export const iRwsemOf = (inode: Inode): RwSemaphore => inode.iRwsem;
/** The `invalidate_lock` of the mapping of an inode, for {@link lockPair}. */
export const invalidateLockOf = (inode: Inode): RwSemaphore => inode.mapping.invalidateLock;
