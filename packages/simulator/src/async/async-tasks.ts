/**
 * Async code as tasks: an async function runs until it waits for an operation, and goes on when the scheduler has performed it.
 *
 * After each step the scheduler lets everything run that the step set going ({@link AsyncTasks.settle}); what has been started by then are
 * the next operations. Which line of code starts one is known from AsyncLocalStorage, or from whose step it follows. A line
 * that has started nothing waits for a promise of the program's own, until somebody's step settles that.
 */
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { type Agent, blocks, Operation } from '@lockdep/locks';
import { SimulatorError } from '../engine/error.ts';
import { type Op, setParker } from '../engine/op.ts';
import { SimTask, type TaskBody } from '../engine/sim-task.ts';
import type { AsyncFront, TaskCode } from '../engine/task-code.ts';
import type { World } from '../engine/world.ts';
import type { LibraryLock } from '../library/library-lock.ts';
import { Region } from '../objects/region.ts';
import { AsyncLine, type Flow, type Wait } from './async-line.ts';
import { limitWait } from './limited-wait.ts';
import { Variables } from './variables.ts';
import { VirtualTimers } from './virtual-timers.ts';

/** Resources that awaiting makes by itself, or that are asked for elsewhere. */
const OWN: ReadonlySet<string> = new Set(['PROMISE', 'Immediate', 'TickObject', 'Microtask', 'Timeout']);

export class AsyncTasks implements AsyncFront {
  readonly #world: World;
  readonly #storage = new AsyncLocalStorage<AsyncLine>();
  readonly #flows: Flow[] = [];
  /** The line that each task is. */
  readonly #lines = new Map<SimTask, AsyncLine>();
  readonly #timers: VirtualTimers;
  /**
   * All abort signals: aborting one changes it, a wait that one may end reads it. Which signal it is makes no difference, since one may follow
   * another (`AbortSignal.any`).
   */
  readonly signals: Region = new Region('abort signals');
  #touched: AsyncLine[] = [];
  readonly #touch = (line: AsyncLine): void => void this.#touched.push(line);

  constructor(world: World) {
    this.#world = world;
    this.#timers = new VirtualTimers(world, this);
    world.registry.meet(this.signals);
  }

  /** Notes what a task waits for outside, a request or a file. */
  readonly #hook = createHook({
    init: (_id, type) => {
      if (OWN.has(type)) return;
      const root = this.#storage.getStore()?.flow.lines[0];
      if (root !== undefined) root.resource = { type, stack: new Error().stack ?? '' };
    },
    // Promises are too many to be told of each.
    trackPromises: false,
  });

  /** From now on until {@link leave}, awaiting an operation of the simulation parks a task, and time is virtual for tasks. */
  enter(): void {
    this.#world.asyncFront = this;
    this.#timers.install();
    this.#hook.enable();
    setParker((op, resolve, reject) => this.#lineAt(op).push({ op, resolve, reject, isEffect: false }));
  }

  leave(): void {
    this.restart();
    this.#timers.uninstall();
    this.#hook.disable();
    this.#world.asyncFront = null;
    setParker(null);
  }

  call(task: SimTask, code: TaskCode): ReturnType<TaskCode> {
    // A line that has branched off runs already.
    if (this.#lines.has(task)) return code();
    const line = this.#newFlow(null, task.name, false);
    line.task = task;
    this.#lines.set(task, line);
    // What a task does is no part of the setup, also where that starts it.
    return this.#timers.whileSetup(false, () => this.#storage.run(line, code));
  }

  body(task: SimTask, promise: PromiseLike<unknown>): TaskBody {
    const line = this.#lines.get(task)!;
    const variables = this.#variables(task);
    line.flow.variables = variables;
    task.exposes = [variables, this.signals];
    line.isDaemon = task.daemon;
    line.follow(promise, true);
    return line;
  }

  /** An operation on a lock: for async code one that settles when it has been performed; null for generator code. */
  start(operation: Operation<unknown>, lock: LibraryLock): Operation<unknown> | null {
    if (this.here() === undefined) return null;
    const isEffect = !blocks(operation);
    const line = this.lineHere();
    const { lock: locked, kind, detail } = operation;
    const op = (kind === 'release' && this.#releaseFor(operation, lock, line)) || lock.opOf(operation);
    return new Operation<unknown>(locked, kind, detail, (resolve, reject) => {
      const wait: Wait = { op, resolve: resolve as Wait['resolve'], reject, isEffect };
      const { options } = detail;
      if (options?.timeoutMs === undefined && options?.signal == null) line.push(wait);
      else limitWait(line, wait, lock, this.signals, options);
    });
  }

  /** Runs `fn` at once as a line of its own: under the locks held here (`name` null), or as a task that starts with nothing held. */
  branch<T>(name: string | null, fn: () => T): Promise<Awaited<T>> {
    const here = this.#storage.getStore()!;
    const line = this.#newFlow(here, name ?? here.childName(), name === null);
    const promise = (async (): Promise<Awaited<T>> => await this.#storage.run(line, fn))();
    line.follow(promise, false);
    here.defer(line);
    return promise;
  }

  /** A line under the one whose code runs here, to be run in with {@link within}; it begins with what is pushed to it. */
  lineUnder(parent: AsyncLine, name: string): AsyncLine {
    return new AsyncLine(parent.flow, parent, name, this.#touch);
  }

  within<T>(line: AsyncLine, fn: () => T): T {
    return this.#storage.run(line, fn);
  }

  /** The line whose code runs here, if it is async. */
  here(): AsyncLine | undefined {
    return this.#storage.getStore();
  }

  /** The line as which the code goes on that starts an operation here. */
  lineHere(): AsyncLine {
    const here = this.#storage.getStore()!;
    const line = this.#lineFor(here, false);
    // What the code does next, it does as that line.
    if (line !== here) this.#storage.enterWith(line);
    return line;
  }

  /** Everything that the last step set going has run: tasks park on what they have started. False: more has been set going by that. */
  settle(): boolean {
    const world = this.#world;
    const touched = this.#touched;
    this.#touched = [];
    for (const line of touched) this.#arrive(line);
    if (this.#touched.length > 0 || this.#timers.ticking) return false;
    if (world.checks.hasInvariants && world.count > 0) world.checks.askInvariants();
    return true;
  }

  /** Runs the setup of the program, which has no time of its own. */
  setUp(restart: () => void): void {
    this.#timers.whileSetup(true, restart);
  }

  /** No task is async code so far: no step sets anything going. */
  get isEmpty(): boolean {
    return this.#flows.length === 0 && !this.#timers.ticking;
  }

  /** An interval would have fired again, had it not so often. */
  get isCutShort(): boolean {
    return this.#timers.isCutShort;
  }

  /** A task that waits for a promise; null when there is none. */
  stray(): AsyncLine | null {
    for (const { lines, hasEnded } of this.#flows) {
      const root = lines[0]!;
      if (!hasEnded && root.task !== null && lines.every(({ head }) => head === null)) return root;
    }
    return null;
  }

  restart(): void {
    for (const { lines } of this.#flows.splice(0)) for (const line of lines) line.abandon();
    this.#lines.clear();
    this.#touched = [];
    this.#timers.restart();
  }

  /** Begins a line as a task, under its parent. */
  begin(line: AsyncLine): void {
    const { flow } = line;
    const parent = line.parent!;
    const task = this.declare(line);
    // A branch that is forked sees the variables around it.
    if (line.isRoot) flow.variables = flow.isFork ? parent.flow.variables : this.#variables(task);
    if (!line.isRoot || flow.isFork) task.branchOff(parent.task!);
    this.#as(parent.task!, () => this.#world.start(task, () => line));
    this.#arrive(line);
  }

  /** The task that a line will be. */
  declare(line: AsyncLine): SimTask {
    if (line.task === null) {
      line.task = this.#as(line.parent!.task!, () => this.#world.declare(line.name));
      this.#lines.set(line.task, line);
    }
    return line.task;
  }

  /** Does something that the world is to put down to that task. */
  #as<T>({ index }: SimTask, fn: () => T): T {
    const world = this.#world;
    const before = world.current;
    world.current = index;
    const made = fn();
    world.current = before;
    return made;
  }

  #newFlow(parent: AsyncLine | null, name: string, isFork: boolean): AsyncLine {
    const flow: Flow = {
      lines: [],
      isFork,
      variables: null,
      hasEnded: false,
      result: undefined,
      error: null,
      isAbandoned: false,
    };
    this.#flows.push(flow);
    return new AsyncLine(flow, parent, name, this.#touch);
  }

  /** What stands for the variables of a task's function. */
  #variables(task: SimTask): Variables {
    const { registry } = this.#world;
    const name = `variables of ${task.name}`;
    return this.#as(task, () => registry.reuse(Variables, name) ?? registry.adopt(new Variables(name)));
  }

  #lineAt(op: Op): AsyncLine {
    const here = this.#storage.getStore();
    if (here !== undefined) return this.#lineFor(here, true);
    throw new SimulatorError('foreign-wait', `'${op.label()}' is awaited outside of every task of the simulation`);
  }

  /** The line that code of `here` goes on as. */
  #lineFor(here: AsyncLine, isLoose: boolean): AsyncLine {
    const mover = this.#mover();
    if (mover !== null && mover !== here && mover.flow === here.flow && mover.isLoose && mover.isFree) return mover;
    if (here.isFree) return here;
    if (mover !== null && mover.flow === here.flow && mover.isFree) return mover;
    const line = new AsyncLine(here.flow, here, here.childName(), this.#touch, isLoose);
    here.defer(line);
    return line;
  }

  /** The line whose step it is that everything now follows from. */
  #mover(): AsyncLine | null {
    const { event, current, tasks } = this.#world;
    const body = event < 0 ? null : (tasks[current]?.body ?? null);
    return body instanceof AsyncLine ? body : null;
  }

  /** A release by another line of the flow that took the lock. */
  #releaseFor(operation: Operation<unknown>, lock: LibraryLock, line: AsyncLine): Op | null {
    const holders: readonly Agent[] = lock.lock.state.holders();
    if (line.task !== null && holders.includes(line.task)) return null;
    const holder = holders.find((agent) => line.flow.lines.some(({ task }) => task === agent));
    return holder instanceof SimTask ? lock.releaseFor(operation, holder.index) : null;
  }

  #arrive(line: AsyncLine): void {
    const { task, flow } = line;
    if (task === null || !task.started || task.finished || flow.isAbandoned) return;
    const world = this.#world;
    for (const branch of line.takeBranches()) this.begin(branch);
    const { head } = line;
    if (line.error !== null) {
      const { reason } = line.error;
      line.error = null;
      world.crash(task, reason);
    } else if (head !== null) this.#park(line, task, head);
    else if (flow.hasEnded && !flow.lines.some(({ owesEffects }) => owesEffects)) this.#finish(flow);
    else {
      // It touches nothing while it waits.
      task.shares = null;
      task.heeds = null;
      line.parked = null;
      // One that branched off may have come to its end: that cannot be seen.
      task.daemon = !line.isRoot || flow.hasEnded;
      world.park(task, world.control.promise);
    }
  }

  /** The function has returned, and what it owed is done: those of its lines that do nothing have ended. */
  #finish(flow: Flow): void {
    for (const { task, head, isRoot } of flow.lines) {
      if (head !== null || task?.started !== true || task.finished) continue;
      if (isRoot && flow.error !== null) this.#world.crash(task, flow.error.reason);
      else this.#world.finish(task, isRoot ? flow.result : undefined);
    }
  }

  #park(line: AsyncLine, task: SimTask, head: Wait): void {
    if (line.parked === head) return;
    const world = this.#world;
    if (line.parked !== null) world.givenUp.push({ task, op: task.pending!, gate: task.gate });
    line.parked = head;
    task.shares = line.flow.variables;
    task.heeds = head.heeds ?? null;
    task.isPlain = false;
    task.daemon = line.isDaemon;
    if (task.index !== world.current) task.gate = world.event;
    world.park(task, head.op);
  }
}
