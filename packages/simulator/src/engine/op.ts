/**
 * A visible operation: what a task hands to the scheduler when it parks, and at once the thing user code waits for.
 *
 * An op is an immutable descriptor `{object, code, arg}`; which task performs it is known to the scheduler. `yield* op` and
 * `yield op` park the task in generator code, `await op` in async code. The op is its own iterator and its own iterator
 * result, so that parking allocates nothing: `yield*` calls `[Symbol.iterator]()` and the first `next()` in one go, so one
 * mark on the op tells the first `next` of a wait from the last, however many tasks share it.
 */
import type { AccessMode } from './access.ts';
import type { SimObject } from './sim-object.ts';
import type { SimTask } from './sim-task.ts';
import type { World } from './world.ts';

const DONE: { done: true; value: unknown } = { done: true, value: undefined };

/** Where async code parks; set by the async front while it runs a world. */
export type Parker = (op: Op, resolve: (value: never) => void, reject: (reason: unknown) => void) => void;
let parker: Parker | null = null;

/** @internal */
export function setParker(next: Parker | null): void {
  parker = next;
}

/** While set, every wait remembers where in the program it stands; costs a stack capture per step. */
let capturing = false;
let lastSite: string | null = null;

/** @internal Switches the capture of sites on or off. */
export function captureSites(on: boolean): void {
  capturing = on;
  lastSite = null;
}

/** @internal The stack of the latest wait, and forgets it. */
export function takeSite(): string | null {
  const site = lastSite;
  lastSite = null;
  return site;
}

function capture(): void {
  lastSite = new Error().stack ?? null;
}

/** What an operation does to its object, and when it can be done. */
export interface OpOptions {
  /** Handed to the object as is. */
  readonly arg?: unknown;
  /** What the task waits for next, without its code running in between (a fair lock: queue, then enter). */
  readonly follow?: Op | null;
  /** May be disabled in some state. Default false. */
  readonly blocks?: boolean;
  /** Also waits for another task's wake-up (`SimTask.gate`). */
  readonly gated?: boolean;
  /** The objects it accesses, when that is not just its own, or some of the parts of that. */
  readonly targets?: readonly SimObject[];
  /** How many outcomes the scheduler picks from. Default 1: none to pick. */
  readonly choices?: number;
  /** The object that remembers who waits here (a queue, a clock's sleepers): a kill changes it. */
  readonly queuedIn?: SimObject;
  /** The task that the operation kills. */
  readonly victim?: SimTask;
  /** The task in whose name it is done, when that is another line of the same code: who holds the lock releases it. */
  readonly performer?: number;
  /** The wait of its own task that it ends. */
  readonly withdraws?: Op;
  /** The class of its access to its object, where that is the same in every state; else the object is asked. */
  readonly access?: AccessMode;
}

/** As {@link Op.access}: the object has to be asked. */
export const BY_STATE = -1;

/**
 * One visible operation: the only points at which the scheduler may let another task run. Yield it, or await it in asynchronous code.
 */
export class Op<T = unknown> implements Iterable<Op, T, unknown>, Iterator<Op, T, unknown>, PromiseLike<T> {
  readonly object: SimObject;
  readonly code: number;
  readonly arg: unknown;
  readonly follow: Op | null;
  readonly blocks: boolean;
  readonly gated: boolean;
  readonly targets: readonly SimObject[];
  /** The first of them. */
  readonly target: SimObject;
  readonly choices: number;
  readonly queuedIn: SimObject | null;
  readonly victim: SimTask | null;
  /** -1: whose step it is. */
  readonly performer: number;
  readonly withdraws: Op | null;
  /** An {@link AccessMode}, or {@link BY_STATE}. */
  readonly access: number;
  /** Accesses its own object, or one part of it, and nothing else. */
  readonly isPlain: boolean;
  /** @internal The world that knows its objects and need not be asked again. */
  world: World | null = null;
  /** With `value`: the op as the iterator result that parks on it. */
  readonly done = false as const;
  readonly value: Op;
  #isFresh = false;

  constructor(object: SimObject, code: number, options?: OpOptions) {
    this.object = object;
    this.code = code;
    if (options === undefined) {
      this.arg = undefined;
      this.follow = null;
      this.blocks = false;
      this.gated = false;
      this.targets = object.parts;
      this.choices = 1;
      this.queuedIn = null;
      this.victim = null;
      this.performer = -1;
      this.withdraws = null;
      this.access = BY_STATE;
      this.isPlain = this.targets.length === 1;
    } else {
      this.arg = options.arg;
      this.follow = options.follow ?? null;
      this.blocks = options.blocks ?? false;
      this.gated = options.gated ?? false;
      this.targets = options.targets ?? object.parts;
      this.choices = options.choices ?? 1;
      this.queuedIn = options.queuedIn ?? null;
      this.victim = options.victim ?? null;
      this.performer = options.performer ?? -1;
      this.withdraws = options.withdraws ?? null;
      this.access = options.access ?? BY_STATE;
      this.isPlain = this.victim === null && this.targets.length === 1 && this.targets[0]!.whole === object;
    }
    this.target = this.targets[0]!;
    this.value = this as Op;
  }

  [Symbol.iterator](): this {
    this.#isFresh = true;
    if (capturing) capture();
    return this;
  }

  next(value?: unknown): IteratorResult<Op, T> {
    if (this.#isFresh) {
      this.#isFresh = false;
      return this;
    }
    DONE.value = value;
    return DONE as IteratorReturnResult<T>;
  }

  /** Passes an error through into the waiting task. */
  throw(error?: unknown): IteratorResult<Op, T> {
    throw error;
  }

  // biome-ignore lint/suspicious/noThenProperty: an op is what async code awaits.
  then<A = T, B = never>(
    resolve?: ((value: T) => A | PromiseLike<A>) | null,
    reject?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (capturing) capture();
    return new Promise<T>((fulfil, fail) => {
      if (parker === null)
        fail(new Error(`${this.object.name}: awaited outside an exploration; use simulate() or explore()`));
      else parker(this as Op, fulfil as (value: never) => void, fail);
    }).then(resolve, reject);
  }

  /** How a diagram writes it, with what it gave where that is known. */
  label(result?: unknown): string {
    return this.object.describe(this as Op, result);
  }
}
