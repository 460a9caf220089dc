/** What an exploration is told, with its defaults. Every bound has a name and a number, and is reported when it is met. */
import { Validator } from '@lockdep/core';
import { SimulatorError } from '../engine/error.ts';
import type { Schedule } from '../failure/schedule.ts';
import type { Progress } from './progress.ts';

/**
 * Who decides, and what for:
 * - `auto`: every trace while that fits the budget, then samples; says at the end which it was;
 * - `source-dpor`, `optimal-dpor`: every trace once (the second never begins a redundant execution, and is slower per execution);
 * - `sleep-sets`, `enumeration`: the same by trying everything, to compare with;
 * - `cache`: every state once; best where many orders lead to few states, and the only one that visits every state;
 * - `context-bound`, `delay-bound`: all schedules with few preemptions (delays), fewest first;
 * - `random`, `pct`, `pos`, `urw`, `portfolio`: samples;
 * - `replay`: the schedule given.
 */
export type StrategyName =
  | 'auto'
  | 'source-dpor'
  | 'optimal-dpor'
  | 'sleep-sets'
  | 'enumeration'
  | 'cache'
  | 'context-bound'
  | 'delay-bound'
  | 'random'
  | 'pct'
  | 'pos'
  | 'urw'
  | 'portfolio'
  | 'replay';

/** Every way to explore, by the name that options and the command take. */
export const STRATEGIES: readonly StrategyName[] = [
  'auto',
  'source-dpor',
  'optimal-dpor',
  'sleep-sets',
  'enumeration',
  'cache',
  'context-bound',
  'delay-bound',
  'random',
  'pct',
  'pos',
  'urw',
  'portfolio',
  'replay',
];

/** When to stop: executions, steps of one execution, milliseconds in all. */
export interface Budget {
  /** Executions to begin at most. Default 100,000. */
  readonly executions?: number;
  /** Wall-clock milliseconds to spend at most, minimising apart. Default 30,000; with it, results may depend on the machine. */
  readonly ms?: number;
  /** Steps of one execution at most; a longer one is looked at for livelock and counted, never passed. Default 10,000. */
  readonly steps?: number;
}

/** How to explore: strategy, bounds, budget, what to do with failures. */
export interface ExploreOptions {
  /** Default `auto`. */
  readonly strategy?: StrategyName;
  /** Of everything random. Default 1. */
  readonly seed?: number;
  readonly budget?: Budget;
  /** Depth of the bugs that `pct` looks for: ordering constraints to hit. Default 3. */
  readonly depth?: number;
  /** Preemptions (`context-bound`) or delays (`delay-bound`) at most. Default: no limit. */
  readonly bound?: number;
  /** For `replay`. */
  readonly schedule?: Schedule;
  /** Stop at the first failing execution. Default false: count them all. */
  readonly stopOnFailure?: boolean;
  /** Different failures to minimise and draw at most; more are only counted. Default 10. */
  readonly failures?: number;
  /** Steps to spend on minimising each failure, and on proving it minimal. Default 200,000; 0 takes the first schedule as it is. */
  readonly minimise?: number;
  /** Ending while holding a lock is a failure. Default true. */
  readonly leaks?: boolean;
  /** Listens to every execution. Default: a new one, whose reports the result carries; null: none, which is faster. */
  readonly validator?: Validator | null;
  /** Called now and then on long work. */
  readonly onProgress?: (progress: Progress) => void;
  /** How often, in milliseconds. Default 1,000. */
  readonly progressMs?: number;
}

export interface Settings {
  readonly strategy: StrategyName;
  readonly seed: number;
  readonly executions: number;
  readonly ms: number;
  readonly steps: number;
  readonly depth: number;
  readonly bound: number;
  readonly schedule: Schedule | null;
  readonly stopOnFailure: boolean;
  readonly failures: number;
  readonly minimise: number;
  readonly leaks: boolean;
  readonly validator: Validator | null;
  readonly onProgress: ((progress: Progress) => void) | null;
  readonly progressMs: number;
}

export function settings(options: ExploreOptions): Settings {
  const { budget = {}, strategy = 'auto' } = options;
  if (!STRATEGIES.includes(strategy)) {
    throw new SimulatorError('bad-option', `unknown strategy '${strategy}': use one of ${STRATEGIES.join(', ')}`);
  }
  if (strategy === 'replay' && options.schedule === undefined) {
    throw new SimulatorError(
      'bad-option',
      "strategy 'replay' needs a schedule: { strategy: 'replay', schedule: [...] }",
    );
  }
  return {
    strategy,
    seed: number('seed', options.seed, 1, Number.NEGATIVE_INFINITY),
    executions: number('budget.executions', budget.executions, 100_000, 1),
    ms: number('budget.ms', budget.ms, 30_000, 0),
    steps: number('budget.steps', budget.steps, 10_000, 1),
    depth: number('depth', options.depth, 3, 1),
    bound: number('bound', options.bound, Number.POSITIVE_INFINITY, 0),
    schedule: options.schedule ?? null,
    stopOnFailure: options.stopOnFailure ?? false,
    failures: number('failures', options.failures, 10, 0),
    minimise: number('minimise', options.minimise, 200_000, 0),
    leaks: options.leaks ?? true,
    validator: options.validator === undefined ? new Validator() : options.validator,
    onProgress: options.onProgress ?? null,
    progressMs: number('progressMs', options.progressMs, 1_000, 0),
  };
}

export function number(name: string, value: number | undefined, fallback: number, least: number): number {
  if (value === undefined) return fallback;
  if (typeof value !== 'number' || Number.isNaN(value) || value < least) {
    throw new SimulatorError('bad-option', `option '${name}' is ${String(value)}: a number from ${least} on is wanted`);
  }
  return value;
}
