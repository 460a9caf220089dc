/** Replaying a recorded schedule, and running one execution. */

import type { Program } from '../face/program.ts';
import type { Schedule } from '../failure/schedule.ts';
import { explore, exploreAsync } from './explore.ts';
import type { ExploreOptions } from './explore-options.ts';
import type { ExploreResult } from './explore-result.ts';

/** What replay has no use for. */
export type ReplayOptions = Omit<ExploreOptions, 'strategy' | 'schedule' | 'bound' | 'depth'>;

/**
 * Runs a program once, along a schedule recorded before (the `literal` of a failure), comparing each step's label. Where the program has
 * changed, `divergence` says at which step, what was recorded, and what the program does now.
 *
 * @example
 * const result = replay(program, [['t1', 'lock A'], ['t2', 'lock B']]);
 */
export function replay(program: Program, schedule: Schedule, options: ReplayOptions = {}): ExploreResult {
  return explore(program, { ...options, strategy: 'replay', schedule });
}

/** As {@link replay}, for programs with async tasks. */
export function replayAsync(program: Program, schedule: Schedule, options: ReplayOptions = {}): Promise<ExploreResult> {
  return exploreAsync(program, { ...options, strategy: 'replay', schedule });
}

/** What a single simulation has no use for. */
export type SimulateOptions = Omit<ExploreOptions, 'schedule' | 'stopOnFailure'>;

/**
 * Runs a program once, as the seed has it (a random walk, unless another strategy is named). Failures are drawn as they happened, not
 * minimised.
 */
export function simulate(program: Program, options: SimulateOptions = {}): ExploreResult {
  return explore(program, once(options));
}

/** As {@link simulate}, for programs with async tasks. */
export function simulateAsync(program: Program, options: SimulateOptions = {}): Promise<ExploreResult> {
  return exploreAsync(program, once(options));
}

function once(options: SimulateOptions): ExploreOptions {
  return { strategy: 'random', minimise: 0, ...options, budget: { ...options.budget, executions: 1 } };
}
