/**
 * One execution of a program with async tasks: as run-execution.ts, but after each step the scheduler waits until every task has parked.
 *
 * Everything that the simulation owns happens within one turn of the event loop. When the loop turns and a task has not parked, it waits for
 * something else (a timer, a socket, a promise nobody resolves): that execution ends with a {@link StrayWait}.
 */
import type { ExecutionRequest } from '../engine/drive.ts';
import { isDeadlocked, repeatStep } from '../engine/run-execution.ts';
import type { Ending } from '../engine/selector.ts';
import { NO_CHOICE } from '../engine/world.ts';
import type { AsyncBody } from './async-body.ts';
import type { AsyncTasks } from './async-tasks.ts';

/** A task waits for something the scheduler does not own. */
export class StrayWait {
  readonly body: AsyncBody;

  constructor(body: AsyncBody) {
    this.body = body;
  }
}

export function runExecutionAsync(request: ExecutionRequest, tasks: AsyncTasks): Promise<Ending> {
  return new Promise((resolve, reject) => new AsyncRun(request, tasks, resolve, reject).begin());
}

class AsyncRun {
  readonly #request: ExecutionRequest;
  readonly #tasks: AsyncTasks;
  readonly #resolve: (ending: Ending) => void;
  readonly #reject: (reason: unknown) => void;
  #hasBegun = false;
  #isOver = false;
  /** The task that has moved and whose arrival the selector has not been told of. */
  #moved = -1;
  #watch: ReturnType<typeof setImmediate> | null = null;

  constructor(
    request: ExecutionRequest,
    tasks: AsyncTasks,
    resolve: (ending: Ending) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#request = request;
    this.#tasks = tasks;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    this.#tasks.settled = () => this.#goOn();
    this.#watch = setImmediate(() => this.#lookForStray());
    try {
      this.#request.world.restart();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#goOn();
  }

  /** Everybody has parked: on with the next step, and the next, until a task runs asynchronously. */
  #goOn(): void {
    const { world } = this.#request;
    try {
      while (!this.#isOver && world.running === 0) this.#advance();
    } catch (error) {
      this.#fail(error);
    }
  }

  #advance(): void {
    const { world, selector, prefix, maxSteps } = this.#request;
    if (this.#tasks.error !== null) throw this.#tasks.error;
    if (world.count < prefix && !this.#hasBegun) return repeatStep(world);
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      selector.begin(world);
    }
    if (this.#moved >= 0) {
      selector.stepped?.(world, this.#moved);
      this.#moved = -1;
    }
    const count = world.collectEnabled();
    if (count === 0) return this.#end('complete');
    if (world.count >= maxSteps) return this.#end(isDeadlocked(world) ? 'step-bound' : 'complete');
    const task = selector.pick(world, count);
    if (task < 0) return this.#end('pruned');
    const { choices } = world.tasks[task]!.pending!;
    this.#moved = task;
    world.step(task, choices === 1 ? NO_CHOICE : selector.choose(world, task, choices));
  }

  #end(ending: Ending): void {
    const { world, selector } = this.#request;
    if (ending === 'complete' && !isDeadlocked(world)) world.checks.askFinals();
    selector.end(world, ending);
    this.#leave();
    this.#resolve(ending);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#leave();
    this.#reject(error);
  }

  #leave(): void {
    this.#isOver = true;
    this.#tasks.settled = () => {};
    if (this.#watch !== null) clearImmediate(this.#watch);
  }

  #lookForStray(): void {
    if (this.#isOver) return;
    const stray = this.#tasks.stray();
    this.#fail(stray === null ? new Error('nobody runs and nobody goes on') : new StrayWait(stray));
  }
}
