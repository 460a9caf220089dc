/** A spin lock waits like a mutex: one holder, and spinners in order of arrival as in the kernel's queued spin lock. */
import type { Waiter } from './lock-state.ts';
import { MutexState } from './mutex-state.ts';

export class SpinLockState<W extends Waiter = Waiter> extends MutexState<W> {}
