/**
 * From a failing execution to the shortest one that fails in the same way: fewest preemptions, then tasks, switches, steps.
 *
 * Delta debugging over stretches: leave out a task, merge, drop, swap, shorten, move stretches, keep what still fails. Then, where
 * preemptions are left, a context-bounded search below that number either finds a better one or, when it gets through, proves that there is
 * none. Work is limited in steps executed, not in time, so that the result does not depend on the machine.
 */
import type { Work } from '../engine/drive.ts';
import type { Ending } from '../engine/selector.ts';
import { NO_CHOICE, type World } from '../engine/world.ts';
import { BoundedSearch } from '../search/bounded-search.ts';
import { certainFindings, type Finding, findings } from './finding.ts';
import { isShorter, type Path, pathOf, type Segment } from './path.ts';
import { TolerantReplay } from './tolerant-replay.ts';

export interface MinimiseOptions {
  readonly maxSteps: number;
  /** Steps to spend on replays, and as many again on the proof. */
  readonly effort: number;
  /** Which failure it is, where that is not one signature: at the end of an execution, and before (what more steps cannot undo). */
  readonly recognise?: (world: World, isOver: boolean) => Finding | null;
}

export interface Minimised {
  readonly path: Path;
  readonly finding: Finding;
  /** No schedule with fewer preemptions fails in this way. */
  readonly proven: boolean;
  readonly replays: number;
}

/** Moving stretches about is tried up to this many of them. */
const MAX_MOVED = 24;
const NOBODY: ReadonlySet<number> = new Set();

export function* minimise(
  world: World,
  start: Path,
  signature: string,
  options: MinimiseOptions,
): Work<Minimised | null> {
  const minimiser = new Minimiser(world, signature, options);
  if (!(yield* minimiser.begin(start))) return null;
  yield* minimiser.dropTasks();
  yield* minimiser.shorten();
  const proven = yield* minimiser.prove();
  return { path: minimiser.best, finding: minimiser.finding!, proven, replays: minimiser.replays };
}

class Minimiser {
  readonly #world: World;
  readonly #signature: string;
  readonly #options: MinimiseOptions;
  #best: Path | null = null;
  finding: Finding | null = null;
  replays = 0;
  #left: number;
  #without: ReadonlySet<number> = NOBODY;

  constructor(world: World, signature: string, options: MinimiseOptions) {
    this.#world = world;
    this.#signature = signature;
    this.#options = options;
    this.#left = options.effort;
  }

  get best(): Path {
    return this.#best!;
  }

  /** Whether the failure recurs at all. */
  *begin(start: Path): Work<boolean> {
    return yield* this.#try(start.segments, start.choices, NOBODY);
  }

  *dropTasks(): Work<void> {
    for (const task of new Set(this.best.segments.map((segment) => segment.task))) {
      const without = new Set([...this.#without, task]);
      const segments = this.best.segments.filter((segment) => segment.task !== task);
      if (yield* this.#try(segments, this.best.choices, without)) this.#without = without;
    }
  }

  *shorten(): Work<void> {
    for (let improved = true; improved; ) {
      improved = false;
      for (const segments of proposals(this.best.segments)) {
        if (this.#left <= 0) return;
        improved = yield* this.#try(segments, this.best.choices, this.#without);
        if (improved) break;
      }
    }
  }

  /** Looks for the failure with fewer preemptions; true when there is none for certain. */
  *prove(): Work<boolean> {
    if (this.best.preemptions === 0) return true;
    const world = this.#world;
    const search = new BoundedSearch('context', this.best.preemptions - 1);
    let left = this.#options.effort;
    while (search.plan() >= 0) {
      const ending = yield { world, selector: search, prefix: 0, maxSteps: this.#options.maxSteps };
      left -= world.count;
      if (ending === 'complete' && this.#atEnd(ending) !== null) {
        const path = pathOf(world, search.level, choicesOf(world));
        if (yield* this.#try(path.segments, path.choices, NOBODY)) {
          this.#left = this.#options.effort;
          yield* this.shorten();
        }
        return this.best.preemptions <= search.level;
      }
      if (left <= 0) return false;
    }
    return true;
  }

  /** Runs a proposal; keeps it when it fails in the same way and is shorter. */
  *#try(
    segments: readonly Segment[],
    choices: ReadonlyMap<number, readonly number[]>,
    without: ReadonlySet<number>,
  ): Work<boolean> {
    const world = this.#world;
    const replay = new TolerantReplay(segments, choices, without, () => this.#before() !== null);
    const ending = yield { world, selector: replay, prefix: 0, maxSteps: this.#options.maxSteps };
    this.replays++;
    this.#left -= Math.max(1, world.count);
    const finding = ending === 'pruned' ? this.#before() : this.#atEnd(ending);
    if (finding === null) return false;
    const path = pathOf(world, replay.preemptions, replay.made);
    if (this.#best !== null && !isShorter(path, this.#best)) return false;
    this.#best = path;
    this.finding = finding;
    return true;
  }

  /** What is certain while tasks can still move. */
  #before(): Finding | null {
    const { recognise } = this.#options;
    return recognise === undefined ? this.#match(certainFindings(this.#world)) : recognise(this.#world, false);
  }

  #atEnd(ending: Ending): Finding | null {
    const { recognise } = this.#options;
    if (recognise === undefined) return this.#match(findings(this.#world, ending));
    return recognise(this.#world, ending === 'complete');
  }

  #match(found: readonly Finding[]): Finding | null {
    return found.find(({ signature }) => signature === this.#signature) ?? null;
  }
}

/** Outcomes of the choices of the execution that has just run, by task. */
export function choicesOf(world: World): Map<number, number[]> {
  const choices = new Map<number, number[]>();
  for (let at = 0; at < world.count; at++) {
    if (world.pathChoice[at] === NO_CHOICE) continue;
    const task = world.pathTask[at]!;
    const made = choices.get(task);
    if (made === undefined) choices.set(task, [world.pathChoice[at]!]);
    else made.push(world.pathChoice[at]!);
  }
  return choices;
}

/** Schedules near this one, the most promising first. */
function* proposals(segments: readonly Segment[]): Generator<Segment[]> {
  const count = segments.length;
  for (let i = 0; i < count; i++) {
    const j = segments.findIndex((segment, place) => place > i && segment.task === segments[i]!.task);
    if (j < 0) continue;
    const merged: Segment = { task: segments[i]!.task, steps: segments[i]!.steps + segments[j]!.steps };
    yield segments.toSpliced(j, 1).with(i, merged);
    yield segments.with(j, merged).toSpliced(i, 1);
  }
  for (let i = 0; i < count; i++) yield segments.toSpliced(i, 1);
  for (let i = count - 1; i > 0; i--) yield segments.slice(0, i);
  for (let i = 0; i + 1 < count; i++) yield segments.with(i, segments[i + 1]!).with(i + 1, segments[i]!);
  for (let i = 0; i < count; i++) {
    const { task, steps } = segments[i]!;
    for (const fewer of new Set([1, steps >> 1, steps - 1])) {
      if (fewer > 0 && fewer < steps) yield segments.with(i, { task, steps: fewer });
    }
  }
  if (count > MAX_MOVED) return;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++)
      if (j !== i && j !== i - 1) yield segments.toSpliced(i, 1).toSpliced(j, 0, segments[i]!);
  }
}
