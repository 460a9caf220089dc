/** A failure as a result carries it: plain data, minimal, ready to print and to paste. */
import type { FailureKind } from './finding.ts';
import type { Schedule } from './schedule.ts';
import type { Wait } from './wait-cycle.ts';

/** One way in which a program fails, minimised, with the schedule that shows it. */
export interface Failure {
  readonly kind: FailureKind;
  /** One sentence. */
  readonly message: string;
  /** Equal for failures of one cause; stable between runs. */
  readonly signature: string;
  /** In how many executions it was seen. */
  occurrences: number;
  /** Number of the execution that first showed it, from 1. */
  readonly execution: number;
  /** The shortest way there that was found. */
  readonly schedule: Schedule;
  /** Switches away from a task that could have gone on, in that schedule. */
  readonly minPreemptions: number;
  /** True when no schedule with fewer preemptions leads there, for certain. */
  readonly minimal: boolean;
  /** Steps of the schedule, and the tasks that take them. */
  readonly steps: number;
  readonly tasks: readonly string[];
  /** For a deadlock: who waits for whom. */
  readonly waits: readonly Wait[];
  /** The two-column interleaving. */
  readonly diagram: string;
  /** The schedule as source text, for `replay(program, …)`. */
  readonly literal: string;
  /** For a livelock: the stretch that repeats for ever. */
  readonly loop?: Schedule;
  /** Where each step stands in the program, as far as known. */
  readonly sites: readonly (string | null)[];
  /** Where it was thrown, if something was. */
  readonly stack?: string;
}
