/**
 * Livelock: tasks that keep moving and never get anywhere, as a lasso: a stem, and a loop that repeats for ever.
 *
 * An execution that has reached its step bound is continued by a fair scheduler (round robin over all that can move). When the same
 * steps with the same results from the same object states come three times over, the tasks see nothing new and will go on so;
 * every task that could move does move in the loop, so it is no fault of the scheduler's. A task that counts its attempts in
 * a local variable escapes in the end: bound such loops. The stem is then cut as short as it goes, and tasks that have nothing to do with
 * the others are left out.
 */
import type { Work } from '../engine/drive.ts';
import { SimulatorError } from '../engine/error.ts';
import { foldPlain, foldText, Hash } from '../engine/hash.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import type { World } from '../engine/world.ts';
import type { Finding } from './finding.ts';
import { nextInTurn } from './in-turn.ts';
import { type RecordedStep, record } from './record.ts';

/** Steps of fair scheduling in which the loop must show. */
const TAIL = 1_200;
const TURNS = 3;
/** Steps in a row that a fair scheduler gives a task. */
const MAX_STRIDE = 3;
const NOTHING = new Int32Array(0);
const NOBODY: ReadonlySet<number> = new Set();

export interface Lasso {
  readonly finding: Finding;
  readonly stem: readonly RecordedStep[];
  readonly loop: readonly RecordedStep[];
}

/** Looks for a livelock from the beginning, under fair schedulers of different strides. */
export function* probeForLasso(world: World): Work<Lasso | null> {
  for (let stride = 1; stride <= MAX_STRIDE; stride++) {
    const found = yield* continueFairly(world, NOTHING, NOTHING, 0, stride);
    if (found !== null) return yield* withoutBystanders(world, found);
  }
  return null;
}

/** Looks for a livelock at the end of the execution that has just run into its bound. */
export function* findLasso(world: World): Work<Lasso | null> {
  const tasks = world.pathTask.slice(0, world.count);
  const choices = world.pathChoice.slice(0, world.count);
  let whole: Lasso | null = null;
  for (let stride = 1; stride <= MAX_STRIDE && whole === null; stride++) {
    whole = yield* continueFairly(world, tasks, choices, tasks.length, stride);
  }
  if (whole === null) return null;
  for (let stem = 0; stem < tasks.length; stem = stem === 0 ? 1 : stem * 2) {
    const shorter = yield* continueFairly(world, tasks, choices, stem);
    if (shorter !== null) return yield* withoutBystanders(world, shorter);
  }
  return yield* withoutBystanders(world, whole);
}

/** The same without the tasks that share nothing with those in the loop: run again, for the lasso may close sooner. */
function* withoutBystanders(world: World, lasso: Lasso): Work<Lasso> {
  const without = bystanders(world, lasso);
  if (without.size === 0) return lasso;
  for (let stride = 1; stride <= MAX_STRIDE; stride++) {
    const alone = yield* continueFairly(world, NOTHING, NOTHING, 0, stride, without);
    if (alone !== null && alone.finding.signature === lasso.finding.signature) return alone;
  }
  const names = new Set([...without].map((task) => world.tasks[task]!.name));
  return { ...lasso, stem: lasso.stem.filter(({ task }) => !names.has(task)) };
}

/** Numbers of the tasks outside of the loop that touch no object others touch, and start none of them. */
function bystanders(world: World, { stem, loop }: Lasso): ReadonlySet<number> {
  const looping = new Set(loop.map(({ task }) => task));
  const objectsOf = (isOne: (task: string) => boolean): Set<number> =>
    new Set([...stem, ...loop].filter(({ task }) => isOne(task)).flatMap(({ objects }) => objects));
  const found = new Set<number>();
  for (const { index, name } of world.tasks) {
    if (looping.has(name) || world.tasks.some(({ parent }) => parent === index)) continue;
    if (objectsOf((task) => task === name).isDisjointFrom(objectsOf((task) => task !== name))) found.add(index);
  }
  return found;
}

function* continueFairly(
  world: World,
  tasks: Int32Array,
  choices: Int32Array,
  stem: number,
  stride = 1,
  without = NOBODY,
): Work<Lasso | null> {
  const tail = new FairTail(world, tasks, choices, stem, stride, without);
  yield { world, selector: tail, prefix: 0, maxSteps: stem + TAIL + 1 };
  const period = tail.period();
  if (period === 0) return null;
  const start = tail.loopStart(period);
  world.count = start + period;
  const steps = yield* record(world, start + period + 1);
  const loop = steps.slice(start);
  return { finding: findingOf(loop), stem: steps.slice(0, start), loop };
}

function findingOf(loop: readonly RecordedStep[]): Finding {
  const names = [...new Set(loop.map(({ task }) => task))];
  const key = [...new Set(loop.map(({ task, label }) => `${task}: ${label}`))].sort();
  return {
    kind: 'livelock',
    signature: `livelock ${key.join('; ')}`,
    message: `${names.join(', ')} repeat ${loop.length} step${loop.length === 1 ? '' : 's'} for ever`,
    waits: [],
  };
}

/** The given steps, then round robin; remembers what each step of the tail did and what it left. */
class FairTail implements Selector {
  readonly #world: World;
  readonly #tasks: Int32Array;
  readonly #choices: Int32Array;
  readonly #stem: number;
  readonly #stride: number;
  readonly #without: ReadonlySet<number>;
  #inRow = 0;
  readonly #prints: number[] = [];
  readonly #hash = new Hash();

  constructor(
    world: World,
    tasks: Int32Array,
    choices: Int32Array,
    stem: number,
    stride: number,
    without: ReadonlySet<number>,
  ) {
    this.#world = world;
    this.#tasks = tasks;
    this.#choices = choices;
    this.#stem = stem;
    this.#stride = stride;
    this.#without = without;
  }

  plan(): number {
    return 0;
  }

  begin(): void {}

  pick(world: World, count: number): number {
    const at = world.count;
    if (at >= this.#stem + TAIL) return -1;
    if (at < this.#stem) return world.isEnabled(this.#tasks[at]!) ? this.#tasks[at]! : -1;
    const last = at === 0 ? -1 : world.pathTask[at - 1]!;
    if (++this.#inRow < this.#stride && last >= 0 && world.isEnabled(last)) return last;
    this.#inRow = 0;
    return nextInTurn(world, count, last, this.#without);
  }

  choose(world: World): number {
    return world.count < this.#stem ? this.#choices[world.count]! : 0;
  }

  stepped(world: World, task: number): void {
    if (world.count <= this.#stem) return;
    this.#hash.restart();
    this.#hash.fold(task);
    const { pending } = world.tasks[task]!;
    foldText(this.#hash, pending === null ? '' : pending.label());
    for (const object of world.objects) if (object !== undefined) foldState(this.#hash, object);
    this.#prints.push(this.#hash.value);
  }

  end(_world: World, _ending: Ending): void {}

  /** Length of the loop that the tail ends in; 0: none. */
  period(): number {
    const prints = this.#prints;
    const { length } = prints;
    if (length < TAIL) return 0;
    for (let period = 1; period * TURNS <= length; period++) {
      let same = 0;
      while (same < period * (TURNS - 1) && prints[length - 1 - same] === prints[length - 1 - same - period]) same++;
      if (same === period * (TURNS - 1) && !this.#onlyDaemons(period)) return period;
    }
    return 0;
  }

  /** First step from which on everything repeats. */
  loopStart(period: number): number {
    const prints = this.#prints;
    let start = prints.length - period;
    while (start > 0 && prints[start - 1] === prints[start - 1 + period]) start--;
    return this.#stem + start;
  }

  #onlyDaemons(period: number): boolean {
    const end = this.#stem + this.#prints.length;
    for (let at = end - period; at < end; at++) if (!this.#world.tasks[this.#world.pathTask[at]!]!.daemon) return false;
    return true;
  }
}

function foldState(hash: Hash, object: { key(): unknown; kind: string; name: string }): void {
  if (object.kind === 'clock') return;
  try {
    foldPlain(hash, object.key(), object.name);
  } catch (error) {
    // Not comparable: what the tasks do must then speak for itself.
    if (!(error instanceof SimulatorError)) throw error;
  }
}
