/**
 * A recorded run as prediction wants it: per task how many events it had, its critical sections, and which events of others had to come
 * before which of its own (fork, join, the write a read saw, the signal a wait saw).
 *
 * Tasks, locks and variables are numbers, given out by whoever records; events of a task are counted from 1. Order among tasks that
 * locks alone make is not kept: that is what prediction reorders. Memory: four bytes an event, a few words for each acquisition and each
 * such edge.
 */

/** A critical section, from its acquisition to its release. */
export interface Section {
  readonly task: number;
  readonly lock: number;
  readonly exclusive: boolean;
  /** Event of `task` that is the acquisition. */
  readonly from: number;
  /** Who releases it (the task itself, unless it was handed over), and at which of its events; infinity while it is open. */
  releaser: number;
  to: number;
  /** Of the acquisition, in the order of the run. */
  readonly position: number;
  /** What the task held when it asked, oldest first. Null when it could not have waited (a trylock). */
  readonly under: readonly Section[] | null;
}

/** Event `own` of a task comes after event `event` of the task `task`. */
export interface Edge {
  readonly own: number;
  readonly task: number;
  readonly event: number;
}

/** What happened in one task. */
export interface TaskTrace {
  events: number;
  readonly sections: Section[];
  /** In the order of `own`. */
  readonly edges: Edge[];
  /** What it holds now. */
  readonly open: Section[];
}

const NOBODY = -1;

/** Records a run, event by event, in the order in which they took effect. */
export class RunTrace {
  readonly tasks: TaskTrace[] = [];
  #order = new Int32Array(1024);
  #events = 0;
  /** By variable: the last write. */
  readonly #written = new Map<number, { readonly task: number; readonly event: number }>();
  /** By lock: the sections open now. */
  readonly #taken = new Map<number, Section[]>();
  /** By lock: the last section that another task than its own released. */
  readonly #handedOver = new Map<number, Section>();

  /** Events of all tasks. */
  get events(): number {
    return this.#events;
  }

  /** Whose the event at a place of the run is, from 0; −1 for one that was taken back. */
  taskAt(position: number): number {
    return this.#order[position]!;
  }

  /** A task has got a lock. `blocking`: it would have waited for it. */
  acquire(task: number, lock: number, exclusive: boolean, blocking: boolean): Section {
    const trace = this.#task(task);
    const from = this.#step(task);
    const handedOver = this.#handedOver.get(lock);
    // Of its own earlier section others know the end, not this task.
    if (handedOver?.task === task) this.#after(task, from, handedOver.releaser, handedOver.to);
    const under = blocking ? [...trace.open] : null;
    const to = Number.POSITIVE_INFINITY;
    const section: Section = { task, lock, exclusive, from, releaser: task, to, position: this.#events, under };
    trace.sections.push(section);
    trace.open.push(section);
    const taken = this.#taken.get(lock);
    if (taken === undefined) this.#taken.set(lock, [section]);
    else taken.push(section);
    return section;
  }

  /** The task turned out to have to wait: its acquisition, which must be the last thing it did, has not happened yet. */
  retract(section: Section): void {
    const trace = this.#task(section.task);
    trace.sections.pop();
    trace.open.splice(trace.open.indexOf(section), 1);
    this.#free(section);
    trace.events -= 1;
    this.#order[section.position - 1] = NOBODY;
  }

  /** Would an acquisition have to wait now? */
  isTaken(task: number, lock: number, exclusive: boolean): boolean {
    for (const section of this.#taken.get(lock) ?? []) {
      if (section.releaser !== task && (exclusive || section.exclusive)) return true;
    }
    return false;
  }

  /** It lets go of it; of several acquisitions of one lock, of the last. False when it does not hold it. */
  release(task: number, lock: number): boolean {
    const section = this.#takeOpen(task, lock);
    if (section === undefined) return false;
    section.to = this.#step(task);
    this.#free(section);
    if (section.task !== task) this.#handedOver.set(lock, section);
    return true;
  }

  /** A held lock is handed to another task, whose it is to release. False when it is not held. */
  transfer(task: number, to: number, lock: number): boolean {
    const section = this.#takeOpen(task, lock);
    if (section === undefined) return false;
    const event = this.#step(task);
    this.#after(to, this.#step(to), task, event);
    section.releaser = to;
    this.#task(to).open.push(section);
    return true;
  }

  write(task: number, variable: number): void {
    this.#written.set(variable, { task, event: this.#step(task) });
  }

  /** A read sees the last write, and so comes after it in every reordering. */
  read(task: number, variable: number): void {
    const own = this.#step(task);
    const write = this.#written.get(variable);
    if (write !== undefined) this.#after(task, own, write.task, write.event);
  }

  /** `child` begins after what `parent` did so far. */
  fork(parent: number, child: number): void {
    const event = this.#step(parent);
    this.#after(child, this.#task(child).events + 1, parent, event);
  }

  /** `task` goes on after everything that `ended` did. */
  join(task: number, ended: number): void {
    this.#after(task, this.#step(task), ended, this.#task(ended).events);
  }

  /** A task goes on for a reason that was not recorded: after everything that anybody did. */
  joinAll(task: number): void {
    const own = this.#step(task);
    for (const [other, { events }] of this.tasks.entries()) this.#after(task, own, other, events);
  }

  #after(task: number, own: number, other: number, event: number): void {
    if (task !== other && event > 0) this.#task(task).edges.push({ own, task: other, event });
  }

  #free(section: Section): void {
    const taken = this.#taken.get(section.lock)!;
    taken.splice(taken.indexOf(section), 1);
    if (taken.length === 0) this.#taken.delete(section.lock);
  }

  #takeOpen(task: number, lock: number): Section | undefined {
    const { open } = this.#task(task);
    const at = open.findLastIndex((section) => section.lock === lock);
    return at < 0 ? undefined : open.splice(at, 1)[0];
  }

  #step(task: number): number {
    const trace = this.#task(task);
    if (this.#events === this.#order.length) {
      const longer = new Int32Array(this.#events * 2);
      longer.set(this.#order);
      this.#order = longer;
    }
    this.#order[this.#events] = task;
    this.#events += 1;
    trace.events += 1;
    return trace.events;
  }

  #task(task: number): TaskTrace {
    while (this.tasks.length <= task) this.tasks.push({ events: 0, sections: [], edges: [], open: [] });
    return this.tasks[task]!;
  }
}
