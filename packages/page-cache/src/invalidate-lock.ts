/**
 * `invalidate_lock` under its kernel names: shared by whoever adds folios to the cache or fills them, exclusive from eviction until the
 * block map says the new truth.
 */
import type { Operation, Step } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';

export function filemapInvalidateLock(mapping: AddressSpace): Operation<void> {
  return mapping.invalidateLock.downWrite();
}

export function filemapInvalidateUnlock(mapping: AddressSpace): Step {
  return mapping.invalidateLock.upWrite();
}

export function filemapInvalidateLockShared(mapping: AddressSpace): Operation<void> {
  return mapping.invalidateLock.downRead();
}

export function filemapInvalidateTrylockShared(mapping: AddressSpace): Operation<boolean> {
  return mapping.invalidateLock.tryDownRead();
}

export function filemapInvalidateUnlockShared(mapping: AddressSpace): Step {
  return mapping.invalidateLock.upRead();
}
