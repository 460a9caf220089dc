/**
 * The operations that kills, and limits of waits, have taken from the tasks that were to run them, in order of those events.
 *
 * Such an operation never runs, and races all the same as those of blocked tasks do (rule A): had the scheduler chosen otherwise, it would have run
 * before that event. That can be told only at the end of the execution, when everything that might have let it run has happened.
 */
import { AccessSet } from '../engine/access-set.ts';
import type { Op } from '../engine/op.ts';
import { isWithdrawn } from '../engine/task-code.ts';
import type { GivenUp, World } from '../engine/world.ts';
import { endBefore, type History } from './history.ts';

export interface Withdrawal {
  /** The event that took it away. */
  readonly killer: number;
  readonly task: number;
  readonly op: Op;
  readonly accesses: AccessSet;
  /** The task's latest event before, and the event without which it could not have run it. */
  readonly last: number;
  readonly gate: number;
}

export class Withdrawn {
  readonly #list: Withdrawal[] = [];

  /** The event that is about to run, the latest of the history, may be a kill. */
  note(world: World, history: History, { victim }: Op): void {
    if (victim === null || !isWithdrawn(world, victim)) return;
    this.#add(history, { task: victim, op: victim.pending!, gate: victim.gate });
  }

  /** The latest event has run: it may have ended the waits of others. */
  noteGivenUp({ givenUp }: World, history: History): void {
    for (const each of givenUp) this.#add(history, each);
  }

  #add(history: History, { task, op, gate }: GivenUp): void {
    const accesses = new AccessSet();
    accesses.collectOf(task, op);
    const { index } = task;
    this.#list.push({ killer: history.length - 1, task: index, op, accesses, last: history.last[index]!, gate });
  }

  /** The execution goes on from its first `length` events. */
  popTo(length: number): void {
    while (this.#list.length > 0 && this.#list.at(-1)!.killer >= length) this.#list.pop();
  }

  /** Each of them, after its past has been written into the history. */
  *recalled(history: History): Generator<Withdrawal> {
    for (const withdrawal of this.#list) {
      const { last, gate, op } = withdrawal;
      history.writePast(last, gate, endBefore(op));
      history.gate[history.length] = gate;
      yield withdrawal;
    }
  }

  /** The operation that an event has taken from a task; null when none. */
  takenFrom(task: number, event: number): Op | null {
    return this.#list.find((each) => each.killer === event && each.task === task)?.op ?? null;
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }
}
