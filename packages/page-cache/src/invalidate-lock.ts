/**
 * `invalidate_lock` under its kernel names: shared by whoever adds folios to the cache or fills them, exclusive from eviction until the
 * block map says the new truth.
 */
import type { Operation, Step } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';
import type { Act } from './machine.ts';

/** Takes invalidate_lock exclusively, and waits for it. Source: `include/linux/fs.h: filemap_invalidate_lock`. */
export function filemapInvalidateLock(mapping: AddressSpace): Operation<void> {
  return mapping.invalidateLock.downWrite();
}

/**
 * The same for one who can be killed: false, without the lock, if he was first. Elsewhere than in the proposal he sleeps on.
 *
 * Source: the proposal for `include/linux/fs.h: filemap_invalidate_lock_killable`.
 */
export function filemapInvalidateLockKillable(mapping: AddressSpace): Act<boolean> {
  return mapping.invalidateLock.downWriteKillable();
}

/** The same, shared. */
export function filemapInvalidateLockSharedKillable(mapping: AddressSpace): Act<boolean> {
  return mapping.invalidateLock.downReadKillable();
}

/** Releases invalidate_lock held exclusively. Source: `include/linux/fs.h: filemap_invalidate_unlock`. */
export function filemapInvalidateUnlock(mapping: AddressSpace): Step {
  return mapping.invalidateLock.upWrite();
}

/** Takes invalidate_lock shared, and waits for it. Source: `include/linux/fs.h: filemap_invalidate_lock_shared`. */
export function filemapInvalidateLockShared(mapping: AddressSpace): Operation<void> {
  return mapping.invalidateLock.downRead();
}

/**
 * Takes invalidate_lock shared if it can be had at once; answers whether.
 *
 * Source: `include/linux/fs.h: filemap_invalidate_trylock_shared`.
 */
export function filemapInvalidateTrylockShared(mapping: AddressSpace): Operation<boolean> {
  return mapping.invalidateLock.tryDownRead();
}

/** Releases invalidate_lock held shared. Source: `include/linux/fs.h: filemap_invalidate_unlock_shared`. */
export function filemapInvalidateUnlockShared(mapping: AddressSpace): Step {
  return mapping.invalidateLock.upRead();
}
