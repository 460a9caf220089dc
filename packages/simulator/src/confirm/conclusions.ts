/** What is answered in the end: an undecided report as such; a confirmed one with its deadlock, minimised, and replayed from its schedule. */
import type { Work } from '../engine/drive.ts';
import { SimulatorError } from '../engine/error.ts';
import type { World } from '../engine/world.ts';
import type { Failure } from '../failure/failure.ts';
import { LabelListener } from '../failure/label-listener.ts';
import { makeFailure } from '../failure/make-failure.ts';
import { StrictReplay } from '../failure/strict-replay.ts';
import type { Confirmation } from './confirmation.ts';
import type { FoundDeadlock, OpenReport } from './open-report.ts';

interface Bounds {
  /** Of one execution. */
  readonly steps: number;
  /** Steps to spend on minimising a deadlock. */
  readonly minimise: number;
}

export class Conclusions {
  readonly #world: World;
  readonly #bounds: Bounds;
  /** Confirmed deadlocks so far. */
  readonly #failures: Failure[] = [];

  constructor(world: World, bounds: Bounds) {
    this.#world = world;
    this.#bounds = bounds;
  }

  /** After so many executions and milliseconds. */
  *of(report: OpenReport, executions: number, ms: number): Work<Confirmation> {
    const { decided, found } = report;
    if (decided === null) return report.unconfirmed(executions, ms);
    if (found === null) return decided;
    // Several reports may speak of one deadlock.
    for (const failure of this.#failures) {
      if (failure.signature !== found.finding.signature) continue;
      if ((yield* this.#replay(report, failure)) === null) return { ...decided, failure };
    }
    const failure = yield* this.#minimise(report, found);
    const divergence = yield* this.#replay(report, failure);
    if (divergence === null) {
      this.#failures.push(failure);
      return { ...decided, failure };
    }
    throw new SimulatorError(
      'nondeterministic',
      `${divergence}: the program depends on something the scheduler does not control; create all state inside the program`,
    );
  }

  *#minimise(report: OpenReport, { finding, tasks, choices, execution }: FoundDeadlock): Work<Failure> {
    const world = this.#world;
    const { steps: maxSteps, minimise: effort } = this.#bounds;
    world.pathTask.set(tasks);
    world.pathChoice.set(choices);
    world.count = tasks.length;
    const recognise = (seen: World, isOver: boolean) => report.deadlock(seen, isOver);
    return yield* makeFailure(world, finding, execution, { maxSteps, effort, recognise });
  }

  /** Runs the schedule: null when it ends in the report's deadlock, else what is wrong. */
  *#replay(report: OpenReport, { schedule }: Failure): Work<string | null> {
    const world = this.#world;
    const labels = new LabelListener(null);
    const replay = new StrictReplay(schedule, () => labels.label);
    world.listener = labels;
    const ending = yield { world, selector: replay, prefix: 0, maxSteps: this.#bounds.steps };
    world.listener = null;
    if (replay.divergence !== null) return replay.divergence.message;
    if (report.isThere(world, ending === 'complete')) return null;
    return 'the schedule of the deadlock does not end in it a second time';
  }
}
