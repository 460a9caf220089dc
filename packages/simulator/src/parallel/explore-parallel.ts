/**
 * Exploring one program in several threads, with a file from which it can go on later.
 *
 * Executions are counted once each however the tree is split, and whoever is lost on the way: with the strategies that complete each trace
 * once, the counts are those of {@link explore}.
 */
import type { Worker } from 'node:worker_threads';
import type { Work } from '../engine/drive.ts';
import { SimulatorError } from '../engine/error.ts';
import type { World } from '../engine/world.ts';
import { describeFailures } from '../explore/describe-failures.ts';
import { estimate } from '../explore/estimate.ts';
import { type ExploreOptions, type Settings, settings } from '../explore/explore-options.ts';
import type { ExploreResult } from '../explore/explore-result.ts';
import type { FoundFailure } from '../explore/found-failures.ts';
import { Stage } from '../explore/stage.ts';
import type { Failure } from '../failure/failure.ts';
import { probeForLivelock } from '../failure/make-failure.ts';
import { TreeSearch, type TreeSearchKind } from '../search/tree-search.ts';
import { BranchTree } from './branch-tree.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { Crew } from './crew.ts';
import { type LoadedProgram, loadProgram, type ProgramSource } from './program-source.ts';
import { type Counts, noCounts, type StintResult, type ToldFailure } from './stint.ts';

/** How to explore in several threads. Nobody listens to the executions: see `validator` of {@link ExploreOptions} for that. */
export interface ParallelOptions
  extends Pick<
    ExploreOptions,
    'budget' | 'failures' | 'minimise' | 'leaks' | 'stopOnFailure' | 'onProgress' | 'progressMs'
  > {
  /** Every trace once. Default `source-dpor`. */
  readonly strategy?: 'source-dpor' | 'sleep-sets';
  /** Threads. Default 2. */
  readonly workers?: number;
  /** File to write the state of the exploration to, now and then and at its end. */
  readonly checkpoint?: string;
  /** Milliseconds between two writes of it; so much is lost at most. Default 5,000. */
  readonly checkpointMs?: number;
  /** File written before for the same program: go on from there. */
  readonly resume?: string;
  /** Ends the exploration early; what is left goes to the checkpoint. */
  readonly signal?: AbortSignal;
  /** Told of every thread as it starts. */
  readonly onWorker?: (worker: Worker) => void;
}

/** What came of it; `reports` is empty. */
export interface ParallelResult extends ExploreResult {
  readonly workers: number;
  /** Threads that were lost; their work was done again. */
  readonly lost: number;
  /** Branches left when it ended early; 0 when the search is through. */
  readonly branchesLeft: number;
}

/** Milliseconds after which a worker answers though nobody is idle: so much is lost with it. */
const STINT_MS = 500;

/**
 * Runs a program under all relevant interleavings, in several threads. Needs Node.
 *
 * @throws SimulatorError when there is no such program, it cannot be explored, or the file to resume from is of another one.
 */
export async function exploreParallel(source: ProgramSource, options: ParallelOptions = {}): Promise<ParallelResult> {
  const started = performance.now();
  const { strategy = 'source-dpor', workers = 2, checkpoint, resume, signal } = options;
  if (strategy !== 'source-dpor' && strategy !== 'sleep-sets') {
    throw new SimulatorError('bad-option', `strategy '${strategy}' runs in one thread: use source-dpor or sleep-sets`);
  }
  if (!Number.isInteger(workers) || workers < 1) {
    throw new SimulatorError('bad-option', `option 'workers' is ${workers}: a whole number from 1 on is wanted`);
  }
  const chosen = settings({ ...pick(options), strategy, validator: null });
  const inspector = new Inspector(await loadProgram(source), chosen);
  const identity = { program: await inspector.fingerprint(source, strategy), strategy, steps: chosen.steps };
  const before = resume === undefined ? null : await readCheckpoint(resume, identity);
  const tree = before === null ? new BranchTree() : BranchTree.load(before.branches);
  const sum = new Sum(before?.counts, before?.failures, before?.gaveWay);
  const checkpointMs = options.checkpointMs ?? 5_000;
  let written = performance.now();
  let writing: Promise<void> = Promise.resolve();
  const save = (): void => {
    if (checkpoint === undefined) return;
    written = performance.now();
    const state = { ...identity, ...sum.saved, branches: tree.save(crew.given) };
    writing = writing.then(() => writeCheckpoint(checkpoint, state));
  };
  let told = 0;
  const tell = (elapsed: number): void => {
    if (chosen.onProgress === null || elapsed - told < chosen.progressMs) return;
    told = elapsed;
    const { executions, begun, deadlocks, failing } = sum.counts;
    const msLeft = Math.min(chosen.ms - elapsed, ((chosen.executions - begun) * elapsed) / Math.max(begun, 1));
    chosen.onProgress({
      phase: 'exhaustive',
      executions,
      distinctTraces: executions,
      estimatedTotal: null,
      failing: deadlocks + failing,
      branches: tree.size + crew.given.length,
      workers,
      msElapsed: elapsed,
      msLeft: Math.max(0, msLeft),
    });
  };
  const crew = new Crew(tree, {
    size: workers,
    data: {
      source,
      kind: strategy,
      maxSteps: chosen.steps,
      leaks: chosen.leaks,
      stopOnFailure: chosen.stopOnFailure,
    },
    executions: chosen.executions - sum.counts.begun,
    stintMs: Math.min(STINT_MS, checkpointMs, chosen.ms),
    onResult: (result) => {
      sum.add(result);
      const elapsed = performance.now() - started;
      const { begun, deadlocks, failing } = sum.counts;
      const isSpent = begun >= chosen.executions || elapsed >= chosen.ms;
      if (isSpent || (chosen.stopOnFailure && deadlocks + failing > 0)) crew.stop();
      tell(elapsed);
      if (performance.now() - written >= checkpointMs) save();
    },
    onWorker: options.onWorker ?? null,
  });
  const abort = (): void => crew.stop();
  signal?.addEventListener('abort', abort);
  try {
    if (signal?.aborted !== true) await crew.run();
  } finally {
    signal?.removeEventListener('abort', abort);
    save();
    await writing;
  }
  const { counts } = sum;
  const exhausted = tree.size === 0 && counts.stepBounded === 0;
  const failures = await inspector.describe(sum.failures, sum.gaveWay, counts.begun);
  const livelocks = failures.filter(({ kind }) => kind === 'livelock').length;
  const failing = counts.failing + livelocks;
  return {
    verdict: counts.deadlocks > 0 ? 'deadlock' : failing > 0 ? 'fail' : 'ok',
    strategy,
    seed: chosen.seed,
    ...counts,
    failing,
    distinctTraces: counts.executions,
    exhausted,
    estimate: estimate({
      exhausted,
      executions: counts.executions,
      sampled: 0,
      tally: { distinct: counts.executions, once: 0, isExact: true },
      explored: null,
      stepBounded: counts.stepBounded,
      steps: chosen.steps,
    }),
    failures,
    reports: [],
    ms: performance.now() - started,
    divergence: null,
    workers,
    lost: crew.lost,
    branchesLeft: tree.size,
  };
}

function pick({ budget, failures, minimise, leaks, stopOnFailure, onProgress, progressMs }: ParallelOptions) {
  const given = { budget, failures, minimise, leaks, stopOnFailure, onProgress, progressMs };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as ExploreOptions;
}

/** What all stints together have counted and found. */
class Sum {
  readonly counts: Counts;
  gaveWay: boolean;
  readonly #failures: Map<string, ToldFailure>;

  constructor(counts: Counts = noCounts(), failures: readonly ToldFailure[] = [], gaveWay = false) {
    this.counts = { ...counts };
    this.gaveWay = gaveWay;
    this.#failures = new Map(failures.map((failure) => [failure.finding.signature, failure]));
  }

  add({ counts, failures, gaveWay }: StintResult): void {
    const before = this.counts.begun;
    for (const name of Object.keys(counts) as (keyof Counts)[]) this.counts[name] += counts[name];
    this.gaveWay ||= gaveWay;
    for (const failure of failures) {
      const { signature } = failure.finding;
      const known = this.#failures.get(signature);
      const occurrences = failure.occurrences + (known?.occurrences ?? 0);
      const kept = known === undefined || isBefore(failure, known) ? failure : known;
      const execution = known?.execution ?? before + failure.execution;
      this.#failures.set(signature, { ...kept, occurrences, execution });
    }
  }

  /** By signature, so that the order does not depend on who was first. */
  get failures(): ToldFailure[] {
    return [...this.#failures].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, failure]) => failure);
  }

  get saved() {
    return { counts: { ...this.counts }, gaveWay: this.gaveWay, failures: this.failures };
  }
}

/** Of two executions that fail alike, the one that stands for both: the shorter, then the first in order of tasks. */
function isBefore(a: ToldFailure, b: ToldFailure): boolean {
  if (a.tasks.length !== b.tasks.length) return a.tasks.length < b.tasks.length;
  for (const [i, task] of a.tasks.entries()) {
    if (task !== b.tasks[i]) return task < b.tasks[i]!;
    if (a.choices[i] !== b.choices[i]) return a.choices[i]! < b.choices[i]!;
  }
  return false;
}

/** The program in this thread: to recognise it, and to describe its failures. */
class Inspector {
  readonly #stage: Stage;
  readonly #settings: Settings;
  readonly #isAsync: boolean;

  constructor({ program, isAsync }: LoadedProgram, chosen: Settings) {
    this.#stage = new Stage(program, chosen);
    this.#settings = chosen;
    this.#isAsync = isAsync;
  }

  /** Where it comes from, and what its first execution does. */
  async fingerprint(source: ProgramSource, strategy: TreeSearchKind): Promise<string> {
    const { createHash } = await import('node:crypto');
    const { world } = this.#stage;
    await this.#drive(firstExecution(world, strategy, this.#settings.steps));
    const hash = createHash('sha256');
    hash.update(JSON.stringify('notation' in source ? source : [source.export ?? 'default', source.argument ?? null]));
    for (const path of [world.pathTask, world.pathMark]) hash.update(path.slice(0, world.count));
    return hash.digest('hex').slice(0, 32);
  }

  async describe(found: readonly ToldFailure[], gaveWay: boolean, begun: number): Promise<readonly Failure[]> {
    return await this.#drive(describe(this.#stage.world, found, gaveWay, begun, this.#settings));
  }

  async #drive<T>(work: Work<T>): Promise<T> {
    return this.#isAsync ? await this.#stage.driveAsync(work) : this.#stage.drive(work);
  }
}

function* firstExecution(world: World, strategy: TreeSearchKind, maxSteps: number): Work<void> {
  const selector = new TreeSearch(world, strategy);
  yield { world, selector, prefix: selector.plan(), maxSteps };
}

function* describe(
  world: World,
  told: readonly ToldFailure[],
  gaveWay: boolean,
  begun: number,
  chosen: Settings,
): Work<readonly Failure[]> {
  const selector = new TreeSearch(world, 'enumeration');
  const found: FoundFailure[] = [];
  for (const failure of told) {
    const { tasks, choices } = failure;
    // The branch that begins with all its steps; what its tasks' numbers are in this world shows when they have been taken.
    selector.start({ tasks, choices, known: tasks.map(() => []), sleep: [] });
    yield { world, selector, prefix: selector.plan(), maxSteps: tasks.length };
    const { pathTask, pathChoice, count } = world;
    found.push({ ...failure, tasks: pathTask.slice(0, count), choices: pathChoice.slice(0, count) });
  }
  const livelock = gaveWay ? yield* probeForLivelock(world, begun) : null;
  return yield* describeFailures(world, livelock === null ? [] : [livelock], found, chosen);
}
