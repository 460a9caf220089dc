/**
 * Exhaustive search by re-execution: the stack of choice points of the execution at hand, and where to go on from.
 *
 * Three searches are one here, told apart by what a choice point begins with and whether races add to it:
 * - *enumeration*: every enabled task, nothing asleep: every interleaving once;
 * - *sleep sets*: every enabled task that is not asleep: every trace completed once, other branches cut short;
 * - *source-DPOR*: one task, and what the races found later add (source sets), with sleep sets. Memory O(depth × tasks).
 *
 * A task sleeps at a choice point when what it would do there has been explored from a sibling and nothing since depends on it.
 * Rules A and B: when an execution ends in a deadlock, or is cut short because all that could move sleep, the operations that
 * blocked tasks never came to run are scanned for races too.
 *
 * A search can be told to explore one branch only ({@link TreeSearch.start}), and asked what is left of it ({@link TreeSearch.remainder}): branches
 * again, which others may explore. What races would add at the choice points above its branch is collected, not done.
 */

import { conflicts } from '../engine/access.ts';
import { AccessSet } from '../engine/access-set.ts';
import { SimulatorError } from '../engine/error.ts';
import { growInt32, growUint8 } from '../engine/grow.ts';
import type { Op } from '../engine/op.ts';
import type { Ending, Selector } from '../engine/selector.ts';
import type { SimTask } from '../engine/sim-task.ts';
import type { World } from '../engine/world.ts';
import type { Branch, MissingBranch, Remainder, TaskKey } from './branch.ts';
import { History } from './history.ts';
import { Races } from './races.ts';
import { Withdrawn } from './withdrawn.ts';

export type TreeSearchKind = 'enumeration' | 'sleep-sets' | 'source-dpor';

const BACKTRACK = 1;
const ASLEEP = 2;
const DONE = 4;

export class TreeSearch implements Selector {
  readonly kind: TreeSearchKind;
  readonly history: History = new History();
  /** Executions cut short because all that could move was asleep. */
  sleepBlocked = 0;
  /** What races would have added at choice points above the branch; every set of tasks once. */
  readonly missing: Map<string, MissingBranch> = new Map();
  readonly #races: Races;
  readonly #world: World;
  readonly #accesses = new AccessSet();
  readonly #others = new AccessSet();
  readonly #withdrawn = new Withdrawn();
  /** `#flags[depth * #stride + task]`. */
  #flags: Uint8Array = new Uint8Array(64 * 8);
  #stride = 8;
  /** By depth: how many outcomes the chosen step has, and which one is being explored. */
  #choices: Int32Array = new Int32Array(64);
  #choice: Int32Array = new Int32Array(64);
  #started = false;
  /** The one branch to explore, and the depth of its first step; null and -1: everything. */
  #branch: Branch | null = null;
  #own = -1;
  /** The branch's first execution has not come to where the branch leaves the others. */
  #forcing = false;
  /** Depth and task with which the next execution leaves the last one. */
  #resumeAt = -1;
  #resumeTask = -1;
  /** The step whose races are being looked for. */
  #racing = 0;

  constructor(world: World, kind: TreeSearchKind) {
    this.kind = kind;
    this.#world = world;
    this.#races = new Races(world, this.history, this.#withdrawn, (event) => this.#addBacktrack(event));
  }

  /** From here on, this branch only: the next execution begins with its steps. */
  start(branch: Branch): void {
    this.history.popTo(0);
    this.#withdrawn.popTo(0);
    this.missing.clear();
    // Later rows are written as the step before them is.
    this.#flags.fill(0, 0, this.#stride);
    this.#started = false;
    this.#resumeAt = -1;
    this.#branch = branch;
    this.#own = branch.tasks.length - 1;
    this.#forcing = this.#own >= 0;
  }

  /** What has not been explored, after an execution; the search is not to go on by itself then. */
  remainder(): Remainder {
    const { history } = this;
    const keyOf = (task: number): TaskKey => this.#world.taskKey(task);
    const branches: Remainder['branches'][number][] = [];
    const known: TaskKey[][] = [];
    for (let depth = Math.max(this.#own, 0); depth < history.length; depth++) {
      const task = history.task[depth]!;
      const row = this.#flags.subarray(depth * this.#stride, (depth + 1) * this.#stride);
      const asleep = tasksWith(row, (flags) => (flags & ASLEEP) !== 0).map(keyOf);
      const choice = this.#choice[depth]! + 1;
      if (choice < this.#choices[depth]!) branches.push({ depth, task: keyOf(task), choice, sleep: asleep });
      if (depth === this.#own) continue;
      const before = [...asleep, keyOf(task)];
      for (const next of tasksWith(row, (flags) => (flags & (BACKTRACK | ASLEEP | DONE)) === BACKTRACK)) {
        if (next === task) continue;
        const key = keyOf(next);
        branches.push({ depth, task: key, choice: 0, sleep: [...before] });
        before.push(key);
      }
      known.push(tasksWith(row, (flags) => flags !== 0).map(keyOf));
    }
    const depth = branches.at(-1)?.depth ?? 0;
    return {
      tasks: Array.from(history.task.subarray(0, depth), keyOf),
      choices: [...this.#choice.subarray(0, depth)],
      known: known.slice(0, depth - this.#own),
      branches,
    };
  }

  plan(): number {
    if (!this.#started) {
      this.#started = true;
      return 0;
    }
    const { history } = this;
    for (let depth = history.length - 1; depth >= Math.max(this.#own, 0); depth--) {
      const task = history.task[depth]!;
      history.popTo(depth);
      this.#withdrawn.popTo(depth);
      if (this.#choice[depth]! + 1 < this.#choices[depth]!) {
        this.#choice[depth]!++;
        this.#resumeTask = task;
      } else {
        this.#choice[depth] = 0;
        if (depth === this.#own) return -1;
        this.#flags[depth * this.#stride + task]! |= this.kind === 'enumeration' ? DONE : DONE | ASLEEP;
        this.#resumeTask = this.#nextBacktrack(depth);
      }
      if (this.#resumeTask >= 0) {
        this.#resumeAt = depth;
        return depth;
      }
    }
    return -1;
  }

  begin(_world: World): void {}

  pick(world: World, count: number): number {
    const depth = world.count;
    this.#fit(depth);
    let task: number;
    if (this.#forcing) {
      task = this.#force(depth);
      checkReversible(world, task);
    } else if (depth === this.#resumeAt) {
      task = this.#resumeTask;
      this.#resumeAt = -1;
      checkReversible(world, task);
    } else {
      task = this.#open(world, depth, count);
      if (task < 0) {
        this.sleepBlocked++;
        return -1;
      }
    }
    this.#prepare(world, depth, task);
    return task;
  }

  choose(world: World): number {
    return this.#choice[world.count]!;
  }

  stepped(world: World): void {
    this.history.seal(world.objects);
    if (world.givenUp.length > 0) this.#withdrawn.noteGivenUp(world, this.history);
  }

  end(world: World, ending: Ending): void {
    if (this.kind !== 'source-dpor' || ending === 'step-bound') return;
    for (const task of world.tasks) {
      if (ending === 'complete' || !world.isEnabled(task.index)) this.#scanPending(world, task);
    }
    if (this.#withdrawn.isEmpty) return;
    for (const { task, op, accesses, killer } of this.#withdrawn.recalled(this.history)) {
      this.#scan(task, op, accesses, killer);
    }
  }

  /** Share of the tree explored, by the choice points as they are known now: sums to 1 at the end. */
  explored(): number {
    let share = 1;
    let done = 0;
    for (let depth = 0; depth < this.history.length; depth++) {
      const row = depth * this.#stride;
      let branches = 0;
      let finished = 0;
      for (let t = 0; t < this.#stride; t++) {
        const flags = this.#flags[row + t]!;
        if ((flags & BACKTRACK) === 0) continue;
        branches++;
        if ((flags & DONE) !== 0) finished++;
      }
      if (branches === 0) break;
      done += (share * finished) / branches;
      share /= branches;
    }
    return Math.min(1, done);
  }

  /** The next step of the branch; what is known of the choice point it leaves. */
  #force(depth: number): number {
    const { tasks, choices, known, sleep } = this.#branch!;
    const row = depth * this.#stride;
    const world = this.#world;
    for (const key of known[depth]!) this.#flags[row + world.taskNumber(key)]! |= BACKTRACK | DONE;
    if (depth === this.#own) {
      for (const key of sleep) this.#flags[row + world.taskNumber(key)]! |= ASLEEP;
      this.#forcing = false;
    }
    this.#choice[depth] = choices[depth]!;
    return world.taskNumber(tasks[depth]!);
  }

  /** Begins a choice point: what may be explored here, and with whom to begin; -1 when all that can move is asleep. */
  #open(world: World, depth: number, count: number): number {
    const row = depth * this.#stride;
    const flags = this.#flags;
    const first = this.#firstChoice(world, depth, count);
    this.#choice[depth] = 0;
    if (first < 0) return -1;
    if (this.kind === 'source-dpor') flags[row + first]! |= BACKTRACK;
    else for (let i = 0; i < count; i++) flags[row + world.enabled[i]!]! |= BACKTRACK;
    return first;
  }

  /** Whoever moved last goes on, unless it gives way; then the next in turn. */
  #firstChoice(world: World, depth: number, count: number): number {
    const row = depth * this.#stride;
    const last = depth === 0 ? -1 : world.pathTask[depth - 1]!;
    let next = -1;
    let lowest = -1;
    for (let i = 0; i < count; i++) {
      const task = world.enabled[i]!;
      if ((this.#flags[row + task]! & ASLEEP) !== 0) continue;
      if (task === last && !world.tasks[task]!.yielded) return task;
      if (next < 0 && task > last) next = task;
      if (lowest < 0) lowest = task;
    }
    return next >= 0 ? next : lowest;
  }

  #nextBacktrack(depth: number): number {
    const row = depth * this.#stride;
    for (let t = 0; t < this.#stride; t++) {
      if ((this.#flags[row + t]! & (BACKTRACK | ASLEEP | DONE)) === BACKTRACK) return t;
    }
    return -1;
  }

  /** Everything that has to be known before the step runs: its accesses, its races, who sleeps after it. */
  #prepare(world: World, depth: number, task: number): void {
    const { history } = this;
    const sleeper = world.tasks[task]!;
    const op = sleeper.pending!;
    const accesses = this.#accesses;
    accesses.collect(sleeper);
    this.#choices[depth] = op.choices;
    history.preparePast(world, task);
    // The races of the steps before the branch have been found by whoever left it.
    if (this.kind === 'source-dpor' && depth >= this.#own) this.#scan(task, op, accesses);
    this.#passSleep(world, depth, task);
    history.push(task, op, this.#choice[depth]!, accesses);
    this.#withdrawn.note(world, history, op);
  }

  /** The operation of a task that is blocked at the end. */
  #scanPending(world: World, task: SimTask): void {
    if (task.pending === null) return;
    this.#others.collect(task);
    this.history.preparePast(world, task.index);
    this.#scan(task.index, task.pending, this.#others);
  }

  #passSleep(world: World, depth: number, moving: number): void {
    const stride = this.#stride;
    const { length } = world.tasks;
    const row = depth * stride;
    const flags = this.#flags;
    // Rows are short: a loop is faster than fill() and copyWithin(), here and in the history.
    for (let t = 0; t < length; t++) flags[row + stride + t] = 0;
    if (this.kind === 'enumeration') return;
    for (let t = 0; t < length; t++) {
      if ((flags[row + t]! & ASLEEP) === 0 || t === moving) continue;
      const task = world.tasks[t]!;
      if (task.pending !== null && !this.#accesses.dependsOn(task)) flags[row + stride + t] = ASLEEP;
    }
  }

  /** Scans an op whose past has been prepared; one that a kill has taken away, with the events before that one. */
  #scan(task: number, op: Op, accesses: AccessSet, killer = -1): void {
    const { length } = this.history;
    const end = killer < 0 ? length : killer + 1;
    this.#racing = task;
    this.#races.scan(task, op, accesses, length, end, this.history.gate[length]!, killer);
  }

  /** A race with the event at depth `e`: some task that can begin v must be tried there. */
  #addBacktrack(e: number): void {
    const { history } = this;
    const row = e * this.#stride;
    const first = initials.reset(history.stride);
    let candidate = -1;
    while (candidates.length > 0) candidates.pop();
    for (let j = e + 1; j < history.length; j++) {
      const t = history.task[j]!;
      if (first[t] !== -1 || !this.#races.inV(j)) continue;
      first[t] = history.ordinal[j]!;
      initials.seen.push(t);
      if (!this.#beginsV(j * history.stride, t)) continue;
      if (this.#flags[row + t] !== 0) return;
      if (candidate < 0) candidate = t;
      candidates.push(t);
    }
    const own = this.#racing;
    if (first[own] === -1 && this.#beginsV(history.length * history.stride, own) && !this.#dependsOnV(e)) {
      if (this.#flags[row + own] !== 0) return;
      candidate = own;
      candidates.push(own);
    }
    if (e > this.#own) this.#flags[row + candidate]! |= BACKTRACK;
    else this.#miss(e);
  }

  #miss(depth: number): void {
    const name = `${depth} ${candidates.join()}`;
    if (this.missing.has(name)) return;
    this.missing.set(name, { depth, tasks: candidates.map((task) => this.#world.taskKey(task)) });
  }

  /** Whether the clock at `row` knows none of the events of v seen so far (by other tasks than `task`). */
  #beginsV(row: number, task: number): boolean {
    const { clocks } = this.history;
    for (const u of initials.seen) if (u !== task && clocks[row + u]! > initials.first[u]!) return false;
    return true;
  }

  /** Whether the racing step conflicts with something in v, which must then come before it. */
  #dependsOnV(e: number): boolean {
    const { history } = this;
    const { inS } = this.#races;
    for (let k = 0; k < inS.count; k++) {
      for (let a = history.head[inS.objects[k]!]!; a >= 0; a = history.previous[a]!) {
        const j = history.event[a]!;
        if (j <= e) break;
        if (conflicts(history.mode[a]!, inS.modes[k]!) && this.#races.inV(j)) return true;
      }
    }
    return false;
  }

  #fit(depth: number): void {
    const tasks = this.#world.tasks.length;
    if (tasks > this.#stride) this.#widen(tasks);
    if ((depth + 2) * this.#stride > this.#flags.length)
      this.#flags = growUint8(this.#flags, (depth + 2) * this.#stride);
    if (depth >= this.#choice.length) {
      this.#choice = growInt32(this.#choice, depth + 1);
      this.#choices = growInt32(this.#choices, depth + 1);
    }
  }

  #widen(tasks: number): void {
    const old = this.#stride;
    let stride = old;
    while (stride < tasks) stride *= 2;
    const rows = Math.floor(this.#flags.length / old);
    const flags = new Uint8Array(rows * stride);
    for (let row = 0; row < rows; row++) flags.set(this.#flags.subarray(row * old, row * old + old), row * stride);
    this.#flags = flags;
    this.#stride = stride;
  }
}

function tasksWith(row: Uint8Array, is: (flags: number) => boolean): number[] {
  const tasks: number[] = [];
  for (let task = 0; task < row.length; task++) if (is(row[task]!)) tasks.push(task);
  return tasks;
}

/** A race said that the task could go first here; if not, an object has answered wrongly about another state. */
function checkReversible(world: World, task: number): void {
  if (world.isEnabled(task)) return;
  const { pending, name } = world.tasks[task]!;
  throw new SimulatorError(
    'nondeterministic',
    `'${name}' was to run ${pending === null ? 'nothing' : `'${pending.label()}'`} in place of a later step and cannot: ` +
      'the program is not the same in each execution, or an object of its own (sim.object) is wrong in enabledIn() or twin()',
  );
}

/** Tasks any of which can begin v; shared scratch. */
const candidates: number[] = [];

/** By task, the ordinal of its first event in v; shared scratch, valid during one {@link TreeSearch} call. */
const initials = {
  first: new Int32Array(8).fill(-1),
  seen: [] as number[],
  reset(tasks: number): Int32Array {
    if (this.first.length < tasks) this.first = new Int32Array(tasks).fill(-1);
    for (const t of this.seen) this.first[t] = -1;
    while (this.seen.length > 0) this.seen.pop();
    return this.first;
  },
};
