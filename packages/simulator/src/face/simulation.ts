/**
 * What a program is given: the makers of its objects and tasks, its choices, its clock, and the ways to say that something is wrong.
 *
 * A program is called once per execution and must make everything it uses in that call, or anew in its tasks: nothing may be left
 * over from the execution before. Objects are told apart by who makes them and in which order, so equal executions get equal objects.
 */
import { type Agent, currentRuntime } from '@lockdep/locks';
import { SimulatorError } from '../engine/error.ts';
import type { Op } from '../engine/op.ts';
import type { SimObject } from '../engine/sim-object.ts';
import type { SimTask, TaskOptions } from '../engine/sim-task.ts';
import type { TaskCode } from '../engine/task-code.ts';
import type { World } from '../engine/world.ts';
import { Atomic, type AtomicAccess } from '../objects/atomic.ts';
import { Channel } from '../objects/channel.ts';
import { Completion } from '../objects/completion.ts';
import { Condition } from '../objects/condition.ts';
import { Region } from '../objects/region.ts';
import { SimMutex } from '../objects/sim-mutex.ts';
import { SimRwLock } from '../objects/sim-rw-lock.ts';
import { SimRwSemaphore } from '../objects/sim-rw-semaphore.ts';
import { SimSemaphore } from '../objects/sim-semaphore.ts';
import { Variable } from '../objects/variable.ts';

/** The world of one execution: tasks, objects, time, choices and checks. */
export class Simulation {
  readonly #world: World;
  readonly #atomic = new Atomic();

  /** @internal */
  constructor(world: World) {
    this.#world = world;
  }

  /** A task that runs from the beginning. Call it in the program itself; a task starts others with {@link spawn}. */
  task(name: string, code: TaskCode, options?: TaskOptions): SimTask {
    if (this.#world.current >= 0) {
      throw new SimulatorError('misuse', `task '${name}' is made by another task: use yield* sim.spawn('${name}', …)`);
    }
    return this.#world.create(name, code, options);
  }

  /** Starts a task; gives it, to be joined or killed. A step. */
  spawn(name: string, code: TaskCode, options?: TaskOptions): Op<SimTask> {
    return this.#world.control.spawn(name, code, options);
  }

  /** A mutex of the simulation's own: bare, without options or guards, and fast. Locks of `@lockdep/locks` work as well. */
  mutex(name: string): SimMutex {
    return this.#world.registry.reuse(SimMutex, name) ?? this.#world.registry.adopt(new SimMutex(name));
  }

  /** A reader-preferring reader/writer lock. */
  rwLock(name: string): SimRwLock {
    return this.#world.registry.reuse(SimRwLock, name) ?? this.#world.registry.adopt(new SimRwLock(name));
  }

  /** A fair reader/writer semaphore: a queued writer holds up later readers. */
  rwSemaphore(name: string): SimRwSemaphore {
    return this.#world.registry.reuse(SimRwSemaphore, name) ?? this.#world.registry.adopt(new SimRwSemaphore(name));
  }

  /** A counting semaphore. */
  semaphore(name: string, count: number): SimSemaphore {
    const known = this.#world.registry.reuse(SimSemaphore, name);
    if (known === null) return this.#world.registry.adopt(new SimSemaphore(name, count));
    known.initialise(count);
    return known;
  }

  condition(name: string): Condition {
    return this.#world.registry.reuse(Condition, name) ?? this.#world.registry.adopt(new Condition(name));
  }

  completion(name: string): Completion {
    return this.#world.registry.reuse(Completion, name) ?? this.#world.registry.adopt(new Completion(name));
  }

  /** A first-in first-out channel. */
  channel<T>(name: string, capacity: number = Number.POSITIVE_INFINITY): Channel<T> {
    const known = this.#world.registry.reuse(Channel, name) as Channel<T> | null;
    if (known === null) return this.#world.registry.adopt(new Channel<T>(name, capacity));
    known.initialise(capacity);
    return known;
  }

  /** A shared variable whose reads and writes are steps. */
  variable<T>(name: string, initial: T): Variable<T> {
    const known = this.#world.registry.reuse(Variable, name) as Variable<T> | null;
    if (known === null) return this.#world.registry.adopt(new Variable<T>(name, initial));
    known.initialise(initial);
    return known;
  }

  /** A part of the program's own data, to be declared when it is touched. */
  region(name: string): Region {
    return this.#world.registry.reuse(Region, name) ?? this.#world.registry.adopt(new Region(name));
  }

  /** A task that will be {@link start}ed, and may be joined, killed, or given locks before. */
  declare(name: string, options?: TaskOptions): SimTask {
    return this.#world.declare(name, options);
  }

  /** Starts a declared task from the beginning, in the program itself. */
  begin(task: SimTask, code: TaskCode): void {
    this.#world.start(task, code);
  }

  /** Starts a declared task. A step. */
  start(task: SimTask, code: TaskCode): Op<SimTask> {
    return this.#world.control.start(task, code);
  }

  /** One step that reads and writes these objects; `perform` does it. The same as {@link atomic}, with its words in front. */
  access<T>(reads: readonly SimObject[], writes: readonly SimObject[], words: string, perform: () => T): Op<T> {
    return this.#atomic.step({ reads, writes, words }, perform);
  }

  /** Several reads and writes as one step. */
  atomic<T>(access: AtomicAccess, perform: () => T): Op<T> {
    return this.#atomic.step(access, perform);
  }

  /**
   * Lets the scheduler decide: one of `options`, or a number below `options`. Which I/O completes, whether an allocation fails, which block
   * is used again.
   */
  choose(options: number, label?: string): Op<number>;
  choose<T>(options: readonly T[], label?: string): Op<T>;
  choose(options: number | readonly unknown[], label = 'choose'): Op<unknown> {
    const count = typeof options === 'number' ? options : options.length;
    if (!Number.isInteger(count) || count < 1) {
      throw new SimulatorError('misuse', `sim.choose('${label}') among ${count}: one option at least is wanted`);
    }
    const { control } = this.#world;
    return typeof options === 'number' ? control.choose(count, label) : control.pickOne(options, label);
  }

  /**
   * For async code: something outside answers, whenever the scheduler likes, in one of the ways named; what the answer does happens then. A
   * stand-in for a request, a file, a database.
   *
   * @example
   * const fetchUser = () => sim.external('fetch user', { found: () => ada, fails: () => Promise.reject(new Error('503')) });
   */
  async external<T>(name: string, answers: Readonly<Record<string, () => T | PromiseLike<T>>>): Promise<T> {
    return await answers[await this.choose(Object.keys(answers), name)]!();
  }

  /** Waits for virtual time to pass. Others may be as slow as the scheduler likes: sleeping orders nothing but other sleepers. */
  sleep(ms: number): Op<void> {
    return this.#world.clock.sleep(ms);
  }

  /** Virtual milliseconds since the start, as the current task last saw the clock. */
  get now(): number {
    return this.#world.clock.seenBy(this.#world.current);
  }

  /** Gives way: nothing has changed, others should go first. A step in every loop that polls. */
  yield(): Op<void> {
    return this.#world.control.yield();
  }

  /** Who runs: a task, or the program itself. A validator and the locks of `@lockdep/locks` know both. */
  current(): Agent {
    return currentRuntime()!.agent();
  }

  /** Notes a failure of this execution when the condition does not hold; the execution goes on. */
  assert(condition: boolean, message: string): void {
    if (!condition) this.#world.checks.fail('assertion', message);
  }

  /** Notes a failure of this execution, found by an oracle; the execution goes on. */
  fail(message: string): void {
    this.#world.checks.fail('oracle', message);
  }

  /**
   * Asked after every step: false, a text, or an exception is a failure. Under partial-order reduction not every state is visited; an
   * invariant over objects that no step touches together wants the `cache` strategy.
   */
  invariant(name: string, check: () => unknown): void {
    this.#world.checks.invariant(name, check);
  }

  /** Asked at the end of every execution that is not deadlocked: false, a text, or an exception is a failure. */
  final(check: () => unknown): void {
    this.#world.checks.final(check);
  }

  /** For state caching: the program's own state, as plain data, where it is kept outside the simulation's objects. */
  state(stateKey: () => unknown): void {
    this.#world.checks.states.push(stateKey);
  }

  /** Takes in an object of one's own kind. */
  object<T extends SimObject>(object: T): T {
    return this.#world.registry.adopt(object);
  }
}
