/**
 * Data that lie in the inode itself, of a file that is small enough; `xattr_sem` guards them and the flag that says so. Whoever asks the flag
 * without that lock knows what has been, unless another lock keeps conversions out.
 */
import { LockKey } from '@lockdep/core';
import { RwSemaphore } from '@lockdep/locks';
import { type Act, type Engine, type Proc, type Region, type Tag, ZERO } from '@lockdep/page-cache';

const xattrSem = new LockKey({ name: '&ei->xattr_sem', kind: 'rwsem' });

/** The inline data of one file. Source: `fs/ext4/inline.c`. */
export class InlineData {
  readonly xattrSem: RwSemaphore;
  /** What write_begin has found, for write_end; guarded by `i_rwsem`. */
  begun: boolean = false;
  readonly #engine: Engine;
  readonly #region: Region;
  #bytes: Tag[] | null;
  #old: Tag[] = [];

  constructor(engine: Engine, file: string, content: readonly Tag[]) {
    const { geometry, machine, validator } = engine;
    this.#engine = engine;
    this.xattrSem = new RwSemaphore({ key: xattrSem, label: `xattr_sem(${file})`, validator });
    this.#region = machine.region(`inline data of ${file}`);
    this.#bytes = Array.from({ length: geometry.blockSize }, (_, i) => content[i] ?? ZERO);
  }

  /** The bytes, as long as a block; null when they are in a block. For who holds `xattr_sem`, or when nothing runs. */
  get bytes(): readonly Tag[] | null {
    return this.#bytes;
  }

  /** `ext4_has_inline_data`, without a lock. */
  test(): Act<boolean> {
    return this.#engine.machine.access([this.#region], [], `${this.#region.name}?`, () => this.#bytes !== null);
  }

  /** `ext4_write_inline_data`. Duty of the caller: `xattr_sem`, exclusive. */
  *write(pos: number, tags: readonly Tag[]): Proc {
    this.#engine.assertHeldWrite(this.xattrSem);
    yield* this.#engine.machine.access([], [this.#region], `write ${this.#region.name}`, () => {
      this.#bytes?.splice(pos, tags.length, ...tags);
    });
  }

  /** `ext4_destroy_inline_data_nolock`: the file has none any more; answers what it was. Duty of the caller: `xattr_sem`, exclusive. */
  *destroy(): Proc<readonly Tag[]> {
    this.#engine.assertHeldWrite(this.xattrSem);
    return yield* this.#engine.machine.access([], [this.#region], `destroy ${this.#region.name}`, () => {
      this.#old = this.#bytes ?? [];
      this.#bytes = null;
      return this.#old;
    });
  }

  /** `ext4_restore_inline_data`: there was no block for them. Duty of the caller: `xattr_sem`, exclusive. */
  *restore(): Proc {
    this.#engine.assertHeldWrite(this.xattrSem);
    yield* this.#engine.machine.access([], [this.#region], `restore ${this.#region.name}`, () => {
      this.#bytes = this.#old;
    });
  }
}
