/**
 * `wb_err` of a mapping: writeback that failed is reported by fsync, once to each who opened the file before or was the first to ask after.
 *
 * Source: `lib/errseq.c`.
 */
import type { Errno } from './errno.ts';
import type { Act, Machine, Proc, Region } from './machine.ts';

/** What one opener of a file has been told of. */
export interface WritebackErrorCursor {
  seen: number;
}

/** The errors of one mapping, counted; who has seen as many is not told again. */
export class WritebackError {
  readonly #machine: Machine;
  readonly #region: Region;
  /** Of who fsyncs without an open file of its own. */
  readonly #common: WritebackErrorCursor = { seen: 0 };
  #error: Errno | null = null;
  #count = 0;
  /** Of {@link count}, those that somebody has been told of. */
  #reported = 0;

  constructor(machine: Machine, name: string) {
    this.#machine = machine;
    this.#region = machine.region(`${name}.wb_err`);
  }

  /** Whether some writeback has failed, ever; for oracles. */
  get hasFailed(): boolean {
    return this.#count > 0;
  }

  /** `mapping_set_error` */
  set(error: Errno): Act {
    return this.#machine.access([], [this.#region], `${this.#region.name} is ${error}`, () => {
      this.#error = error;
      this.#count += 1;
    });
  }

  /** The file is opened: errors that nobody has been told of are this opener's as well (`errseq_sample`). */
  open(): Act<WritebackErrorCursor> {
    return this.#machine.access([this.#region], [], `sample ${this.#region.name}`, () => ({
      seen: Math.min(this.#count, this.#reported),
    }));
  }

  /** The error since this opener asked last, which it now has been told of (`errseq_check_and_advance`). */
  *check(cursor: WritebackErrorCursor = this.#common): Proc<Errno | null> {
    const words = `check ${this.#region.name}`;
    const isNew = yield* this.#machine.access([this.#region], [], words, () => this.#count > cursor.seen);
    if (!isNew) return null;
    return yield* this.#machine.access([], [this.#region], `report ${this.#region.name}`, () => {
      cursor.seen = this.#count;
      this.#reported = this.#count;
      return this.#error;
    });
  }
}
