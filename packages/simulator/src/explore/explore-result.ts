/** What an exploration answers: plain data, the failures ready to read. */
import type { Report } from '@lockdep/core';
import type { Failure } from '../failure/failure.ts';
import type { StrategyName } from './explore-options.ts';

/** What is known of the whole after sampling: how likely the next execution is to show something new. */
export interface Estimate {
  /** Probability that one more random execution shows a trace not seen before (Good–Turing); 0 when exhausted, null when nothing was sampled. */
  readonly newTrace: number | null;
  /** Traces there are in all, as far as can be told. */
  readonly total: number | null;
  /** Counts are exact (not sampled to save memory). */
  readonly exact: boolean;
  /** The same in one sentence. */
  readonly statement: string;
}

/** What came of an exploration: verdict, counts, failures, and what has been proved. */
export interface ExploreResult {
  /** `deadlock` when any execution deadlocked, else `fail` when any failed in another way. `ok` is a proof only when `exhausted`. */
  readonly verdict: 'ok' | 'deadlock' | 'fail';
  readonly strategy: StrategyName;
  readonly seed: number;
  /** Executions that ran to their end. */
  readonly executions: number;
  /** Different traces (states, under `cache`) among them. */
  readonly distinctTraces: number;
  readonly deadlocks: number;
  /** Executions that failed in another way than by deadlock. */
  readonly failing: number;
  /** Executions cut short because what was left of them had been seen. */
  readonly sleepBlocked: number;
  /** Executions that reached the step bound: neither passed nor failed, unless they were livelocks. */
  readonly stepBounded: number;
  /** Steps run, those run again included. */
  readonly steps: number;
  /** Everything there is has been seen. */
  readonly exhausted: boolean;
  readonly estimate: Estimate;
  readonly failures: readonly Failure[];
  /** What the validator that listened has to say. */
  readonly reports: readonly Report[];
  readonly ms: number;
  /** For `replay`: where the program parted from the schedule; null when it did not. */
  readonly divergence: Divergence | null;
}

/** Where a replayed program did something else than was recorded. */
export interface Divergence {
  /** Number of the step, from 1. */
  readonly step: number;
  readonly recorded: string;
  readonly now: string;
  /** `diverged at step 7: recorded 'read: read map', now 'read: lock invalidate_lock'` */
  readonly message: string;
}
