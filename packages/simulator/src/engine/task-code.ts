/**
 * Running the code of tasks, apart from the one way that has to be fast (a generator's next step, in world.ts): starting, bodies, killing, and
 * the errors for code that is none.
 */
import { SimulatorError } from './error.ts';
import type { Op } from './op.ts';
import type { Sim, SimTask, TaskBody } from './sim-task.ts';
import { TaskKilledError } from './task-killed-error.ts';
import type { World } from './world.ts';

/** Code of a task: a generator function, an async function, or a factory of a {@link TaskBody}. */
export type TaskCode = () => Sim<unknown> | TaskBody | PromiseLike<unknown>;

/** A task of async code that runs and has not parked yet. */
export const RUNNING: unique symbol = Symbol('running');

/** What lets async code be a task; in force while an exploration of async programs runs. */
export interface AsyncFront {
  /** Calls the code in the name of the task. */
  call(task: SimTask, code: TaskCode): ReturnType<TaskCode>;
  /** The body of a task whose code is running asynchronously. */
  body(task: SimTask, promise: PromiseLike<unknown>): TaskBody;
  /** A new execution. */
  restart(): void;
}

const END: IteratorReturnResult<unknown> = { done: true, value: undefined };

/** Runs the code of a task up to its first operation. */
export function beginTask(world: World, task: SimTask, code: TaskCode): void {
  const { asyncFront } = world;
  try {
    const made: unknown = asyncFront === null ? code() : asyncFront.call(task, code);
    if (isGenerator(made)) {
      task.generator = made;
      world.take(task, made.next(undefined));
    } else if (isBody(made)) {
      task.body = made;
      resumeBody(world, task, undefined);
    } else if (isPromise(made)) {
      task.body = bodyOf(world, task, made);
      resumeBody(world, task, undefined);
    } else {
      throw new SimulatorError(
        'not-a-task',
        `task '${task.name}': its code returned ${nameOf(made)}, not a generator; write it as function* () { … }`,
      );
    }
  } catch (error) {
    world.crash(task, error);
  }
}

/** Goes on with code that is no generator. */
export function resumeBody(world: World, task: SimTask, value: unknown): void {
  const body = task.body!;
  let next: unknown;
  try {
    next = body.resume(value);
  } catch (error) {
    world.crash(task, error);
    return;
  }
  arrive(world, task, next);
}

/** A body's answer: the op it waits for now, null at its end, or that it runs. */
export function arrive(world: World, task: SimTask, next: unknown): void {
  if (next === RUNNING) task.pending = null;
  else if (next === null) world.finish(task, task.body!.result);
  else world.park(task, next);
}

/** Kills another task: it unwinds where it waits now, or next. */
export function killTask(world: World, task: SimTask, by: number): void {
  if (task.finished || task.killed || !task.started) return;
  if (!task.killable) {
    throw new SimulatorError('misuse', `task '${task.name}' cannot be killed: start it with { killable: true }`);
  }
  if (task.index === by) throw new SimulatorError('misuse', `task '${task.name}' kills itself: return instead`);
  task.killed = true;
  const op = task.pending;
  if (op === null || !isWait(world, op)) {
    world.doom(task);
  } else if (op.gated) {
    // Out of the condition's queue, and on with getting the mutex back.
    if (task.gate < 0) {
      op.object.cancel(op, task.index);
      task.gate = world.event;
    }
    world.doom(task);
  } else {
    op.object.cancel(op, task.index);
    world.listener?.abandoned(task, op);
    unwindTask(world, task);
  }
}

/** Where a killed task ends: it could be kept waiting there, or says that it gives way. A wait for a promise is none that can be ended. */
export function isWait({ control }: World, op: Op): boolean {
  return (op.blocks && op !== control.promise) || op.follow !== null || op === control.yield();
}

/** Whether a kill now would take the operation away that the task waits at. */
export function isWithdrawn(world: World, { pending, killed }: SimTask): boolean {
  return !killed && pending !== null && isWait(world, pending) && !pending.gated;
}

/**
 * Lets the `finally` blocks of a killed task run, up to the first operation in them. By an error: a `return()` is lost at the first operation of a
 * `finally` block in a nested generator, and the code around it would go on.
 */
export function unwindTask(world: World, task: SimTask): void {
  const before = world.current;
  task.doomed = false;
  task.pending = null;
  task.gate = world.event;
  world.current = task.index;
  try {
    if (task.generator !== null) world.take(task, task.generator.throw?.(new TaskKilledError(task.name)) ?? END);
    else arrive(world, task, task.body!.kill());
  } catch (error) {
    world.crash(task, error);
  }
  world.current = before;
}

/** A task has yielded something that is no operation. */
export function foreignWait(task: SimTask, value: unknown): SimulatorError {
  const where = task.steps === 0 ? 'at its start' : `after its step ${task.steps}`;
  return new SimulatorError(
    'foreign-wait',
    `task '${task.name}' waits, ${where}, for ${nameOf(value)}, which the scheduler does not own: yield* an operation of the simulation`,
  );
}

function bodyOf(world: World, task: SimTask, promise: PromiseLike<unknown>): TaskBody {
  if (world.asyncFront !== null) return world.asyncFront.body(task, promise);
  // Nobody will look at how it ends.
  promise.then(undefined, () => {});
  throw new SimulatorError(
    'not-a-task',
    `task '${task.name}' is an async function: explore it with exploreAsync(), or write it as function* () { … } with yield* for await`,
  );
}

function isGenerator(made: unknown): made is Sim<unknown> {
  return typeof (made as { next?: unknown } | null | undefined)?.next === 'function';
}

function isBody(made: unknown): made is TaskBody {
  return typeof (made as { resume?: unknown } | null | undefined)?.resume === 'function';
}

function isPromise(made: unknown): made is PromiseLike<unknown> {
  return typeof (made as { then?: unknown } | null | undefined)?.then === 'function';
}

function nameOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return typeof value === 'string' ? `'${value}'` : String(value);
  return `a ${value.constructor?.name ?? 'plain object'}`;
}
