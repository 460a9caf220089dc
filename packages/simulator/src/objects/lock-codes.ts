/**
 * Codes of the operations on locks, shared by every kind of lock object so that one may stand in for another in the analysis of races.
 */
export const ACQUIRE = 0;
export const ACQUIRE_READ = 1;
export const TRY_ACQUIRE = 2;
export const TRY_ACQUIRE_READ = 3;
export const RELEASE = 4;
export const RELEASE_READ = 5;
/** Arrival in the queue of a lock that serves in order of arrival; entering it is the op after. */
export const ENQUEUE = 6;
export const ENQUEUE_READ = 7;
export const DOWNGRADE = 8;
/** Getting the mutex back after a condition has been signalled. */
export const REACQUIRE = 9;
/** The hold goes to another task. */
export const TRANSFER = 10;
/** Release in whatever mode it is held (a guard's). */
export const RELEASE_EITHER = 11;
/** Ends a wait without the lock. */
export const GIVE_UP = 12;

/** What each code is called in diagrams, and in the notation of program files. */
export const LOCK_WORDS: readonly string[] = [
  'lock',
  'rdlock',
  'trylock',
  'tryrdlock',
  'unlock',
  'rdunlock',
  'wait for',
  'wait to read',
  'downgrade',
  'relock',
  'hand over',
  'unlock',
  'give up',
];
