/**
 * Validator tasks for the lines of code of one flow, which come and go: a task that holds nothing is as good as new.
 *
 * The first is named like the flow, a further one that runs at the same time `flow (2)`, so that reports tell them apart.
 */
import type { Task, Validator } from '@lockdep/core';

export class TaskPool {
  readonly #validator: Validator;
  readonly #name: string;
  /** The earliest made last, so that a flow that does one thing at a time keeps its own name. */
  readonly #free: Task[] = [];
  #made = 0;

  constructor(validator: Validator, name: string) {
    this.#validator = validator;
    this.#name = name;
  }

  serves(validator: Validator): boolean {
    return this.#validator === validator;
  }

  take(): Task {
    const task = this.#free.pop();
    if (task !== undefined) return task;
    this.#made += 1;
    return this.#validator.task(this.#made === 1 ? this.#name : `${this.#name} (${this.#made})`);
  }

  giveBack(task: Task): void {
    const free = this.#free;
    let at = free.length;
    while (at > 0 && free[at - 1]!.id < task.id) at -= 1;
    free.splice(at, 0, task);
  }

  /** Ends the tasks nobody uses. */
  drain(): void {
    for (const task of this.#free.splice(0)) this.#validator.endTask(task);
  }
}
