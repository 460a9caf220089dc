/** Who holds a lock, in which mode; and how an assertion that was given something else says so. */
import type { Validator } from '@lockdep/core';
import { BaseLock } from '@lockdep/locks';

export interface LockHolder {
  readonly task: string;
  readonly mode: 'write' | 'read';
}

/** The lock given to an assertion. @throws TypeError when it is none. */
export function asLock(value: unknown, matcher: string): BaseLock {
  if (value instanceof BaseLock) return value;
  throw new TypeError(
    `${matcher} needs a lock of @lockdep/locks (a Mutex, RwSemaphore, …), and was given ${typeof value}`,
  );
}

/** By a validator's books where the lock has one, by its own state otherwise (then every hold counts as a write). */
export function lockHolders({ validator, instance, state }: BaseLock): LockHolder[] {
  if (validator === null || instance === null) {
    return state.holders().map(({ name }) => ({ task: name, mode: 'write' }));
  }
  return validator.holders(instance).map((task) => ({
    task: task.name,
    mode: validator.isHeld(task, instance, 'write') ? 'write' : 'read',
  }));
}

export function holdersText(lock: BaseLock): string {
  const holders = lockHolders(lock);
  if (holders.length === 0) return 'nobody holds it';
  return `held by ${holders.map(({ task, mode }) => `${task} (${mode})`).join(', ')}`;
}

/** A validator, `lockdep` itself, or the value of the fixture. @throws TypeError for anything else. */
export function asValidator(value: unknown, matcher: string): Validator {
  const found = typeof value === 'function' ? (value as () => unknown)() : value;
  if (typeof found === 'object' && found !== null && 'heldLocks' in found && 'reports' in found)
    return found as Validator;
  throw new TypeError(`${matcher} needs a validator: expect(lockdep()).${matcher}()`);
}
