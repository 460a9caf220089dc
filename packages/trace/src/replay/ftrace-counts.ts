/** What the replay of ftrace text has to tell about the trace. */

/** What was in the trace and what became of it. */
export interface FtraceCounts {
  /** Acquisitions and releases given to the validator. */
  readonly events: number;
  /** Distinct tasks and lock instances. */
  readonly tasks: number;
  readonly locks: number;
  /** Lines that are no lock events, and lock events that could not be read. */
  readonly skippedLines: number;
  readonly malformedLines: number;
  /** Events before the first release, where replay starts, and in later gaps of the recording of releases. */
  readonly ignoredEvents: number;
  /** Releases of locks that were not seen taken. */
  readonly unmatchedReleases: number;
  /** Held entries dropped because their release must be missing. */
  readonly droppedHolds: number;
  /** Events the kernel says it lost, as far as it says how many. */
  readonly lostEvents: number;
  /** `lock_contended` events. */
  readonly contentions: number;
  /** False when no line had irq flags: then contexts are unknown. */
  readonly hasContexts: boolean;
  readonly warnings: readonly string[];
}
