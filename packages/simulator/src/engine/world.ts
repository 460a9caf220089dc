/**
 * The scheduler: one execution of a program at a time, one visible step after the other, nothing left to chance.
 *
 * A step runs the pending operation of one task and then that task's code up to its next operation. The same program and
 * the same sequence of (task, choice) give the same execution, which is all that replay and search rest on. The world keeps that
 * sequence (`pathTask`, `pathChoice`), numbers tasks and objects so that equivalent executions agree on the numbers, and knows
 * nothing of strategies. Cost of a step: the operation, one resumption, no allocation.
 */
import type { RawFailure } from '../failure/raw-failure.ts';
import { Control } from '../objects/control.ts';
import { SimulatorError } from './error.ts';
import { growInt32 } from './grow.ts';
import { foldPlain, foldStep, foldText, type Hash } from './hash.ts';
import { NumberTable } from './number-table.ts';
import { captureSites, Op, takeSite } from './op.ts';
import type { SimObject } from './sim-object.ts';
import { type Sim, SimTask, type TaskBody, type TaskOptions } from './sim-task.ts';
import type { WorldListener } from './world-listener.ts';

/** Code of a task: a generator function, an async function, or a factory of a {@link TaskBody}. */
export type TaskCode = () => Sim<unknown> | TaskBody | PromiseLike<unknown>;

/** What lets async code be a task; in force while an exploration of async programs runs. */
export interface AsyncFront {
  /** Calls the code in the name of the task. */
  call(task: SimTask, code: TaskCode): ReturnType<TaskCode>;
  /** The body of a task whose code is running asynchronously. */
  body(task: SimTask, promise: PromiseLike<unknown>): TaskBody;
  /** A new execution. */
  restart(): void;
}

/** Turns operations of other packages into those of this world. */
export interface Adapter {
  /** The op for a value that a task has yielded; null when it is none. */
  adopt(value: unknown): Op | null;
  /** A new execution. */
  restart(): void;
}

/** A task of async code that runs and has not parked yet. */
export const RUNNING: unique symbol = Symbol('running');

export interface Invariant {
  readonly name: string;
  readonly check: () => unknown;
}

const SETUP = -1;

export class World {
  /** By number; a task that has not been started in this execution is idle. */
  readonly tasks: SimTask[] = [];
  /** By number; a hole where a number is reserved for something not used yet. */
  readonly objects: (SimObject | undefined)[] = [];
  readonly control: Control = new Control();
  /** Steps done in this execution, which is also the number of the next event. */
  count = 0;
  /** Outcome of the choice that the running step stands for. */
  choice = 0;
  /** Number of the task whose code is running; -1 in the setup. */
  current: number = SETUP;
  /** Tasks that can move, filled by {@link collectEnabled}. */
  enabled: number[] = [];
  pathTask: Int32Array = new Int32Array(64);
  pathChoice: Int32Array = new Int32Array(64);
  /** How many outcomes each step had. */
  pathChoices: Int32Array = new Int32Array(64);
  failures: RawFailure[] = [];
  /** Whether ending with a lock held is a failure. */
  leaks = true;
  readonly invariants: Invariant[] = [];
  readonly finals: (() => unknown)[] = [];
  /** State the program keeps beside the simulation's objects, for state caching. */
  readonly states: { stateKey(): unknown }[] = [];
  listener: WorldListener | null = null;
  /** Keep each task's rolling history (state caching). */
  hashing = false;
  asyncFront: AsyncFront | null = null;
  adapter: Adapter | null = null;
  /** Tasks of async code that run at this moment. */
  running = 0;
  #capturing = false;
  /** The stack of each task's latest wait, while they are captured. */
  readonly sites: (string | null)[] = [];
  readonly #setup: (world: World) => void;
  readonly #taskNumbers = new NumberTable();
  readonly #objectNumbers = new NumberTable();
  /** Objects made outside of executions, and their numbers here. */
  readonly #met = new Map<SimObject, number>();

  constructor(setup: (world: World) => void) {
    this.#setup = setup;
    this.control.world = this;
  }

  /** A new execution: everything as at the beginning, initial tasks parked at their first operation. */
  restart(): void {
    this.listener?.executionStarts();
    this.adapter?.restart();
    this.asyncFront?.restart();
    this.count = 0;
    this.running = 0;
    this.current = SETUP;
    if (this.failures.length > 0) this.failures = [];
    this.invariants.length = 0;
    this.finals.length = 0;
    this.states.length = 0;
    this.sites.length = 0;
    this.#taskNumbers.restart();
    this.#objectNumbers.restart();
    for (let i = 0; i < this.objects.length; i++) this.objects[i]?.reset();
    this.#setup(this);
    this.current = SETUP;
  }

  /** Fills `enabled` with the tasks that can move, lowest number first; answers how many. */
  collectEnabled(): number {
    const { tasks, enabled } = this;
    let count = 0;
    for (let i = 0; i < tasks.length; i++) {
      const task = tasks[i]!;
      const op = task.pending;
      if (op === null) continue;
      if (op.blocks && ((op.gated && task.gate < 0) || !op.object.enabled(op, i))) continue;
      enabled[count++] = i;
    }
    return count;
  }

  isEnabled(index: number): boolean {
    const task = this.tasks[index]!;
    const op = task.pending;
    if (op === null) return false;
    return !op.blocks || ((!op.gated || task.gate >= 0) && op.object.enabled(op, index));
  }

  /** Moves one task, which must be enabled. */
  step(index: number, choice: number): void {
    const task = this.tasks[index]!;
    const op = task.pending!;
    const at = this.count;
    if (at >= this.pathTask.length) this.#growPath();
    this.pathTask[at] = index;
    this.pathChoice[at] = choice;
    this.pathChoices[at] = op.choices;
    this.choice = choice;
    this.current = index;
    task.yielded = false;
    const result = op.object.run(op, index);
    task.gate = -1;
    task.steps++;
    if (this.hashing) foldStep(task.history, op, result);
    this.listener?.stepped(task, op, result);
    if (task.pending === op) {
      if (op.follow !== null) this.#park(task, op.follow);
      else this.#resume(task, result);
    }
    this.count = at + 1;
    if (this.invariants.length > 0) this.#checkInvariants();
  }

  /** Makes a task and starts it. Called from the setup, and from steps that spawn. */
  create(name: string, code: TaskCode, options?: TaskOptions): SimTask {
    const task = this.declare(name, options);
    this.start(task, code);
    return task;
  }

  /** Makes a task that somebody will {@link start}; it can be joined before. */
  declare(name: string, options?: TaskOptions): SimTask {
    const parent = this.current;
    const index = this.#taskNumbers.next(parent);
    let task = this.tasks[index];
    if (task === undefined) {
      task = new SimTask(index, name);
      this.tasks[index] = task;
      this.meet(task);
    }
    if (task.given !== name) this.#name(task, name);
    task.daemon = options?.daemon ?? false;
    task.killable = options?.killable ?? false;
    return task;
  }

  /** Runs the code of a declared task up to its first operation; the event running now becomes its gate. */
  start(task: SimTask, code: TaskCode): void {
    if (task.started) throw new SimulatorError('misuse', `task '${task.name}' is started twice`);
    const starter = this.current;
    task.parent = starter;
    task.started = true;
    task.gate = starter === SETUP ? -1 : this.count;
    this.listener?.taskStarts(task);
    this.current = task.index;
    this.#start(task, code);
    this.current = starter;
  }

  /** Remember where in the program each task waits (a stack capture per step), or stop doing so. */
  captureSites(on: boolean): void {
    this.#capturing = on;
    captureSites(on);
  }

  /** An object made by this creator before, to be used again in this execution; null: make one and {@link adopt} it. */
  reuse<T extends SimObject>(type: new (...args: never[]) => T, name: string): T | null {
    const known = this.objects[this.#objectNumbers.peek(this.current)];
    if (!(known instanceof type) || known.name !== name) return null;
    this.#objectNumbers.next(this.current);
    return known;
  }

  /** Takes an object in and gives it its number: by who made it and as which of its objects. */
  adopt<T extends SimObject>(object: T): T {
    return this.#own(object, this.#objectNumbers.next(this.current));
  }

  /** The number of a thing that is being made now and will be placed later. */
  reserve(): number {
    return this.#objectNumbers.next(this.current);
  }

  /** Takes in an object under a number reserved for it. */
  place(object: SimObject, id: number): void {
    this.#own(object, id);
  }

  /** Takes in an object that was made outside of any execution, at its first use here. */
  meet(object: SimObject): void {
    if (object.world === this) return;
    if (object.world !== null) object.reset();
    let id = this.#met.get(object);
    if (id === undefined) {
      id = this.#objectNumbers.fresh();
      this.#met.set(object, id);
    }
    this.#own(object, id);
  }

  /** Lets `task` go on that waits for a wake-up; the event running now becomes its gate. */
  wake(index: number): void {
    this.tasks[index]!.gate = this.count;
  }

  /** Ends another task where it is parked. */
  kill(task: SimTask, by: number): void {
    if (task.finished || task.killed || !task.started) return;
    if (!task.killable) {
      throw new SimulatorError('misuse', `task '${task.name}' cannot be killed: start it with { killable: true }`);
    }
    if (task.index === by) throw new SimulatorError('misuse', `task '${task.name}' kills itself: return instead`);
    task.killed = true;
    const op = task.pending;
    if (op !== null) {
      op.object.cancel(op, task.index);
      this.listener?.abandoned(task, op);
    }
    task.pending = null;
    task.gate = this.count;
    this.current = task.index;
    try {
      if (task.generator !== null) this.#take(task, task.generator.return?.(undefined) ?? END);
      else this.#parkOrEnd(task, task.body!.kill());
    } catch (error) {
      this.crash(task, error);
    }
    this.current = by;
  }

  /** Records a failure of this execution, in the name of the task that runs. */
  fail(kind: RawFailure['kind'], message: string, error?: unknown): void {
    this.failures.push({
      kind,
      message,
      task: this.current,
      step: this.count,
      ...(error === undefined ? {} : { error }),
    });
  }

  /** Asks the program's final conditions. Called once, at the end of an execution that is not deadlocked. */
  checkFinals(): void {
    this.current = SETUP;
    for (const final of this.finals) {
      try {
        const answer = final();
        if (answer === false) this.fail('assertion', 'the final condition does not hold');
        else if (typeof answer === 'string') this.fail('assertion', answer);
      } catch (error) {
        this.fail('assertion', messageOf(error), error);
      }
    }
  }

  /** Mixes the whole present state into a hash: objects, what each task waits for, and where its code stands. */
  foldState(hash: Hash): void {
    for (const object of this.objects) {
      if (object === undefined) continue;
      hash.fold(object.id);
      foldPlain(hash, object.key(), `the state of ${object.kind} '${object.name}'`);
    }
    for (const task of this.tasks) {
      const { pending } = task;
      hash.fold(pending === null ? -1 : pending.object.id);
      hash.fold(pending === null ? -1 : pending.code);
      hash.fold(task.gate >= 0 ? 1 : 0);
      if (!task.started || task.finished) continue;
      const local = task.body?.localKey?.();
      if (local === undefined) hash.foldHash(task.history);
      else foldPlain(hash, local, `the locals of task '${task.name}'`);
    }
    for (const { kind, message } of this.failures) foldText(hash, `${kind} ${message}`);
    for (const { stateKey } of this.states) foldPlain(hash, stateKey(), 'the program state');
  }

  /** An async task has parked, or ended (`null`). */
  arrived(task: SimTask, op: unknown): void {
    this.running--;
    this.#parkOrEnd(task, op);
  }

  /** An async task has thrown. */
  arrivedBroken(task: SimTask, reason: unknown): void {
    this.running--;
    this.crash(task, reason);
  }

  /** A task's code has thrown. */
  crash(task: SimTask, error: unknown): void {
    if (error instanceof SimulatorError) throw error;
    this.fail('exception', messageOf(error), error);
    this.#finish(task, undefined);
  }

  #name(task: SimTask, name: string): void {
    task.given = name;
    task.name = name;
    for (let n = 2; this.tasks.some((other) => other !== task && other.name === task.name); n++)
      task.name = `${name}#${n}`;
  }

  #start(task: SimTask, code: TaskCode): void {
    try {
      const made = this.asyncFront === null ? code() : this.asyncFront.call(task, code);
      if (isBody(made)) this.#run(task, made);
      else if (isPromise(made)) this.#run(task, this.#asyncBody(task, made));
      else if (typeof (made as { next?: unknown } | null | undefined)?.next === 'function') {
        task.generator = made as Sim<unknown>;
        this.#take(task, task.generator.next(undefined));
      } else {
        throw new SimulatorError(
          'not-a-task',
          `task '${task.name}': its code returned ${nameOf(made)}, not a generator; write it as function* () { … }`,
        );
      }
    } catch (error) {
      this.crash(task, error);
    }
  }

  #run(task: SimTask, body: TaskBody): void {
    task.body = body;
    this.#parkOrEnd(task, body.resume(undefined));
  }

  #asyncBody(task: SimTask, promise: PromiseLike<unknown>): TaskBody {
    if (this.asyncFront !== null) return this.asyncFront.body(task, promise);
    // Nobody will look at how it ends.
    promise.then(undefined, () => {});
    throw new SimulatorError(
      'not-a-task',
      `task '${task.name}' is an async function: explore it with exploreAsync(), or write it as function* () { … } with yield* for await`,
    );
  }

  #resume(task: SimTask, value: unknown): void {
    try {
      if (task.generator !== null) this.#take(task, task.generator.next(value));
      else this.#parkOrEnd(task, task.body!.resume(value));
    } catch (error) {
      this.crash(task, error);
    }
  }

  #take(task: SimTask, result: IteratorResult<unknown, unknown>): void {
    if (result.done === true) this.#finish(task, result.value);
    else this.#park(task, result.value);
  }

  #parkOrEnd(task: SimTask, op: unknown): void {
    if (op === RUNNING) {
      this.running++;
      task.pending = null;
    } else if (op === null) this.#finish(task, task.body!.result);
    else this.#park(task, op);
  }

  #park(task: SimTask, value: unknown): void {
    const op = value instanceof Op ? value : (this.adapter?.adopt(value) ?? null);
    if (op === null) throw foreignWait(task, value);
    if (op.object.world !== this) this.meet(op.object);
    for (let i = 0; i < op.targets.length; i++) if (op.targets[i]!.world !== this) this.meet(op.targets[i]!);
    task.pending = op;
    if (op.object.announces) op.object.parked(op, task.index);
    this.listener?.parked(task, op);
    if (this.#capturing) this.sites[task.index] = takeSite();
  }

  #own<T extends SimObject>(object: T, id: number): T {
    object.id = id;
    object.world = this;
    this.objects[id] = object;
    return object;
  }

  #finish(task: SimTask, result: unknown): void {
    task.pending = null;
    task.finished = true;
    task.result = result;
    // One that ended in the setup, without a step of its own, ended before the first event.
    task.finishedAt = task.parent === SETUP && task.steps === 0 && !task.killed ? -1 : this.count;
    task.leave();
    this.listener?.taskEnds(task);
  }

  #checkInvariants(): void {
    for (const { name, check } of this.invariants) {
      try {
        const answer = check();
        if (answer === false) this.fail('oracle', `invariant '${name}' does not hold`);
        else if (typeof answer === 'string') this.fail('oracle', answer);
      } catch (error) {
        this.fail('oracle', `invariant '${name}': ${messageOf(error)}`, error);
      }
    }
  }

  #growPath(): void {
    this.pathTask = growInt32(this.pathTask, this.count + 1);
    this.pathChoice = growInt32(this.pathChoice, this.count + 1);
    this.pathChoices = growInt32(this.pathChoices, this.count + 1);
  }
}

const END: IteratorReturnResult<unknown> = { done: true, value: undefined };

function isBody(made: unknown): made is TaskBody {
  return typeof (made as { resume?: unknown } | null | undefined)?.resume === 'function';
}

function isPromise(made: unknown): made is PromiseLike<unknown> {
  return typeof (made as { then?: unknown } | null | undefined)?.then === 'function';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nameOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return typeof value === 'string' ? `'${value}'` : String(value);
  return `a ${value.constructor?.name ?? 'plain object'}`;
}

function foreignWait(task: SimTask, value: unknown): SimulatorError {
  const where = task.steps === 0 ? 'at its start' : `after its step ${task.steps}`;
  return new SimulatorError(
    'foreign-wait',
    `task '${task.name}' waits, ${where}, for ${nameOf(value)}, which the scheduler does not own: yield* an operation of the simulation`,
  );
}
