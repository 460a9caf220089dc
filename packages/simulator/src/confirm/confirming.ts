/**
 * Decides reports: ordinary runs under the validator, reordered runs, steered runs, then one search of all interleavings for what is left.
 *
 * Only an execution that ends in the deadlock confirms, and it is replayed from its schedule; only a search that gets through refutes. What
 * was seen in ordinary runs guides the former and explains the latter.
 */
import type { OrderReport, Validator } from '@lockdep/core';
import type { Work } from '../engine/drive.ts';
import { SimulatorError } from '../engine/error.ts';
import { Random } from '../engine/random.ts';
import { isDeadlocked } from '../engine/run-execution.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import type { SimObject } from '../engine/sim-object.ts';
import type { World } from '../engine/world.ts';
import { deadlock } from '../failure/finding.ts';
import { RandomWalk } from '../sampling/random-walk.ts';
import { TreeSearch } from '../search/tree-search.ts';
import { isOrderReport } from './circle.ts';
import { Conclusions } from './conclusions.ts';
import type { Confirmation, ConfirmedBy, Means } from './confirmation.ts';
import { HeldByTask } from './held-by-task.ts';
import { InTurn } from './in-turn.ts';
import { isLock } from './lock-step.ts';
import { OpenReport } from './open-report.ts';
import { RecordedRun } from './recorded-run.ts';
import { Requests } from './request.ts';
import { type Ring, ringsOn } from './rings.ts';
import { type Member, Steering } from './steering.ts';
import { WitnessReplay } from './witness-replay.ts';

export interface ConfirmSettings {
  readonly executions: number;
  readonly ms: number;
  readonly steps: number;
  readonly runs: number;
  readonly attempts: number;
  readonly seed: number;
  readonly minimise: number;
  readonly means: readonly Means[];
}

/** Predicted deadlocks that are tried for a report; rings that are steered for. */
const MOST_PREDICTIONS = 8;
const MOST_RINGS = 24;
/** Attempts for a ring, times the orders in which its tasks can get to their requests. */
const ATTEMPTS = 4;
/** Executions of the search between looks at the clock. */
const LOOK = 64;

export class Confirming {
  readonly #world: World;
  readonly #validator: Validator;
  readonly #settings: ConfirmSettings;
  readonly #random: Random;
  readonly #started = performance.now();
  readonly #requests = new Requests();
  #reports: OpenReport[] = [];
  #executions = 0;

  constructor(world: World, validator: Validator, settings: ConfirmSettings) {
    this.#world = world;
    this.#validator = validator;
    this.#settings = settings;
    this.#random = new Random(settings.seed);
  }

  /** `asked`: reports, or fingerprints of such; null: all that the runs show. */
  *run(asked: readonly (OrderReport | string)[] | null): Work<Confirmation[]> {
    for (const report of asked ?? [])
      if (typeof report !== 'string') this.#reports.push(new OpenReport(report, this.#validator));
    yield* this.#runPlainly(asked);
    const { means } = this.#settings;
    for (const report of this.#open) report.rings = ringsOn(this.#world, report.circle, this.#requests);
    if (means.includes('steering')) yield* this.#steer();
    if (means.includes('search')) yield* this.#search();
    const conclusions = new Conclusions(this.#world, this.#settings);
    const confirmations: Confirmation[] = [];
    for (const report of this.#reports)
      confirmations.push(yield* conclusions.of(report, this.#executions, this.#elapsed));
    return confirmations;
  }

  get #open(): OpenReport[] {
    return this.#reports.filter(({ decided }) => decided === null);
  }

  *#runPlainly(asked: readonly (OrderReport | string)[] | null): Work<void> {
    const world = this.#world;
    const { listener } = world;
    const walk = new RandomWalk(this.#settings.seed);
    for (let run = 0; run < this.#settings.runs; run++) {
      const recorded = new RecordedRun(world, this.#validator, this.#requests, listener);
      world.listener = recorded;
      const ending = yield* this.#execute(run === 0 ? new InTurn() : walk);
      this.#takeIn(asked);
      this.#look(ending, 'run', () => `ordinary run ${run + 1} of the program came to it`);
      world.listener = null;
      if (this.#settings.means.includes('prediction')) yield* this.#predict(recorded);
      if (this.#isSpent()) break;
    }
    for (const name of asked ?? []) {
      if (typeof name !== 'string' || this.#reports.some(({ report }) => report.fingerprint === name)) continue;
      throw new SimulatorError(
        'bad-option',
        `no run of the program shows a report ${name}: ${this.#validator.reports.length} others were made in ${this.#settings.runs} runs`,
      );
    }
  }

  /** What the validator has newly reported; a report that has been made again, surer, stays the one it was. */
  #takeIn(asked: readonly (OrderReport | string)[] | null): void {
    for (const report of this.#validator.reports) {
      if (!isOrderReport(report) || (asked !== null && !asked.includes(report.fingerprint))) continue;
      const known = this.#reports.find((open) => open.report.fingerprint === report.fingerprint);
      if (known === undefined) this.#reports.push(new OpenReport(report, this.#validator));
      else if (asked === null) known.report = report;
    }
  }

  *#predict(run: RecordedRun): Work<void> {
    if (this.#open.length === 0) return;
    const world = this.#world;
    for (const prediction of run.predictions()) {
      const members = prediction.members.map((member) => ({ lockClass: run.lockClassOf(member), lock: member.lock }));
      for (const report of this.#open) {
        if (report.predictions === MOST_PREDICTIONS || !report.circle.goesRound(members)) continue;
        report.predictions++;
        const tasks = prediction.members.map(({ task }) => task);
        const replay = new WitnessReplay(run.witness(prediction), tasks, () => report.isThere(world, false));
        const ending = yield* this.#execute(replay);
        const names = tasks.map((task) => world.tasks[task]!.name);
        this.#look(
          ending,
          'prediction',
          () => `an ordinary run, reordered so that ${inWords(names)} meet, comes to it`,
        );
      }
    }
  }

  *#steer(): Work<void> {
    for (const report of this.#reports) {
      const rings = report.rings.possible.slice(0, MOST_RINGS);
      const planned = rings.reduce((sum, { requests }) => sum + ATTEMPTS * factorial(requests.length), 0);
      const most = Math.min(planned, this.#settings.attempts);
      for (let attempt = 0; attempt < most && report.decided === null && !this.#isSpent(); attempt++) {
        yield* this.#attempt(report, rings[attempt % rings.length]!, Math.floor(attempt / rings.length));
      }
    }
  }

  *#attempt(report: OpenReport, ring: Ring, round: number): Work<void> {
    const world = this.#world;
    const members = membersOf(ring);
    const held = new HeldByTask(null);
    const sequence = round % 2 === 0 ? null : this.#random.shuffle([...members]);
    const steering = new Steering(held, members, sequence, this.#random, () => report.isThere(world, false));
    world.listener = held;
    const ending = yield* this.#execute(steering);
    world.listener = null;
    report.attempts++;
    const names = members.map(({ task }) => world.tasks[task]!.name);
    this.#look(
      ending,
      'steering',
      () => `it comes about when ${inWords(names)} are held back until each is at its request`,
    );
    report.comesClose(steering.closest);
  }

  *#search(): Work<void> {
    if (this.#open.length === 0 || this.#isSpent()) return;
    const world = this.#world;
    const search = new TreeSearch(world, 'source-dpor');
    const { executions: most, steps: maxSteps } = this.#settings;
    let begun = 0;
    let complete = 0;
    let isBounded = false;
    let other: string | null = null;
    const account = (ending: Ending): void => {
      begun++;
      this.#executions++;
      if (ending === 'pruned') return;
      if (ending === 'step-bound') isBounded = true;
      else complete++;
      if (!isDeadlocked(world)) return;
      const isOne = this.#look(
        ending,
        'search',
        () => `it is among the interleavings: number ${complete} that was tried`,
      );
      if (!isOne && ending === 'complete') other ??= deadlock(world).message;
    };
    let isThrough = false;
    const plan = (): number => {
      if (this.#open.length === 0 || (begun % LOOK === LOOK - 1 && this.#isSpent())) return -1;
      const prefix = search.plan();
      isThrough = prefix < 0;
      return begun === most ? -1 : prefix;
    };
    const next = (ending: Ending): number => {
      account(ending);
      return plan();
    };
    const prefix = plan();
    if (prefix >= 0) yield { world, selector: search, prefix, maxSteps, next };
    if (!isThrough || isBounded) return;
    for (const report of this.#open) {
      report.strange = [...report.circle.classes].find((name) => !this.#knows(name)) ?? null;
      if (report.strange === null) report.refute(complete, other, this.#executions, this.#elapsed);
    }
  }

  /** Whether the program has locks of this class; a search for one that it calls otherwise would find nothing. */
  #knows(name: string): boolean {
    const isNamed = (object: SimObject | undefined): boolean =>
      object !== undefined && isLock(object) && object.name === name;
    return (
      this.#validator.engine.classes.classes.some((known) => known?.name === name) || this.#world.objects.some(isNamed)
    );
  }

  /** Notes every open report whose deadlock the execution that has just run has come to. */
  #look(ending: Ending, by: ConfirmedBy, reason: () => string): boolean {
    const world = this.#world;
    let isOne = false;
    for (const report of this.#reports) {
      if (report.decided !== null && report.found === null) continue;
      const finding = report.deadlock(world, ending === 'complete');
      if (finding === null) continue;
      isOne = true;
      if (report.decided !== null) continue;
      const tasks = world.pathTask.slice(0, world.count);
      const choices = world.pathChoice.slice(0, world.count);
      report.found = { finding, tasks, choices, execution: this.#executions };
      report.confirm(by, reason(), this.#executions, this.#elapsed);
    }
    return isOne;
  }

  *#execute(selector: Selector): Work<Ending> {
    this.#executions++;
    return yield { world: this.#world, selector, prefix: 0, maxSteps: this.#settings.steps };
  }

  get #elapsed(): number {
    return performance.now() - this.#started;
  }

  #isSpent(): boolean {
    return this.#elapsed >= this.#settings.ms;
  }
}

/** `t1, t2 and t3` */
function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function membersOf({ requests }: Ring): Member[] {
  return requests.map(({ task, lockClass }, at) => ({
    task,
    holds: requests.at(at - 1)!.lockClass,
    wants: lockClass,
  }));
}

function factorial(count: number): number {
  return count <= 1 ? 1 : count * factorial(count - 1);
}
