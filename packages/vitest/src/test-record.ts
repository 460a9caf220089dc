/** What a test or a file sends to the main process, in `task.meta`: plain data. */
import type { Report } from '@lockdep/core';
import type { SavedGraph } from '@lockdep/graph';
import type { Schedule, TaskLocks } from '@lockdep/report';

/** What a test has shown of its locks, as it is handed to the reporter. */
export interface TestRecord {
  /** What it added to the lock order. */
  readonly graph?: SavedGraph;
  /** What it had to answer for. */
  readonly reports?: readonly Report[];
  /** Fingerprints that its assertions expected. */
  readonly expected?: readonly string[];
  /** Schedules in which programs that it explored failed. */
  readonly schedules?: readonly Schedule[];
  /** Who held what when its time was up. */
  readonly heldLocks?: readonly TaskLocks[];
  /** Seed of its `sim` fixture. */
  readonly seed?: number;
}

declare module 'vitest' {
  interface TaskMeta {
    lockdep?: TestRecord;
  }
}
