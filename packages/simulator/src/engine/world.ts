/**
 * The scheduler: one execution of a program at a time, one visible step after the other, nothing left to chance.
 *
 * A step runs the pending operation of one task and then that task's code up to its next operation. The same program and
 * the same sequence of (task, outcome) give the same execution, which is all that replay and search rest on. The world keeps that
 * sequence (`pathTask`, `pathChoice`) and knows nothing of strategies. Cost of a step: the operation, one resumption, no allocation.
 */
import { Clock } from '../objects/clock.ts';
import { Control } from '../objects/control.ts';
import { AccessSet, modeOf } from './access-set.ts';
import { Checks, messageOf } from './checks.ts';
import { SimulatorError } from './error.ts';
import { growInt32 } from './grow.ts';
import { foldStep } from './hash.ts';
import { NumberTable } from './number-table.ts';
import { captureSites, Op, takeSite } from './op.ts';
import { Registry } from './registry.ts';
import { NO_OBJECTS, type SimObject } from './sim-object.ts';
import { SimTask, type TaskOptions } from './sim-task.ts';
import { type AsyncFront, arrive, beginTask, foreignWait, isWait, type TaskCode, unwindTask } from './task-code.ts';
import { TaskKilledError } from './task-killed-error.ts';
import type { TraceHash } from './trace-hash.ts';
import type { WorldListener } from './world-listener.ts';

/** Turns operations of other packages into those of this world. */
export interface Adapter {
  /** The op for a value that a task has yielded; null when it is none. */
  adopt(value: unknown): Op | null;
  /** A new execution. */
  restart(): void;
}

/** An operation that its task will not come to run, and the event without which it could not have run it. */
export interface GivenUp {
  readonly task: SimTask;
  readonly op: Op;
  readonly gate: number;
}

const SETUP = -1;
/** As an outcome: the step had no choice. */
export const NO_CHOICE = -1;

export class World {
  /** By number; a task that has not been started in this execution is idle. */
  readonly tasks: SimTask[] = [];
  readonly registry: Registry = new Registry(this);
  readonly checks: Checks = new Checks(this);
  readonly control: Control = new Control();
  readonly clock: Clock = new Clock();
  /** Steps done in this execution, which is also the number of the next event. */
  count = 0;
  /** The event that runs, with all that async code does because of it; -1 in the setup. */
  event = -1;
  /** Outcome of the choice that the running step stands for. */
  choice = 0;
  /** Number of the task whose code is running; -1 in the setup. */
  current: number = SETUP;
  /** Numbers of the tasks that have started and not ended, in no particular order. */
  readonly live: number[] = [];
  /** Tasks that can move, filled by {@link collectEnabled}. */
  readonly enabled: number[] = [];
  pathTask: Int32Array = new Int32Array(64);
  /** Outcome of each step, {@link NO_CHOICE} where it had none. */
  pathChoice: Int32Array = new Int32Array(64);
  /** Which operation each step was, to notice a program that changes between executions. */
  pathMark: Int32Array = new Int32Array(64);
  /** Whether ending with a lock held is a failure. */
  leaks = true;
  listener: WorldListener | null = null;
  /** Keep each task's rolling history (state caching). */
  hashing = false;
  /** Hash of the trace so far, kept up where somebody wants it. */
  trace: TraceHash | null = null;
  readonly #traced = new AccessSet();
  asyncFront: AsyncFront | null = null;
  adapter: Adapter | null = null;
  /** Some task has given way in this execution. */
  gaveWay = false;
  /** Waits that the latest step has ended without what was waited for: another task's step, of async code that gives up. */
  readonly givenUp: GivenUp[] = [];
  /** The stack of each task's latest wait, while they are captured. */
  sites: (string | null)[] = [];
  #capturing = false;
  /** Somebody wants to be told of each step and each wait. */
  #watched = false;
  readonly #setup: (world: World) => void;
  readonly #taskNumbers = new NumberTable();

  constructor(setup: (world: World) => void) {
    this.#setup = setup;
    this.control.world = this;
  }

  get objects(): readonly (SimObject | undefined)[] {
    return this.registry.objects;
  }

  /** A new execution: everything as at the beginning, initial tasks parked at their first operation. */
  restart(): void {
    this.listener?.executionStarts();
    this.adapter?.restart();
    this.asyncFront?.restart();
    this.count = 0;
    this.event = -1;
    this.gaveWay = false;
    this.current = SETUP;
    if (this.#capturing) this.sites = [];
    this.checks.restart();
    this.#watched = this.listener !== null || this.hashing || this.#capturing;
    this.trace?.restart();
    this.#taskNumbers.restart();
    this.registry.restart();
    while (this.live.length > 0) this.live.pop();
    this.#setup(this);
    this.current = SETUP;
  }

  /** Writes a path into the world, as if it had just run. */
  layOut(tasks: ArrayLike<number>, choices: ArrayLike<number>): void {
    this.count = tasks.length;
    if (this.count > this.pathTask.length) this.#growPath();
    this.pathTask.set(tasks);
    this.pathChoice.set(choices);
  }

  /** Fills `enabled` with the tasks that can move, lowest number first; answers how many. */
  collectEnabled(): number {
    const { tasks, enabled } = this;
    let count = 0;
    for (let i = 0; i < tasks.length; i++) {
      const task = tasks[i]!;
      const op = task.pending;
      if (op !== null && (!op.blocks || canRun(task, op))) enabled[count++] = i;
    }
    return count;
  }

  isEnabled(index: number): boolean {
    const task = this.tasks[index]!;
    const op = task.pending;
    return op !== null && (!op.blocks || canRun(task, op));
  }

  /** Moves one task, which must be enabled. */
  step(index: number, choice: number): void {
    const task = this.tasks[index]!;
    const op = task.pending!;
    const at = this.count;
    this.event = at;
    if (this.givenUp.length > 0) this.givenUp.length = 0;
    if (at >= this.pathTask.length) this.#growPath();
    this.pathTask[at] = index;
    this.pathChoice[at] = choice;
    this.pathMark[at] = markOf(op);
    this.choice = choice;
    this.current = index;
    task.yielded = false;
    if (this.trace !== null) this.#addToTrace(this.trace, task, op);
    const result = op.object.run(op, index);
    task.gate = -1;
    task.steps++;
    if (this.#watched || op.follow !== null) this.#goOn(task, op, result);
    else this.#resume(task, result);
    this.count = at + 1;
    // Async code has not done its part of the step yet.
    if (this.checks.hasInvariants && this.asyncFront === null) this.checks.askInvariants();
  }

  /** Makes a task and starts it. Called from the setup, and from steps that spawn. */
  create(name: string, code: TaskCode, options?: TaskOptions): SimTask {
    const task = this.declare(name, options);
    this.start(task, code);
    return task;
  }

  /** The name of a task's number that is the same in every world. */
  taskKey(index: number): string {
    return this.#taskNumbers.keyOf(index);
  }

  /** @throws SimulatorError when this execution has no such task, though it has begun as one that had. */
  taskNumber(key: string): number {
    const index = this.#taskNumbers.numberOf(key);
    if (index >= 0) return index;
    throw new SimulatorError(
      'nondeterministic',
      `there is no task ${key}: the program is not the same in each execution`,
    );
  }

  /** Makes a task that somebody will {@link start}; it can be joined before. */
  declare(name: string, options?: TaskOptions): SimTask {
    const index = this.#taskNumbers.next(this.current);
    let task = this.tasks[index];
    if (task === undefined) {
      task = new SimTask(index, name);
      this.tasks[index] = task;
      this.registry.meet(task);
    }
    if (task.given !== name) this.#name(task, name);
    task.daemon = options?.daemon ?? false;
    task.killable = options?.killable ?? false;
    task.shares = null;
    task.heeds = null;
    task.exposes = NO_OBJECTS;
    task.isPlain = !task.killable;
    return task;
  }

  /** Runs the code of a declared task up to its first operation; the event running now becomes its gate. */
  start(task: SimTask, code: TaskCode): void {
    if (task.started) throw new SimulatorError('misuse', `task '${task.name}' is started twice`);
    const starter = this.current;
    task.parent = starter;
    task.started = true;
    this.live.push(task.index);
    task.gate = this.event;
    this.listener?.taskStarts(task);
    this.current = task.index;
    beginTask(this, task, code);
    this.current = starter;
  }

  /** Remember where in the program each task waits (a stack capture per step), or stop doing so. */
  captureSites(on: boolean): void {
    this.#capturing = on;
    captureSites(on);
  }

  /** The step of `index` has brought it nothing: others should go before it tries again. */
  giveWay(index: number): void {
    this.tasks[index]!.yielded = true;
    this.gaveWay = true;
  }

  /** A killed task goes on to its next wait. */
  doom(task: SimTask): void {
    task.doomed = true;
    // From here on every wait is looked at.
    this.#watched = true;
  }

  /** Lets `task` go on that waits for a wake-up; the event running now becomes its gate. */
  wake(index: number): void {
    this.tasks[index]!.gate = this.event;
  }

  /** A task's code has thrown. */
  crash(task: SimTask, error: unknown): void {
    if (error instanceof SimulatorError) throw error;
    if (!(error instanceof TaskKilledError)) this.checks.fail('exception', messageOf(error), error, task.index);
    this.finish(task, undefined);
  }

  /** @internal A generator has parked or ended. */
  take(task: SimTask, next: IteratorResult<unknown, unknown>): void {
    if (next.done === true) this.finish(task, next.value);
    else this.park(task, next.value);
  }

  /** @internal The task waits for an operation. */
  park(task: SimTask, value: unknown): void {
    const op = value instanceof Op ? value : (this.adapter?.adopt(value) ?? null);
    if (op === null) throw foreignWait(task, value);
    task.pending = op;
    if (op.world !== this) this.#meet(task, op);
    if (!this.#watched) return;
    if (task.doomed && isWait(this, op) && !op.gated) {
      unwindTask(this, task);
      return;
    }
    this.listener?.parked(task, op);
    if (this.#capturing) this.sites[task.index] = takeSite();
  }

  /** @internal The code of a task has come to its end. */
  finish(task: SimTask, result: unknown): void {
    const { live } = this;
    const last = live.pop()!;
    if (last !== task.index) live[live.indexOf(task.index)] = last;
    task.pending = null;
    task.finished = true;
    task.result = result;
    task.finishedAt = this.event;
    task.leave();
    this.listener?.taskEnds(task);
  }

  #addToTrace(trace: TraceHash, task: SimTask, op: Op): void {
    if (op.isPlain && task.isPlain) trace.access(task.index, task.steps, op.target.id, modeOf(op, task.index));
    else {
      this.#traced.collect(task);
      trace.add(task.index, task.steps, op.choices === 1 ? 0 : this.choice, this.#traced);
    }
  }

  #resume(task: SimTask, value: unknown): void {
    const { generator } = task;
    try {
      // Either way the common case of `park`, in place.
      if (generator === null) {
        const op = task.body!.resume(value);
        if (op instanceof Op && op.world === this && !this.#watched) task.pending = op;
        else arrive(this, task, op);
      } else {
        const next = generator.next(value);
        const op = next.value;
        if (next.done !== true && op instanceof Op && op.world === this && !this.#watched) task.pending = op;
        else this.take(task, next);
      }
    } catch (error) {
      this.crash(task, error);
    }
  }

  /** After a step that somebody wants to be told of, or that leads to another without the task's code in between. */
  #goOn(task: SimTask, op: Op, result: unknown): void {
    if (this.hashing) foldStep(task.history, op, result);
    this.listener?.stepped(task, op, result);
    if (op.follow !== null) this.park(task, op.follow);
    else if (task.doomed && op.gated) unwindTask(this, task);
    else this.#resume(task, result);
  }

  /** First use of an op here; of one whose object wants to be told of each task that parks, every use. */
  #meet(task: SimTask, op: Op): void {
    const { registry } = this;
    registry.meet(op.object);
    for (const target of op.targets) registry.meet(target);
    if (op.object.announces) op.object.parked(op, task.index);
    else op.world = this;
  }

  #name(task: SimTask, name: string): void {
    task.given = name;
    task.name = name;
    const isTaken = (): boolean => this.tasks.some((other) => other !== task && other.name === task.name);
    for (let n = 2; isTaken(); n++) task.name = `${name}#${n}`;
  }

  #growPath(): void {
    this.pathTask = growInt32(this.pathTask, this.count + 1);
    this.pathChoice = growInt32(this.pathChoice, this.count + 1);
    this.pathMark = growInt32(this.pathMark, this.count + 1);
  }
}

/** An operation in one number; different operations may share one. */
export function markOf(op: Op): number {
  return (op.object.id << 4) | op.code;
}

/** Of an op that may be kept waiting. */
function canRun(task: SimTask, op: Op): boolean {
  return (!op.gated || task.gate >= 0) && op.object.enabled(op, task.index);
}
