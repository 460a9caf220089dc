/**
 * One execution of a program with async tasks: as run-execution.ts, but after each step the scheduler waits until everything has run that the
 * step set going.
 *
 * That is when the microtasks are through, and those of `process.nextTick`: the event loop does not turn, so nothing from outside comes
 * in between. An execution in which a task waits in the end for something from outside (a socket, a file) ends with a {@link StrayWait}.
 */
import type { ExecutionRequest } from '../engine/drive.ts';
import { isDeadlocked, repeatStep } from '../engine/run-execution.ts';
import type { Ending } from '../engine/selector.ts';
import { NO_CHOICE } from '../engine/world.ts';
import type { AsyncLine } from './async-line.ts';
import type { AsyncTasks } from './async-tasks.ts';

/** As it is, however tasks see it. */
const nextTick = process.nextTick.bind(process);

/** A task waits for something the scheduler does not own. */
export class StrayWait {
  readonly line: AsyncLine;

  constructor(line: AsyncLine) {
    this.line = line;
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
    try {
      this.#tasks.setUp(() => this.#request.world.restart());
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#letRun();
  }

  /** Goes on once the microtasks there are, and those they make, have run: a tick asked for in one of them comes after all of them. */
  #letRun(): void {
    queueMicrotask(() => nextTick(() => this.#goOn()));
  }

  #goOn(): void {
    if (this.#isOver) return;
    try {
      do {
        if (this.#tasks.settle()) this.#advance();
      } while (!this.#isOver && this.#tasks.isEmpty);
      if (!this.#isOver) this.#letRun();
    } catch (error) {
      this.#fail(error);
    }
  }

  #advance(): void {
    const { world, selector, prefix, maxSteps } = this.#request;
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
    if (count === 0) {
      this.#lookForStray();
      return this.#end(this.#tasks.isCutShort && isDeadlocked(world) ? 'pruned' : 'complete');
    }
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
  }

  /** Nobody can move: is it that somebody waits for what only the event loop could bring? */
  #lookForStray(): void {
    const stray = this.#tasks.stray();
    if (stray !== null && stray.resource !== null) throw new StrayWait(stray);
  }
}
