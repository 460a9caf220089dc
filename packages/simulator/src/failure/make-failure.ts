/** From a failing execution to the failure that a result carries: minimised, recorded, drawn. */
import type { Work } from '../engine/drive.ts';
import type { World } from '../engine/world.ts';
import { diagram } from './diagram.ts';
import type { Failure } from './failure.ts';
import type { Finding } from './finding.ts';
import { findLasso, type Lasso, probeForLasso } from './livelock.ts';
import { choicesOf, type MinimiseOptions, minimise } from './minimise.ts';
import { type Path, pathOf } from './path.ts';
import { type RecordedStep, record } from './record.ts';
import { toLiteral, toSchedule } from './schedule.ts';

/** The execution has just run in `world`; with an `effort` of 0 it is taken as it is. */
export function* makeFailure(
  world: World,
  finding: Finding,
  execution: number,
  options: MinimiseOptions,
): Work<Failure> {
  const { maxSteps, effort } = options;
  const start = pathOf(world, preemptionsUnknown, choicesOf(world));
  const shortest = effort === 0 ? null : yield* minimise(world, start, finding.signature, options);
  if (shortest !== null)
    return yield* draw(world, shortest.path, shortest.finding, execution, shortest.proven, maxSteps);
  return yield* draw(world, start, finding, execution, false, maxSteps);
}

/** A path that has not been replayed yet counts as worse than any. */
const preemptionsUnknown = Number.MAX_SAFE_INTEGER;

function* draw(
  world: World,
  path: Path,
  finding: Finding,
  execution: number,
  minimal: boolean,
  maxSteps: number,
): Work<Failure> {
  world.layOut(path.order.tasks, path.order.choices);
  const steps = yield* record(world, maxSteps);
  return failureOf(finding, steps, execution, minimal);
}

function failureOf(
  finding: Finding,
  steps: readonly RecordedStep[],
  execution: number,
  minimal: boolean,
  loop?: number,
): Failure {
  const schedule = toSchedule(steps);
  return {
    kind: finding.kind,
    message: finding.message,
    signature: finding.signature,
    occurrences: 1,
    execution,
    schedule,
    minPreemptions: steps.filter(({ preempts }) => preempts).length,
    minimal,
    steps: steps.length,
    tasks: [...new Set(steps.map(({ task }) => task))],
    waits: finding.waits,
    diagram: diagram(steps, finding, loop),
    literal: toLiteral(schedule),
    sites: steps.map(({ site }) => site),
    ...(finding.stack === undefined ? {} : { stack: finding.stack }),
  };
}

/** The livelock that the execution at its step bound is in, if it is in one. */
export function* makeLivelock(world: World, execution: number): Work<Failure | null> {
  const lasso = yield* findLasso(world);
  return lasso === null ? null : livelockOf(lasso, execution);
}

/** A livelock that a program in which tasks give way falls into under a fair scheduler. */
export function* probeForLivelock(world: World, execution: number): Work<Failure | null> {
  const lasso = yield* probeForLasso(world);
  return lasso === null ? null : livelockOf(lasso, execution);
}

export function livelockOf({ finding, stem, loop }: Lasso, execution: number): Failure {
  return { ...failureOf(finding, [...stem, ...loop], execution, false, stem.length), loop: toSchedule(loop) };
}
