/**
 * A strand: one line of asynchronous code, which does one thing after the other, and the task validators know it as.
 *
 * Concurrent branches must be strands of their own, or the locks of one would seem held by the other. A *flow* is what the program
 * names (`task`) or forks (`fork`, `all`); within a flow every `runExclusive` callback is a *scope*, which makes
 * callback style exact without the program saying anything. A forked strand and a scope start under the locks their parent
 * holds at that moment; these order what is taken next, and stay the parent's to release. Code outside any task belongs to
 * one implicit flow, `main`.
 *
 * Cost: a strand is one object; a validator's task for it is made when it first takes a lock, or when it inherits any.
 */
import type { Task, Validator } from '@lockdep/core';
import type { Agent } from './runtime.ts';
import { shared } from './shared.ts';
import { type StrandStorage, strandStorage } from './strand-storage.ts';

export class Strand implements Agent {
  readonly name: string;
  /** The flow this strand is, or is a scope of: whoever acquired in a flow may release anywhere in it. */
  readonly flow: Strand;
  /** Locks held or waited for in this strand's name. */
  open = 0;
  #validator: Validator | null = null;
  #task: Task | null = null;
  /** Tasks of further validators; null for almost every strand. */
  #others: Map<Validator, Task> | null = null;
  /** Does the task come with locks of the parent's? */
  #heir = false;
  #ended = false;
  #successor: Strand | null = null;
  #forks = 0;
  /** Of a flow: callbacks running directly in it; of a scope: is it one of these? */
  #scopes = 0;
  #top = false;
  /** Of a flow: a task without locks, for its next scope. */
  #spare: Task | null = null;
  #spareFor: Validator | null = null;
  /** Of a flow: scopes that have ended with locks held. */
  readonly #leftovers: Set<Strand> = new Set();

  private constructor(name: string, parent: Strand | null, flow: Strand | null) {
    this.name = name;
    this.flow = flow ?? this;
    if (parent !== null) this.#inherit(parent);
  }

  /** A flow that starts with nothing held. */
  static task(name: string): Strand {
    return new Strand(name, null, null);
  }

  /** A flow that starts under what this strand holds. */
  fork(): Strand {
    this.#forks += 1;
    return new Strand(`${this.name}/${this.#forks}`, this, null);
  }

  /** The strand of one callback of this flow; named like the flow unless several run at once. */
  scope(): Strand {
    if (this.flow !== this) return new Strand(this.name, this, this.flow);
    this.#scopes += 1;
    const scope = new Strand(this.#scopes === 1 ? this.name : `${this.name}/${this.#scopes}`, this, this);
    scope.#top = true;
    return scope;
  }

  get ended(): boolean {
    return this.#ended;
  }

  taskOf(validator: Validator): Task {
    if (this.#validator === validator) return this.#task!;
    const other = this.#others?.get(validator);
    if (other !== undefined) return other;
    const task = this.flow.#takeSpare(validator, this.name) ?? validator.task(this.name);
    this.#adopt(validator, task);
    return task;
  }

  /** The strand to charge for what runs in this context now: detached work that outlives a strand gets one of its own. */
  alive(): Strand {
    if (!this.#ended) return this;
    this.#successor ??= Strand.task(`${this.flow.name} (detached)`);
    return this.#successor;
  }

  /** One hold or wait in this strand's name is over. */
  close(): void {
    this.open -= 1;
    if (this.open > 0 || !this.#ended || this.flow === this) return;
    this.flow.#leftovers.delete(this);
    this.#retire();
  }

  /** The strand has done its work. A flow's held locks are reported; a scope's may still be released within the flow. */
  end(): void {
    this.#ended = true;
    if (this.#top) this.flow.#scopes -= 1;
    if (this.flow === this) {
      for (const scope of this.#leftovers) scope.#retire();
      this.#leftovers.clear();
    } else if (this.open > 0) {
      this.flow.#leftovers.add(this);
      return;
    }
    this.#retire();
  }

  /** Whether validators have closed their books on this strand. */
  get retired(): boolean {
    return this.#ended && this.#task === null;
  }

  #inherit(parent: Strand): void {
    if (parent.#task !== null && parent.#task.depth > 0) this.#inheritFrom(parent.#validator!, parent.#task);
    if (parent.#others === null) return;
    for (const [validator, task] of parent.#others) if (task.depth > 0) this.#inheritFrom(validator, task);
  }

  #inheritFrom(validator: Validator, parent: Task): void {
    this.#heir = true;
    this.#adopt(validator, validator.task(this.name, { parent }));
  }

  #adopt(validator: Validator, task: Task): void {
    if (this.#validator === null) {
      this.#validator = validator;
      this.#task = task;
    } else {
      this.#others ??= new Map();
      this.#others.set(validator, task);
    }
  }

  #takeSpare(validator: Validator, name: string): Task | null {
    if (this.#spareFor !== validator || this.name !== name) return null;
    const task = this.#spare;
    this.#spare = null;
    return task;
  }

  /** A task that inherited nothing and holds nothing is as good as new. */
  #lendable(): boolean {
    const { flow } = this;
    if (flow === this || flow.#ended || flow.#spare !== null) return false;
    return !this.#heir && this.name === flow.name && this.#task!.depth === 0;
  }

  #retire(): void {
    if (this.#task !== null) {
      if (this.#lendable()) {
        this.flow.#spare = this.#task;
        this.flow.#spareFor = this.#validator;
      } else this.#validator!.endTask(this.#task);
      this.#task = null;
      this.#validator = null;
    }
    if (this.#others !== null) for (const [validator, task] of this.#others) validator.endTask(task);
    this.#others = null;
    if (this.#spare !== null) this.#spareFor!.endTask(this.#spare);
    this.#spare = null;
  }
}

/** Of all copies of this package in the process. */
const strands = shared('@lockdep/strands', () => ({ storage: strandStorage<Strand>(), main: Strand.task('main') }));
export const storage: StrandStorage<Strand> = strands.storage;

/** The strand that runs now. */
export function currentStrand(): Strand {
  return (storage.getStore() ?? strands.main).alive();
}

/** Runs `fn` in a strand of its own, which ends when what `fn` returned has settled. */
export async function runIn<T>(strand: Strand, fn: () => T): Promise<Awaited<T>> {
  try {
    return await storage.run(strand, fn);
  } finally {
    strand.end();
  }
}
