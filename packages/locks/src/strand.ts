/**
 * A strand: one line of asynchronous code, which does one thing after the other, and the task validators know it as.
 *
 * Concurrent lines must be strands of their own, or the locks of one would seem held by the other. Three kinds:
 * - a *flow* is what the program names (`task`) or forks (`fork`, `all`); `main` is the flow of all code outside any;
 * - a *scope* is one `runExclusive` callback, which makes callback style exact without the program saying anything;
 * - a *branch* is a line that showed itself to be one: in `main`, whatever takes a lock while holding none; in any strand, a second
 *   acquisition in one segment. It is followed from the acquisition on.
 * Each starts under the locks its parent holds at that moment; these order what is taken next, and stay the parent's to
 * release. Whoever acquired in a flow may release anywhere in it.
 *
 * Cost: a strand is one object; a validator's task for it is borrowed when it first takes a lock, made when it inherits any.
 */
import type { Task, Validator } from '@lockdep/core';
import type { Agent } from './runtime.ts';
import { currentSegment } from './segment.ts';
import { TaskPool } from './task-pool.ts';

type Kind = 'flow' | 'implicit' | 'scope' | 'branch';

export class Strand implements Agent {
  readonly flow: Strand;
  /** Locks held or waited for in this strand's name. */
  open = 0;
  readonly #kind: Kind;
  readonly #label: string;
  /** Of a branch: the strand it was noticed in, and how many of its locks are held around the branch. */
  readonly #origin: Strand | null;
  readonly #around: number;
  #validator: Validator | null = null;
  #task: Task | null = null;
  #pooled = false;
  /** Tasks of further validators; null for almost every strand. */
  #others: Map<Validator, Task> | null = null;
  #ended = false;
  #successor: Strand | null = null;
  #forks = 0;
  /** The segment of the latest acquisition, and how many locks were held before the first one in it. */
  #segment = -1;
  #before = 0;
  /** Of a flow: its lines' tasks, and those of its lines that hold locks beyond their time. */
  #pool: TaskPool | null = null;
  #leftovers: Set<Strand> | null = null;

  private constructor(kind: Kind, label: string, flow: Strand | null, origin: Strand | null, around: number) {
    this.#kind = kind;
    this.#label = label;
    this.flow = flow ?? this;
    this.#origin = origin;
    this.#around = around;
    if (origin !== null && around > 0) this.#inherit(origin, around);
  }

  /** A flow that starts with nothing held. */
  static task(name: string): Strand {
    return new Strand('flow', name, null, null, 0);
  }

  /** The flow of code that belongs to none. It has no end, and its lines of code are told apart as well as can be. */
  static implicit(name: string): Strand {
    return new Strand('implicit', name, null, null, 0);
  }

  /** How errors and reports call it. */
  get name(): string {
    return this.#task?.name ?? this.#label;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether this is the flow of code that belongs to none. */
  get implicit(): boolean {
    return this.#kind === 'implicit';
  }

  /** Whether validators have closed their books on this strand. */
  get retired(): boolean {
    return this.#ended && this.#task === null;
  }

  /** A flow that starts under what this strand holds. */
  fork(): Strand {
    this.#forks += 1;
    return new Strand('flow', `${this.name}/${this.#forks}`, null, this, this.#heldAround());
  }

  /** The strand of one callback. */
  scope(): Strand {
    return new Strand('scope', this.name, this.flow, this, this.#heldAround());
  }

  /** The strand to which an acquisition belongs that code of this strand makes now: itself, or a branch. */
  line(): Strand {
    const line = this.#isNewLine() ? this.#branch() : this;
    line.#touch();
    return line;
  }

  /** The strand to charge for what runs in this context now: detached work that outlives a strand gets one of its own. */
  alive(): Strand {
    if (!this.#ended) return this;
    this.#successor ??= Strand.implicit(`${this.flow.name} (detached)`);
    return this.#successor;
  }

  taskOf(validator: Validator): Task {
    if (this.#validator === validator) return this.#task!;
    const other = this.#others?.get(validator);
    if (other !== undefined) return other;
    if (this.#validator !== null || this.#kind === 'flow') return this.#adopt(validator, validator.task(this.name));
    const pool = this.flow.#poolFor(validator);
    const task = pool?.take() ?? validator.task(this.name);
    this.#pooled = pool !== null;
    return this.#adopt(validator, task);
  }

  /** One hold or wait in this strand's name is over. */
  close(): void {
    this.open -= 1;
    if (this.open > 0 || !(this.#kind === 'branch' || (this.#kind === 'scope' && this.#ended))) return;
    this.flow.#leftovers?.delete(this);
    this.#retire();
  }

  /** The strand has done its work. A flow's held locks are reported; a scope's may still be released within the flow. */
  end(): void {
    this.#ended = true;
    if (this.flow !== this && this.open > 0) {
      this.flow.#leave(this);
      return;
    }
    if (this.#leftovers !== null) {
      for (const line of this.#leftovers) line.#outlived();
      this.#leftovers = null;
    }
    this.#retire();
    this.#pool?.drain();
  }

  #isNewLine(): boolean {
    if (this.open > 0) return this.#segment === currentSegment();
    return this.#kind === 'implicit' || this.#kind === 'branch';
  }

  #branch(): Strand {
    // Next to a branch that holds nothing of its own there is another one of where that came from.
    const beside = this.#kind === 'branch' && (this.open === 0 || this.#heldAround() <= this.#around);
    const origin = beside ? this.#origin! : this;
    const around = beside ? Math.min(this.#around, origin.#task?.depth ?? 0) : this.#heldAround();
    const branch = new Strand('branch', this.flow.name, this.flow, origin, around);
    if (this.flow.#kind === 'flow') this.flow.#leave(branch);
    return branch;
  }

  #touch(): void {
    const segment = currentSegment();
    if (this.#segment === segment) return;
    this.#segment = segment;
    this.#before = this.#task?.depth ?? 0;
  }

  /** How many of the locks held now are held around what starts now: not those another branch has taken in this segment. */
  #heldAround(): number {
    if (this.#task === null) return 0;
    return this.#segment === currentSegment() ? this.#before : this.#task.depth;
  }

  #inherit(origin: Strand, around: number): void {
    const validator = origin.#validator!;
    // Nothing says that the line in which a branch was noticed waits for it.
    const awaited = this.#kind !== 'branch';
    this.#adopt(validator, validator.task(origin.name, { parent: origin.#task!, depth: around, awaited }));
  }

  #adopt(validator: Validator, task: Task): Task {
    if (this.#validator === null) {
      this.#validator = validator;
      this.#task = task;
    } else {
      this.#others ??= new Map();
      this.#others.set(validator, task);
    }
    return task;
  }

  #poolFor(validator: Validator): TaskPool | null {
    this.#pool ??= new TaskPool(validator, this.#label);
    return this.#pool.serves(validator) ? this.#pool : null;
  }

  #leave(line: Strand): void {
    this.#leftovers ??= new Set();
    this.#leftovers.add(line);
  }

  /** The flow has ended before this line of it. */
  #outlived(): void {
    this.#ended = true;
    this.#retire();
  }

  #retire(): void {
    const task = this.#task;
    const validator = this.#validator;
    const others = this.#others;
    this.#task = null;
    this.#validator = null;
    this.#others = null;
    if (task !== null) {
      if (this.#pooled && task.depth === 0) this.flow.#pool!.giveBack(task);
      else validator!.endTask(task);
    }
    if (others !== null) for (const [other, otherTask] of others) other.endTask(otherTask);
  }
}
