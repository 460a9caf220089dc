/** The size of a file on disk (`i_disksize`, `i_disk_size`): follows `i_size` when the data behind it has been written. */
import type { Engine, Proc, Region } from '@lockdep/page-cache';

/** Written with the map lock held exclusively; read without any lock, or with that. */
export class DiskSize {
  readonly #engine: Engine;
  readonly #region: Region;
  #value: number;

  constructor(engine: Engine, name: string, value: number) {
    this.#engine = engine;
    this.#region = engine.machine.region(`${name}.i_disksize`);
    this.#value = value;
  }

  /** The size, where the map lock is held or nothing runs. */
  get value(): number {
    return this.#value;
  }

  /** The size, without a lock. */
  *read(): Proc<number> {
    const words = `read ${this.#region.name}`;
    return yield* this.#engine.machine.access([this.#region], [], words, () => this.#value);
  }

  /** Duty of the caller: the map lock, exclusive. */
  *write(size: number): Proc {
    if (size === this.#value) return;
    yield* this.#engine.machine.access([], [this.#region], `set ${this.#region.name} to ${size}`, () => {
      this.#value = size;
    });
  }
}
