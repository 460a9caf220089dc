/**
 * Errors as choices: each request, allocation or reservation that may fail asks the scheduler, until as many have failed as the program
 * allows. Without {@link Faults} nothing fails, and nothing takes a step.
 */
import type { Machine, Proc, Region } from './machine.ts';

/** How many of each may fail, at moments that the scheduler chooses. Default: none. */
export interface Faults {
  /** Reads of the disk (`EIO`): the folio is unlocked and not uptodate. */
  readonly read?: number;
  /** Writes to the disk (`EIO`): the old bytes stay there, and fsync reports it, once. */
  readonly write?: number;
  /** Allocations of page-cache pages (`ENOMEM`). */
  readonly allocation?: number;
  /** Reservations and allocations of blocks (`ENOSPC`), however large the disk. */
  readonly space?: number;
}

/** The errors that are left to happen. */
export class FaultInjection {
  readonly #machine: Machine;
  readonly #left: Record<keyof Faults, number>;
  readonly #enabled: Readonly<Record<keyof Faults, boolean>>;
  readonly #region: Region;

  constructor(machine: Machine, { read = 0, write = 0, allocation = 0, space = 0 }: Faults) {
    this.#machine = machine;
    this.#left = { read, write, allocation, space };
    this.#enabled = { read: read > 0, write: write > 0, allocation: allocation > 0, space: space > 0 };
    this.#region = machine.region('faults');
  }

  /** Whether this one fails. Who is chosen to fail and comes too late does not. */
  *fails(kind: keyof Faults, words: string): Proc<boolean> {
    if (!this.#enabled[kind]) return false;
    if ((yield* this.#machine.choose(2, `${words} fails?`)) === 0) return false;
    return yield* this.#machine.access([], [this.#region], `${words} fails`, () => {
      if (this.#left[kind] === 0) return false;
      this.#left[kind] -= 1;
      return true;
    });
  }
}
