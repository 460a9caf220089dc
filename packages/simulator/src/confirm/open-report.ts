/** A report while it is being decided: what has been tried, how near it came, and the answer as soon as there is one. */
import type { OrderReport, Validator } from '@lockdep/core';
import type { World } from '../engine/world.ts';
import type { Finding } from '../failure/finding.ts';
import { type Circle, circleOf } from './circle.ts';
import type { Closest, Confirmation, ConfirmedBy } from './confirmation.ts';
import { deadlockOn } from './deadlock-on-circle.ts';
import type { Objection, Ring } from './rings.ts';

/** The execution that came to the deadlock. */
export interface FoundDeadlock {
  readonly finding: Finding;
  readonly tasks: Int32Array;
  readonly choices: Int32Array;
  readonly execution: number;
}

export class OpenReport {
  report: OrderReport;
  readonly circle: Circle;
  rings: { readonly possible: readonly Ring[]; readonly objection: Objection | null } = {
    possible: [],
    objection: null,
  };
  /** Predicted deadlocks that have been tried. */
  predictions = 0;
  /** A class of the circle of which no lock of the program is. */
  strange: string | null = null;
  attempts = 0;
  found: FoundDeadlock | null = null;
  decided: Confirmation | null = null;
  readonly #validator: Validator;
  #closest: Closest | null = null;

  constructor(report: OrderReport, validator: Validator) {
    this.report = report;
    this.#validator = validator;
    this.circle = circleOf(report);
  }

  deadlock(world: World, isOver: boolean): Finding | null {
    return deadlockOn(world, this.#validator, this.circle, isOver);
  }

  isThere(world: World, isOver: boolean): boolean {
    return this.deadlock(world, isOver) !== null;
  }

  comesClose(closest: Closest | null): void {
    if (closest !== null && closest.paused.length > (this.#closest?.paused.length ?? 0)) this.#closest = closest;
  }

  confirm(by: ConfirmedBy, reason: string, executions: number, ms: number): void {
    this.#decide('confirmed', by, reason, executions, ms);
  }

  /** All interleavings have been seen. `other`: a deadlock of another kind that is among them. */
  refute(complete: number, other: string | null, executions: number, ms: number): void {
    const { objection } = this.rings;
    const tried = complete === 1 ? 'the only interleaving does not end' : `none of all ${complete} interleavings ends`;
    const because = objection === null ? '' : `${objection.reason}: `;
    const otherwise = other === null ? '' : `; another deadlock is possible (${other})`;
    this.#decide('refuted', objection?.by ?? 'search', `${because}${tried} in it${otherwise}`, executions, ms);
  }

  unconfirmed(executions: number, ms: number): Confirmation {
    const { objection, possible } = this.rings;
    if (this.strange !== null) {
      const reason = `the program has no lock of class '${this.strange}': the report is of another program, or of another validator than its locks report to (option 'validator')`;
      this.#decide('unconfirmed', 'budget', reason, executions, ms);
      return this.decided!;
    }
    const how =
      objection !== null
        ? `; in what was seen ${objection.reason}`
        : possible.length === 0
          ? '; no run has shown tasks that could wait for each other so'
          : '';
    this.#decide('unconfirmed', 'budget', `undecided after ${executions} executions${how}`, executions, ms);
    return { ...this.decided!, ...(this.#closest === null ? {} : { closest: this.#closest }) };
  }

  #decide(verdict: Confirmation['verdict'], by: ConfirmedBy, reason: string, executions: number, ms: number): void {
    const { report, attempts } = this;
    this.decided = { report, verdict, reason, by, attempts, executions, ms };
  }
}
