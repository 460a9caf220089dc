/** The duty to hold invalidate_lock, as `lockdep_assert_held` states it; and a historic assertion that asked another lock. */
import type { RwSemaphore } from '@lockdep/locks';
import type { AddressSpace } from './address-space.ts';

/** The current task must hold invalidate_lock, exclusively where `exclusive`. */
export function assertInvalidateLock(mapping: AddressSpace, exclusive: boolean): void {
  const { engine } = mapping.sb;
  if (exclusive) engine.assertHeldWrite(askedOf(mapping));
  else engine.assertHeld(askedOf(mapping));
}

function askedOf({ host, invalidateLock, sb }: AddressSpace): RwSemaphore {
  return sb.engine.rules.bugs['xfs.assertChecksWrongLock'] === true ? host.iRwsem : invalidateLock;
}
