/**
 * The lock class keys of a recorded kernel, by address: each is a {@link LockKey} made of what the kernel said of the class.
 */
import { LockKey, type LockKindName, type LockType, type WaitType } from '@lockdep/core';

/** What a class record or a snapshot says of a class. */
export interface KernelClass {
  readonly name: string;
  readonly version: number;
  readonly waitInner: number;
  readonly waitOuter: number;
  readonly lockType: number;
  /** `false` for the class of all locks that are not validated (`__lockdep_no_validate__`). */
  readonly validate: boolean;
}

const TYPES: readonly LockType[] = ['normal', 'percpu', 'wait-override'];

/** The kernel does not record what kind of lock a class is; the wait types tell enough. */
const KIND_BY_WAIT: readonly LockKindName[] = ['lockmap', 'rcu', 'raw_spinlock', 'spinlock', 'mutex', 'mutex'];

export function kernelKey(described: KernelClass): LockKey {
  return new LockKey({
    name: described.name === '' ? '(null)' : described.name,
    kind: KIND_BY_WAIT[described.waitInner] ?? 'lockmap',
    waitInner: described.waitInner as WaitType,
    waitOuter: described.waitOuter as WaitType,
    type: TYPES[described.lockType] ?? 'normal',
    validate: described.validate,
  });
}

/** The key's own address: that of the class less its subclass. */
export function baseAddress(address: string, subclass: number): string {
  return subclass === 0 ? address : (BigInt(`0x${address}`) - BigInt(subclass)).toString(16);
}

/** In a snapshot the class of locks that are not validated is known by the only name that has it. */
export const NOVALIDATE_NAME: string = '&dev->mutex';

/** Usage masks: the kernel's bits 8 and 9 (ever used) are ours 28 and 29. */
export function usageFromKernel(mask: number): number {
  return (mask & 0xff) | ((mask & 0x300) << 20);
}

export function usageToKernel(usage: number): number {
  return (usage & 0xff) | ((usage >>> 20) & 0x300);
}
