/**
 * How a visible operation touches an object: the dependence relation of the whole explorer.
 *
 * Two accesses of different tasks to one object are dependent unless both are of the same commuting class. `EXCLUSIVE`
 * commutes with nothing. The class of an access may depend on the state (a trylock that fails only looks), so it is asked of the
 * object in the state in which the question is put.
 */

/** Changes the object: depends on every other access. */
export const EXCLUSIVE = 0;
/** Reads, failed trylocks, failed compare-and-swaps, shared acquisitions of a reader-preferring lock. */
export const SHARED = 1;
/** Gives something away without looking (a semaphore's up). */
export const GIVING = 2;
/** A refused try that may be refused for another reason than what `SHARED` accesses do. */
export const REFUSED = 3;

export type AccessMode = typeof EXCLUSIVE | typeof SHARED | typeof GIVING | typeof REFUSED;

/** Whether two accesses to one object depend on each other. */
export function conflicts(a: number, b: number): boolean {
  return a !== b || a === EXCLUSIVE;
}
