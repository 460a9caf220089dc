/**
 * Can the members of a pattern all be parked right before their requests, in some schedule of this run that keeps the order of sections?
 *
 * The first occasions are tried; the closure of what comes before them is a set of events that can be run as they were. If it contains
 * none of the requests, that is the deadlock, and the set its witness. If it contains one, no schedule parks that task there (closures
 * only grow), and its next occasion is tried. Linear in the events of the run, all occasions together. (PLDI 2023, Algorithm 3.)
 */
import { Closure } from './closure.ts';
import type { Pattern } from './patterns.ts';
import type { RunTrace, Section } from './run-trace.ts';

/** A deadlock that can be reached, and how. */
export interface Prediction {
  /** The requests, in the order of the circle: each wants what the next one holds. */
  readonly members: readonly Section[];
  /** The witness: by task, how many of its events come first. Run in the order of the run, they leave each member right before its request. */
  readonly prefix: readonly number[];
}

export class PatternSearch {
  readonly #trace: RunTrace;
  readonly #pattern: Pattern;
  readonly #closure: Closure;
  /** By member: the occasion that is tried. */
  readonly #tried: number[];

  constructor(trace: RunTrace, pattern: Pattern) {
    this.#trace = trace;
    this.#pattern = pattern;
    this.#closure = new Closure(trace);
    this.#tried = pattern.map(() => 0);
  }

  /** The first prediction; null when there is none. When the run has gone on since, ask again: it goes on from where it was. */
  next(): Prediction | null {
    for (;;) {
      const members = this.#members();
      if (members === null) return null;
      for (const { task, from } of members) if (!this.#closure.include(task, from - 1)) return null;
      if (members.some((member) => this.#isPast(member))) continue;
      return { members, prefix: this.#trace.tasks.map((_, task) => this.#closure.count(task)) };
    }
  }

  /** By member the first occasion that is not past; null when one has no more. */
  #members(): Section[] | null {
    const members: Section[] = [];
    for (const [at, { occasions }] of this.#pattern.entries()) {
      while (this.#tried[at]! < occasions.length && this.#isPast(occasions[this.#tried[at]!]!)) this.#tried[at]! += 1;
      const member = occasions[this.#tried[at]!];
      if (member === undefined) return null;
      members.push(member);
    }
    return members;
  }

  #isPast({ task, from }: Section): boolean {
    return this.#closure.count(task) >= from;
  }
}
