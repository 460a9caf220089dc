/**
 * Explores one program: runs executions as the strategy plans them, counts, collects failures, and knows when to stop.
 *
 * Automatic mode is two strategies one after the other over one tally of traces: source-DPOR for as long as it can be expected to get
 * through, then the portfolio of samplers.
 */
import type { Work } from '../engine/drive.ts';
import { isDeadlocked } from '../engine/run-execution.ts';
import type { Ending } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import type { Failure } from '../failure/failure.ts';
import { livelockOf, makeLivelock, probeForLivelock } from '../failure/make-failure.ts';
import { CacheSearch } from '../search/cache-search.ts';
import { cycleLasso } from './cycle-lasso.ts';
import { describeFailures } from './describe-failures.ts';
import { estimate } from './estimate.ts';
import type { Settings, StrategyName } from './explore-options.ts';
import type { ExploreResult } from './explore-result.ts';
import { FoundFailures } from './found-failures.ts';
import type { Progress } from './progress.ts';
import { makeStrategy, type Strategy } from './strategy.ts';
import { TraceTally } from './trace-tally.ts';

/** Share of the budget that exhaustive search may use in automatic mode. */
const EXHAUSTIVE_SHARE = 0.5;
/** Share after which automatic mode looks whether the search has a chance, and how many times the budget is none. */
const TRIAL_SHARE = 0.1;
const HOPELESS = 20;

type Plan = Exclude<StrategyName, 'auto' | 'replay'>;

/** How following a strategy ends: it is through, the budget is spent, or a failure stops it. */
type Outcome = 'through' | 'spent' | 'stopped';

/** Runs into the step bound are long or livelocked: the first few are looked at. */
const LOOKED_AT = 3;

export class Exploration {
  readonly #world: World;
  readonly #settings: Settings;
  readonly #tally = new TraceTally();
  readonly #found = new FoundFailures();
  readonly #livelocks: Failure[] = [];
  readonly #started = performance.now();
  #strategy: Strategy;
  /** The strategy's selector when that searches states. */
  #cache: CacheSearch | null = null;
  #outcome: Outcome | null = null;
  #limit: { executions: number; ms: number };
  #executions = 0;
  #begun = 0;
  #deadlocks = 0;
  #failing = 0;
  #blockedBefore = 0;
  #stepBounded = 0;
  #steps = 0;
  #sampled = 0;
  #nextLook = 0;
  /** Some task has given way (a yield, a refused try). */
  #givesWay = false;

  constructor(world: World, settings: Settings) {
    this.#world = world;
    this.#settings = settings;
    const { strategy, executions, ms } = settings;
    const plan: Plan = strategy === 'auto' || strategy === 'replay' ? 'source-dpor' : strategy;
    this.#strategy = makeStrategy(plan, world, settings);
    if (this.#strategy.selector instanceof CacheSearch) this.#cache = this.#strategy.selector;
    const share = strategy === 'auto' ? EXHAUSTIVE_SHARE : 1;
    this.#limit = { executions: executions * share, ms: ms * share };
  }

  *run(): Work<ExploreResult> {
    let outcome = yield* this.#follow();
    if (this.#settings.strategy === 'auto' && outcome === 'spent') {
      this.#tally.settle();
      this.#blockedBefore = this.#strategy.sleepBlocked();
      this.#strategy = makeStrategy('portfolio', this.#world, this.#settings);
      this.#limit = this.#settings;
      outcome = yield* this.#follow();
    }
    if (this.#givesWay && this.#livelocks.length === 0) yield* this.#probe();
    const failures = yield* this.#failures();
    const isExhausted = outcome === 'through' && this.#strategy.isComplete() && this.#stepBounded === 0;
    return this.#result(isExhausted, failures);
  }

  /** Runs the strategy at hand until there is an outcome. */
  *#follow(): Work<Outcome> {
    const { selector } = this.#strategy;
    const world = this.#world;
    const maxSteps = this.#settings.steps;
    const next = (ending: Ending): number => (this.#account(ending) ? this.#plan() : -1);
    this.#outcome = null;
    for (let prefix = this.#plan(); prefix >= 0; prefix = this.#plan()) {
      const ending = yield { world, selector, prefix, maxSteps, next };
      if (this.#outcome !== null) break;
      yield* this.#lookCloser(ending);
    }
    return this.#outcome!;
  }

  /** What the next execution keeps of the last; -1 when there is none, and why is the outcome. */
  #plan(): number {
    const prefix = this.#hasStopped() ? -1 : this.#strategy.selector.plan();
    if (prefix >= 0 && !this.#isSpent()) return prefix;
    this.#outcome = prefix >= 0 ? 'spent' : this.#hasStopped() ? 'stopped' : 'through';
    return -1;
  }

  /** Counts an execution; answers false when it is worth a closer look before the next. */
  #account(ending: Ending): boolean {
    const world = this.#world;
    this.#begun++;
    this.#steps += world.count;
    if (world.gaveWay) this.#givesWay = true;
    const closesCycle = this.#cache !== null && this.#cache.cycle >= 0;
    if (ending === 'complete') this.#complete();
    else if (ending === 'step-bound') {
      this.#stepBounded++;
      if (world.checks.failures.length > 0) this.#found.note(world, ending, this.#begun);
      return !closesCycle && (this.#stepBounded > LOOKED_AT || this.#livelocks.length > 0);
    }
    return !closesCycle;
  }

  #complete(): void {
    const world = this.#world;
    const isNew = this.#tally.add(this.#strategy.trace());
    // The search of states meets an end state from several sides.
    if (this.#cache !== null && !isNew) return;
    this.#executions++;
    if (!this.#strategy.isExhaustive) this.#sampled++;
    const isDead = isDeadlocked(world);
    if (isDead) this.#deadlocks++;
    if (!isDead && !world.leaks && world.checks.failures.length === 0) return;
    if (this.#found.note(world, 'complete', this.#begun)) this.#failing++;
  }

  *#lookCloser(ending: Ending): Work<void> {
    if (this.#cache !== null && this.#cache.cycle >= 0) yield* this.#closeCycle(this.#cache);
    if (ending === 'step-bound') yield* this.#lookForLivelock();
  }

  /** Tasks that try again and again may keep each other from it: looked for under fair schedulers, which search does not favour. */
  *#probe(): Work<void> {
    const livelock = yield* probeForLivelock(this.#world, this.#begun);
    if (livelock !== null) this.#addLivelock(livelock);
  }

  *#lookForLivelock(): Work<void> {
    const world = this.#world;
    const [tasks, choices, marks] = [world.pathTask.slice(), world.pathChoice.slice(), world.pathMark.slice()];
    const livelock = yield* makeLivelock(world, this.#begun);
    // The search goes on from the path as it was.
    world.pathTask.set(tasks);
    world.pathChoice.set(choices);
    world.pathMark.set(marks);
    if (livelock !== null) this.#addLivelock(livelock);
  }

  *#closeCycle(search: CacheSearch): Work<void> {
    const lasso = yield* cycleLasso(this.#world, search);
    if (lasso !== null) this.#addLivelock(livelockOf(lasso, this.#begun));
  }

  #addLivelock(livelock: Failure): void {
    const known = this.#livelocks.find(({ signature }) => signature === livelock.signature);
    if (known === undefined) this.#livelocks.push(livelock);
    else known.occurrences++;
    this.#failing++;
  }

  /** The different failures, minimised as far as asked for. */
  *#failures(): Work<readonly Failure[]> {
    return yield* describeFailures(this.#world, this.#livelocks, this.#found.all, this.#settings);
  }

  #hasStopped(): boolean {
    return this.#settings.stopOnFailure && (this.#deadlocks > 0 || this.#failing > 0);
  }

  #isSpent(): boolean {
    if (this.#begun >= this.#limit.executions) return true;
    if (this.#begun < this.#nextLook) return false;
    const elapsed = performance.now() - this.#started;
    // Looking at the clock costs more than a short execution.
    this.#nextLook = this.#begun + 16;
    if (this.#settings.onProgress !== null) this.#tellProgress(elapsed);
    if (elapsed >= this.#limit.ms) return true;
    return this.#settings.strategy === 'auto' && this.#strategy.isExhaustive && this.#isHopeless(elapsed);
  }

  #isHopeless(elapsed: number): boolean {
    const { executions, ms } = this.#settings;
    const spent = Math.max(this.#begun / executions, elapsed / ms);
    if (spent < TRIAL_SHARE) return false;
    const explored = this.#strategy.explored() ?? 0;
    return spent / Math.max(explored, 1e-12) > HOPELESS;
  }

  #lastProgress = 0;

  #tellProgress(elapsed: number): void {
    const { progressMs, onProgress, executions, ms } = this.#settings;
    if (elapsed - this.#lastProgress < progressMs) return;
    this.#lastProgress = elapsed;
    const explored = this.#strategy.explored();
    const isExhaustive = this.#strategy.isExhaustive;
    const rate = this.#begun / elapsed;
    const toBudget = Math.min(ms - elapsed, (executions - this.#begun) / rate);
    const toEnd = explored === null || explored <= 0 ? Number.POSITIVE_INFINITY : (elapsed * (1 - explored)) / explored;
    const left = Math.min(toBudget, toEnd);
    const progress: Progress = {
      phase: isExhaustive ? 'exhaustive' : 'sampling',
      executions: this.#executions,
      distinctTraces: this.#tally.distinct,
      estimatedTotal: explored === null || explored <= 0 ? null : this.#executions / explored,
      failing: this.#deadlocks + this.#failing,
      msElapsed: elapsed,
      msLeft: Number.isFinite(left) ? Math.max(0, left) : null,
    };
    onProgress!(progress);
  }

  #result(exhausted: boolean, failures: readonly Failure[]): ExploreResult {
    const { strategy, seed, validator } = this.#settings;
    return {
      verdict: this.#deadlocks > 0 ? 'deadlock' : this.#failing > 0 ? 'fail' : 'ok',
      strategy,
      seed,
      executions: this.#executions,
      distinctTraces: this.#tally.distinct,
      deadlocks: this.#deadlocks,
      failing: this.#failing,
      sleepBlocked: this.#blockedBefore + this.#strategy.sleepBlocked(),
      stepBounded: this.#stepBounded,
      steps: this.#steps,
      exhausted,
      estimate: estimate({
        exhausted,
        executions: this.#executions,
        sampled: this.#sampled,
        tally: this.#tally,
        explored: this.#strategy.explored(),
        stepBounded: this.#stepBounded,
        steps: this.#settings.steps,
      }),
      failures,
      reports: validator?.reports ?? [],
      ms: performance.now() - this.#started,
      divergence: null,
    };
  }
}
