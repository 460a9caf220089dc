/**
 * A pipe, as far as splice needs it: bytes in flight between two files, under its mutex. The kernel keeps references to pages here; these are
 * copies, so what is written to a page later does not change them.
 */
import { LockKey } from '@lockdep/core';
import { Mutex } from '@lockdep/locks';
import type { Engine } from './engine.ts';
import type { Tag } from './tag.ts';

const key = new LockKey({ name: '&pipe->mutex', kind: 'mutex' });

/** Source: `include/linux/pipe_fs_i.h: struct pipe_inode_info`. */
export class Pipe {
  /** Outside `i_rwsem`, and inside freeze protection. */
  readonly mutex: Mutex;
  /** Bytes it takes. */
  readonly capacity: number;
  /** Guarded by {@link mutex}. */
  readonly #bytes: Tag[] = [];

  constructor(engine: Engine, name: string = 'pipe', capacity: number = 4 * engine.geometry.pageSize) {
    this.mutex = new Mutex({ key, label: `pipe_mutex(${name})`, validator: engine.validator });
    this.capacity = capacity;
  }

  /** Bytes in it. Duty of the caller: the mutex. */
  get length(): number {
    return this.#bytes.length;
  }

  /** Puts in what there is room for; answers how many. Duty of the caller: the mutex. */
  push(tags: readonly Tag[]): number {
    const room = tags.slice(0, this.capacity - this.length);
    this.#bytes.push(...room);
    return room.length;
  }

  /** Takes out the first bytes, at most `count`. Duty of the caller: the mutex. */
  take(count: number): Tag[] {
    return this.#bytes.splice(0, count);
  }
}
