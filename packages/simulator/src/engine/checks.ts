/**
 * What a program wants asked of its executions: invariants after each step, conditions at the end; and the failures noted.
 */
import type { RawFailure } from '../failure/raw-failure.ts';
import type { World } from './world.ts';

/** In place of a task: the program as a whole. */
const PROGRAM = -1;

export class Checks {
  readonly #world: World;
  /** Failures of this execution. */
  failures: RawFailure[] = [];
  #invariants: { readonly name: string; readonly check: () => unknown }[] = [];
  #finals: (() => unknown)[] = [];
  #finalCount = 0;
  /** State the program keeps beside the simulation's objects, for state caching. */
  readonly states: (() => unknown)[] = [];
  hasInvariants = false;

  constructor(world: World) {
    this.#world = world;
  }

  restart(): void {
    if (this.failures.length > 0) this.failures = [];
    if (this.hasInvariants) this.#invariants = [];
    this.hasInvariants = false;
    this.#finalCount = 0;
    if (this.states.length > 0) this.states.length = 0;
  }

  /** Asked after every step. */
  invariant(name: string, check: () => unknown): void {
    this.#invariants.push({ name, check });
    this.hasInvariants = true;
  }

  /** Asked at the end of an execution that is not deadlocked. */
  final(check: () => unknown): void {
    this.#finals[this.#finalCount++] = check;
  }

  /** Notes a failure in the name of a task, which is the one that runs if none is named. */
  fail(kind: RawFailure['kind'], message: string, error?: unknown, task: number = this.#world.current): void {
    const { count: step } = this.#world;
    this.failures.push({ kind, message, task, step, error });
  }

  askInvariants(): void {
    for (const { name, check } of this.#invariants) {
      try {
        const answer = check();
        if (answer === false) this.fail('oracle', `invariant '${name}' does not hold`);
        else if (typeof answer === 'string') this.fail('oracle', answer);
      } catch (error) {
        this.fail('oracle', `invariant '${name}': ${messageOf(error)}`, error);
      }
    }
  }

  askFinals(): void {
    for (let i = 0; i < this.#finalCount; i++) {
      try {
        const answer = this.#finals[i]!();
        if (answer === false) this.fail('assertion', 'the final condition does not hold', undefined, PROGRAM);
        else if (typeof answer === 'string') this.fail('assertion', answer, undefined, PROGRAM);
      } catch (error) {
        this.fail('assertion', messageOf(error), error, PROGRAM);
      }
    }
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
