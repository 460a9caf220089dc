/**
 * An inode: identity, `i_rwsem`, `i_size`, and its page cache.
 *
 * Identity is (super block, inode number) and `generation`, which tells apart the objects an inode number has had in memory;
 * `address` is where the object lives, and is reused. Whatever orders by address orders objects, not files.
 */

import { RwSemaphore } from '@lockdep/locks';
import { AddressSpace } from './address-space.ts';
import type { FileSystem } from './file-system.ts';
import { DioCount } from './inode-dio.ts';
import type { Act, Proc, Region } from './machine.ts';
import type { SuperBlock } from './super-block.ts';

/** Identity of an inode in memory. */
export interface InodeOptions {
  readonly name: string;
  /** Inode number: unique within the super block. */
  readonly ino: number;
  /** Where the object lives; may be that of an object that is gone. */
  readonly address: number;
  /** How many objects this inode number has had in memory, this one included. */
  readonly generation: number;
  /** Its `i_rwsem` has the class of directories. Default false. */
  readonly directory?: boolean;
}

/** A file or directory in memory, with its locks, size and page cache. Source: `include/linux/fs.h: struct inode`. */
export class Inode {
  readonly fs: FileSystem;
  readonly sb: SuperBlock;
  readonly name: string;
  readonly ino: number;
  readonly address: number;
  readonly generation: number;
  readonly directory: boolean;
  readonly iRwsem: RwSemaphore;
  readonly mapping: AddressSpace;
  readonly dio: DioCount;
  /** Written with `i_rwsem` held, read by anybody. */
  #size = 0;
  readonly #sizeRegion: Region;

  constructor(fs: FileSystem, options: InodeOptions) {
    const { sb } = fs;
    const { name, ino, address, generation, directory = false } = options;
    const { engine, classes } = sb;
    this.fs = fs;
    this.sb = sb;
    this.name = name;
    this.ino = ino;
    this.address = address;
    this.generation = generation;
    this.directory = directory;
    const key = directory ? classes.iRwsemDir : classes.iRwsem;
    this.iRwsem = new RwSemaphore({ key, label: `i_rwsem(${name})`, validator: engine.validator });
    this.mapping = new AddressSpace(this);
    this.dio = new DioCount(engine.machine.region(`${name}.i_dio_count`));
    const keys = { address, ino, sb: sb.id };
    for (const lock of [this.iRwsem, this.mapping.invalidateLock])
      if (lock.instance !== null) lock.instance.orderKeys = keys;
    this.#sizeRegion = engine.machine.region(`${name}.i_size`);
  }

  /** `i_size_read`: without a lock. */
  sizeRead(): Act<number> {
    return this.sb.engine.machine.access([this.#sizeRegion], [], `read ${this.name}.i_size`, () => this.#size);
  }

  /** `i_size_write`: publishes the new size. */
  *sizeWrite(size: number): Proc {
    yield* this.sb.engine.machine.access([], [this.#sizeRegion], `set ${this.name}.i_size to ${size}`, () => {
      this.#size = size;
    });
  }

  /** The size, where `i_rwsem` is held exclusively or nothing runs. */
  get size(): number {
    return this.#size;
  }

  /** @internal Setup only. */
  initSize(size: number): void {
    this.#size = size;
  }
}
