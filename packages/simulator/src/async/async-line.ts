/**
 * One line of async code as the code of a task: what it has started and not got yet, one thing after the other.
 *
 * Invariant: the queue of a line is any number of effects (a release that nobody awaits: it comes before what the code starts after
 * it) and then at most one wait. What is started while a line waits comes from concurrent code (`Promise.all`) and makes
 * a line of its own, which begins when the effects started before it are done. All lines that come of one call of a task's function are its flow.
 */
import { type Op, takeSite } from '../engine/op.ts';
import type { SimObject } from '../engine/sim-object.ts';
import type { SimTask, TaskBody } from '../engine/sim-task.ts';
import { RUNNING } from '../engine/task-code.ts';
import { TaskKilledError } from '../engine/task-killed-error.ts';

/** An operation that async code has started, and how it learns of its end. */
export interface Wait {
  readonly op: Op;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
  /** Takes effect in the order of the program, whether it is awaited or not. */
  readonly isEffect: boolean;
  /** Abort signals may end it. */
  readonly heeds?: SimObject | null;
}

/** The lines of one function: they share its variables. */
export interface Flow {
  readonly lines: AsyncLine[];
  /** A branch of another function: it sees that one's variables and runs under its locks. */
  readonly isFork: boolean;
  /** Stands for its variables, in the analysis of races. */
  variables: SimObject | null;
  /** The function has returned. */
  hasEnded: boolean;
  result: unknown;
  /** What it has thrown, where that is a failure. */
  error: { readonly reason: unknown } | null;
  /** The execution is over: what the code still does is of no interest. */
  isAbandoned: boolean;
}

/** Told when a line has something new to say: an operation, its end. */
export type Touched = (line: AsyncLine) => void;

export class AsyncLine implements TaskBody {
  readonly flow: Flow;
  /** Where it branched off, or was forked; null for a task of the program. */
  readonly parent: AsyncLine | null;
  /** The task it is, once it has begun. */
  task: SimTask | null = null;
  /** Its code does not know that it is a line of its own: it branched off at an operation of the simulation, not of a lock. */
  readonly isLoose: boolean;
  /** The task was declared as one that may never end. */
  isDaemon = false;
  readonly #name: string;
  readonly #touched: Touched;
  readonly #queue: Wait[] = [];
  /** Lines that begin when the effects of this one are done. */
  #branches: AsyncLine[] = [];
  #children = 0;
  #isStarted = false;
  /** What a callback of it has thrown. */
  error: { readonly reason: unknown } | null = null;
  /** What its task is parked on. */
  parked: Wait | null = null;
  /** Stack of the latest wait, while sites are captured; the latest step in words; the latest foreign resource. */
  lastSite: string | null = null;
  lastLabel: string | null = null;
  resource: { readonly type: string; readonly stack: string } | null = null;

  constructor(flow: Flow, parent: AsyncLine | null, name: string, touched: Touched, isLoose = false) {
    this.flow = flow;
    this.parent = parent;
    this.isLoose = isLoose;
    this.#name = name;
    this.#touched = touched;
    flow.lines.push(this);
  }

  get name(): string {
    return this.task?.name ?? this.#name;
  }

  get isRoot(): boolean {
    return this.flow.lines[0] === this;
  }

  /** What the line does next; null: its code runs, has ended, or waits for a promise. */
  get head(): Wait | null {
    return this.#queue[0] ?? null;
  }

  get last(): Wait | null {
    return this.#queue.at(-1) ?? null;
  }

  /** Whether the code of this line may start an operation, or it must be that of a concurrent one. */
  get isFree(): boolean {
    const last = this.#queue.at(-1);
    return (last === undefined || last.isEffect) && this.task?.finished !== true;
  }

  /** Something it has started is still to take effect. */
  get owesEffects(): boolean {
    return this.#queue.some(({ isEffect }) => isEffect);
  }

  /** The name of the next line that branches off here. */
  childName(): string {
    this.#children += 1;
    return `${this.name}/${this.#children}`;
  }

  /** A line begins under this one as soon as its effects are done. */
  defer(line: AsyncLine): void {
    this.#branches.push(line);
    this.#touched(this);
  }

  /** The lines that can begin now. */
  takeBranches(): readonly AsyncLine[] {
    if (this.#branches.length === 0 || this.head?.isEffect === true) return [];
    return this.#branches.splice(0);
  }

  /** The code has started an operation. */
  push(wait: Wait): void {
    if (this.flow.isAbandoned) return;
    this.#queue.push(wait);
    this.flow.lines[0]!.lastSite = takeSite();
    this.#touched(this);
  }

  /** A wait ends without what was waited for, if it has not ended yet: `op` says so to the others. */
  giveUp(wait: Wait, op: Op, reason: unknown): void {
    const place = this.#queue.indexOf(wait);
    if (place < 0) return;
    if (this.parked !== wait) {
      this.#queue.splice(place, 1);
      wait.reject(reason);
    } else this.#queue[place] = { ...wait, op, resolve: () => wait.reject(reason), isEffect: true };
    this.#touched(this);
  }

  /** The promise of its function. */
  follow(promise: PromiseLike<unknown>, isReported: boolean): void {
    const { flow } = this;
    const end = (value: unknown, error: AsyncLine['error']): void => {
      if (flow.isAbandoned) return;
      flow.hasEnded = true;
      flow.result = value;
      if (isReported && !(error?.reason instanceof TaskKilledError)) flow.error = error;
      for (const line of flow.lines) this.#touched(line);
    };
    promise.then(
      (value) => end(value, null),
      (reason) => end(undefined, { reason }),
    );
  }

  resume(value: unknown): unknown {
    if (this.#isStarted) this.#settle(value);
    this.#isStarted = true;
    return this.#run();
  }

  /** Async code cannot be unwound from outside: its waits fail, and what it does then is followed step by step. */
  kill(): unknown {
    const name = this.name;
    for (const { reject } of this.#queue.splice(0)) reject(new TaskKilledError(name));
    return this.#run();
  }

  abandon(): void {
    this.flow.isAbandoned = true;
    this.#queue.length = 0;
  }

  #run(): unknown {
    this.parked = null;
    this.#touched(this);
    return RUNNING;
  }

  #settle(value: unknown): void {
    const wait = this.#queue.shift()!;
    this.flow.lines[0]!.lastLabel = wait.op.label(value);
    wait.resolve(value as never);
  }
}
