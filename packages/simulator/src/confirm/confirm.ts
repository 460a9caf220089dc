/** Confirming reports of a validator: `confirm` for one, `confirmAll` for all that a program's runs show; with async twins. */
import { type OrderReport, type Report, Validator } from '@lockdep/core';
import type { Work } from '../engine/drive.ts';
import { SimulatorError } from '../engine/error.ts';
import { number, settings } from '../explore/explore-options.ts';
import { Stage } from '../explore/stage.ts';
import type { Program } from '../face/program.ts';
import { isOrderReport } from './circle.ts';
import type { Confirmation, ConfirmOptions } from './confirmation.ts';
import { Confirming, type ConfirmSettings } from './confirming.ts';

/**
 * Finds out whether the deadlock that a report warns of can happen in the program, and shows how, or says why not.
 *
 * The report is one of a validator that watched this program, or its fingerprint; then runs of the program must show it.
 *
 * @example
 * const { verdict, reason, failure } = confirm(program, explore(program).reports[0]);
 */
export function confirm(program: Program, report: Report | string, options: ConfirmOptions = {}): Confirmation {
  return only(confirmAll(program, { ...options, reports: [report] }));
}

/** As {@link confirm}, for programs with async tasks. */
export async function confirmAsync(
  program: Program,
  report: Report | string,
  options: ConfirmOptions = {},
): Promise<Confirmation> {
  return only(await confirmAllAsync(program, { ...options, reports: [report] }));
}

/** Which reports: those given, or all that ordinary runs of the program show. */
export interface ConfirmAllOptions extends ConfirmOptions {
  readonly reports?: readonly (Report | string)[];
}

/** Confirms every report of an order in which locks are taken; what is done for one serves the others. */
export function confirmAll(program: Program, options: ConfirmAllOptions = {}): Confirmation[] {
  const { stage, work } = prepare(program, options);
  return stage.drive(work);
}

/** As {@link confirmAll}, for programs with async tasks; see `exploreAsync`. */
export async function confirmAllAsync(program: Program, options: ConfirmAllOptions = {}): Promise<Confirmation[]> {
  const { stage, work } = prepare(program, options);
  return await stage.driveAsync(work);
}

function prepare(
  program: Program,
  options: ConfirmAllOptions,
): { readonly stage: Stage; readonly work: Work<Confirmation[]> } {
  const { reports, validator = new Validator() } = options;
  const asked = reports?.map((report) => (typeof report === 'string' ? report : confirmable(report))) ?? null;
  const stage = new Stage(program, settings({ validator }));
  return { stage, work: new Confirming(stage.world, validator, settingsOf(options)).run(asked) };
}

function confirmable(report: Report): OrderReport {
  if (isOrderReport(report)) return report;
  throw new SimulatorError(
    'bad-option',
    `a report of kind '${report.kind}' is not about the order of locks: no schedule confirms it`,
  );
}

function settingsOf({ budget = {}, runs, attempts, seed, minimise, means }: ConfirmAllOptions): ConfirmSettings {
  return {
    executions: number('budget.executions', budget.executions, 100_000, 0),
    ms: number('budget.ms', budget.ms, 10_000, 0),
    steps: number('budget.steps', budget.steps, 10_000, 1),
    runs: number('runs', runs, 10, 1),
    attempts: number('attempts', attempts, 200, 0),
    seed: number('seed', seed, 1, Number.NEGATIVE_INFINITY),
    minimise: number('minimise', minimise, 200_000, 0),
    means: means ?? ['prediction', 'steering', 'search'],
  };
}

function only(confirmations: readonly Confirmation[]): Confirmation {
  return confirmations[0]!;
}
