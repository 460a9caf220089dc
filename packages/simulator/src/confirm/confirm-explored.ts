/**
 * An exploration and what confirming adds to it: each report of an order says whether it happens, and deadlocks that sampling has missed are
 * among the failures. What an exhaustive exploration has shown already is not searched for again.
 */
import { type OrderReport, Validator } from '@lockdep/core';
import type { ExploreResult } from '../explore/explore-result.ts';
import type { Program } from '../face/program.ts';
import { isOrderReport } from './circle.ts';
import { type ConfirmAllOptions, confirmAll, confirmAllAsync } from './confirm.ts';
import type { Confirmation, ConfirmOptions } from './confirmation.ts';
import { verdictOf } from './verdict-of.ts';

/** An exploration whose reports have been confirmed or refuted, as far as the budget went. */
export interface ConfirmedExploration extends ExploreResult {
  readonly confirmations: readonly Confirmation[];
}

/** How to confirm what an exploration has found. */
export interface ConfirmExploredOptions extends Omit<ConfirmOptions, 'validator'> {
  /**
   * The validator that listened to the exploration: it passes on to its listeners what becomes of its reports. If nobody listened, the one that is
   * to listen to runs of the program instead.
   */
  readonly validator?: Validator | null;
}

/**
 * Confirms the reports of an exploration; if nobody listened to it, those that ordinary runs of the program show.
 *
 * @example
 * const { reports, confirmations } = confirmExplored(program, explore(program));
 */
export function confirmExplored(
  program: Program,
  result: ExploreResult,
  options: ConfirmExploredOptions = {},
): ConfirmedExploration {
  return joined(result, confirmAll(program, asked(result, options)), options);
}

/** As {@link confirmExplored}, for programs with async tasks. */
export async function confirmExploredAsync(
  program: Program,
  result: ExploreResult,
  options: ConfirmExploredOptions = {},
): Promise<ConfirmedExploration> {
  return joined(result, await confirmAllAsync(program, asked(result, options)), options);
}

/** What is known was reported by the exploration's validator; runs made for the sake of confirming would be counted there as well. */
function asked({ reports }: ExploreResult, { validator, ...options }: ConfirmExploredOptions): ConfirmAllOptions {
  const known = reports.filter(isOrderReport);
  if (known.length > 0) return { ...options, reports: known };
  return validator == null ? options : { ...options, validator };
}

function joined(
  result: ExploreResult,
  found: readonly Confirmation[],
  { validator }: ConfirmExploredOptions,
): ConfirmedExploration {
  const confirmations = found.map((confirmation) => byExploration(confirmation, result));
  const prover = validator ?? new Validator();
  for (const confirmation of confirmations) prover.prove(confirmation.report, verdictOf(confirmation));
  const known = new Set(result.failures.map(({ signature }) => signature));
  const added = confirmations.flatMap(({ failure }) => {
    if (failure === undefined || known.has(failure.signature)) return [];
    known.add(failure.signature);
    return [failure];
  });
  const reports = [...result.reports, ...confirmations.map(({ report }) => report).filter(isMissingIn(result))];
  const failures = [...result.failures, ...added];
  const deadlocks =
    result.deadlocks > 0 || added.length === 0 ? {} : { deadlocks: added.length, verdict: 'deadlock' as const };
  return { ...result, ...deadlocks, failures, reports, confirmations };
}

function isMissingIn({ reports }: ExploreResult): (report: OrderReport) => boolean {
  const known = new Set<unknown>(reports);
  return (report) => !known.has(report);
}

/** All interleavings have been explored and none deadlocks: that refutes, even where confirming had no time to find out by itself. */
function byExploration(confirmation: Confirmation, { exhausted, deadlocks, executions }: ExploreResult): Confirmation {
  if (confirmation.verdict !== 'unconfirmed' || !exhausted || deadlocks > 0) return confirmation;
  const { closest: _closest, ...rest } = confirmation;
  const reason = `the exploration has been through all there is, ${executions} executions, and none deadlocks`;
  return { ...rest, verdict: 'refuted', by: 'search', reason };
}
