/**
 * Exploring a program and deciding its inversions: each report of an order is confirmed, with a schedule that deadlocks, or refuted, within
 * a budget that a test can wait for.
 */
import type { Validator } from '@lockdep/core';
import {
  type ConfirmExploredOptions,
  type ConfirmedExploration,
  confirmExplored,
  confirmExploredAsync,
  type ExploreOptions,
  type ExploreResult,
  explore,
  exploreAsync,
  isOrderReport,
  type Program,
} from '@lockdep/simulator';

/** How a test explores: the options of `explore`, and what may be spent on its inversions. */
export interface SimOptions extends ExploreOptions {
  /** How inversions are confirmed; false: they stay as they were seen. Default: up to 20,000 executions in 5 seconds. */
  readonly confirm?: false | Omit<ConfirmExploredOptions, 'validator'>;
}

const BUDGET = { executions: 20_000, ms: 5_000 };

/** Explores, and confirms what the exploration shows. */
export function exploreAndConfirm(program: Program, options: SimOptions): ConfirmedExploration {
  const { confirm, ...rest } = options;
  const isOwn = listensToNothingElse(options.validator);
  const result = explore(program, rest);
  if (confirm === false || !isOwn || !showsOrder(result)) return { ...result, confirmations: [] };
  return confirmExplored(program, result, confirming(options, confirm));
}

/** As {@link exploreAndConfirm}, for programs with async tasks; only where the exploration has not answered whether there is a deadlock. */
export async function exploreUntilDecided(program: Program, options: SimOptions): Promise<ConfirmedExploration> {
  const { confirm, ...rest } = options;
  const isOwn = listensToNothingElse(options.validator);
  const result = await exploreAsync(program, rest);
  const isDecided = result.exhausted || result.verdict === 'deadlock';
  if (confirm === false || !isOwn || isDecided || !showsOrder(result)) return { ...result, confirmations: [] };
  return confirmExploredAsync(program, result, confirming(options, confirm));
}

/** What a validator has reported of other code, this program's schedules neither confirm nor refute. */
function listensToNothingElse(validator: Validator | null | undefined): boolean {
  return validator === undefined || (validator !== null && validator.classes().length === 0);
}

function showsOrder({ reports }: ExploreResult): boolean {
  return reports.some(isOrderReport);
}

function confirming(
  { seed, validator, budget }: SimOptions,
  { budget: own, ...chosen }: Omit<ConfirmExploredOptions, 'validator'> = {},
): ConfirmExploredOptions {
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(validator === undefined ? {} : { validator }),
    budget: { ...BUDGET, ...(budget?.steps === undefined ? {} : { steps: budget.steps }), ...own },
    ...chosen,
  };
}
