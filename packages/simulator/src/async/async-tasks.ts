/**
 * Async code as tasks: an async function runs until it waits for an operation, and goes on when the scheduler has performed it.
 *
 * Operations on locks reach the scheduler in the order in which a task starts them, also those it does not await (an `unlock()` in passing):
 * the task counts as parked while any is left. Which task runs is known from AsyncLocalStorage. The last one to park lets the
 * scheduler go on at once, so a step costs a few microtasks.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Operation } from '@lockdep/locks';
import { SimulatorError } from '../engine/error.ts';
import { type Op, setParker } from '../engine/op.ts';
import type { SimTask, TaskBody } from '../engine/sim-task.ts';
import type { AsyncFront, TaskCode } from '../engine/task-code.ts';
import type { World } from '../engine/world.ts';
import { type Arrivals, AsyncBody } from './async-body.ts';

export class AsyncTasks implements AsyncFront, Arrivals {
  readonly #world: World;
  readonly #storage = new AsyncLocalStorage<AsyncBody>();
  readonly #bodies = new Map<SimTask, AsyncBody>();
  /** Called when the last running task has parked. */
  settled: () => void = () => {};
  /** What went wrong while a task arrived; the run ends with it. */
  error: unknown = null;

  constructor(world: World) {
    this.#world = world;
  }

  /** From now on until {@link leave}, awaiting an operation of the simulation parks a task. */
  enter(): void {
    this.#world.asyncFront = this;
    setParker((op, resolve, reject) => this.#bodyHere(op).park({ op, resolve, reject }));
  }

  leave(): void {
    this.restart();
    this.#world.asyncFront = null;
    setParker(null);
  }

  call(task: SimTask, code: TaskCode): ReturnType<TaskCode> {
    const body = new AsyncBody(task, this);
    this.#bodies.set(task, body);
    return this.#storage.run(body, code);
  }

  body(task: SimTask, promise: PromiseLike<unknown>): TaskBody {
    const body = this.#bodies.get(task)!;
    body.follow(promise);
    return body;
  }

  /** An operation on a lock: for async code one that settles when it has been performed; null for generator code. */
  start(operation: Operation<unknown>, op: Op): Operation<unknown> | null {
    const body = this.#storage.getStore();
    if (body === undefined) return null;
    const { lock, kind, detail } = operation;
    return new Operation<unknown>(lock, kind, detail, (resolve, reject) => {
      body.park({ op, resolve: resolve as (value: never) => void, reject });
    });
  }

  /** The task whose code runs here, if it is async. */
  here(): AsyncBody | undefined {
    return this.#storage.getStore();
  }

  /** A task that has neither parked nor ended. */
  stray(): AsyncBody | null {
    for (const body of this.#bodies.values()) if (body.isRunning) return body;
    return null;
  }

  restart(): void {
    for (const body of this.#bodies.values()) body.abandon();
    this.#bodies.clear();
    this.error = null;
  }

  parked(task: SimTask, op: Op): void {
    this.#arrive(() => this.#world.arrived(task, op));
  }

  ended(task: SimTask): void {
    this.#arrive(() => this.#world.arrived(task, null));
  }

  crashed(task: SimTask, reason: unknown): void {
    this.#arrive(() => this.#world.arrivedBroken(task, reason));
  }

  #arrive(arrive: () => void): void {
    try {
      arrive();
    } catch (error) {
      this.error ??= error;
    }
    // The scheduler belongs to no task.
    if (this.#world.running === 0) this.#storage.exit(this.settled);
  }

  #bodyHere(op: Op): AsyncBody {
    const body = this.#storage.getStore();
    if (body !== undefined) return body;
    throw new SimulatorError('foreign-wait', `'${op.label()}' is awaited outside of every task of the simulation`);
  }
}
