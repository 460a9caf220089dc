/**
 * Free blocks. `lifo` (the default) reuses the block freed last, which turns a race into visible stale data; `after-commit` keeps freed
 * blocks until the journal has committed. One region: every allocation depends on every other.
 *
 * Invariant: what has been reserved is free, so who has reserved gets a block, and who has not gets none of those. On a disk that cannot
 * get full whatever happens, reservations commute with everything, and cost no step.
 */
import type { Engine, Inode, Proc, Region } from '@lockdep/page-cache';
import { ZERO } from '@lockdep/page-cache';
import type { BlockDevice } from './block-device.ts';

/**
 * When a freed block is given out again: next, after all others that are free, or not before the journal has committed.
 */
export type ReusePolicy = 'lifo' | 'fifo' | 'after-commit';

/** Gives out the blocks of one disk, and takes them back. */
export class BlockAllocator {
  readonly policy: ReusePolicy;
  readonly #engine: Engine;
  readonly #device: BlockDevice;
  readonly #free: number[];
  readonly #uncommitted: number[] = [];
  readonly #committing: number[] = [];
  #reserved = 0;
  #places = 0;
  readonly #region: Region;

  constructor(engine: Engine, device: BlockDevice, policy: ReusePolicy) {
    this.policy = policy;
    this.#engine = engine;
    this.#device = device;
    // Taken from the end, so that files made first get the blocks with the lowest numbers.
    this.#free = device.blocks.map((_, i) => device.blocks.length - 1 - i);
    this.#region = engine.machine.region('free blocks');
  }

  /** Promises a block to a place that will be written; false when the disk is full (`ENOSPC`). */
  *reserve(): Proc<boolean> {
    if (yield* this.#engine.faults.fails('space', 'reserve a block')) return false;
    if (this.isAmple) {
      this.#reserved += 1;
      return true;
    }
    return yield* this.#engine.machine.access([], [this.#region], 'reserve a block', () => {
      if (this.#free.length <= this.#reserved) return false;
      this.#reserved += 1;
      return true;
    });
  }

  /** Takes a promise back. */
  *unreserve(): Proc {
    if (this.isAmple) this.#reserved -= 1;
    else
      yield* this.#engine.machine.access([], [this.#region], 'a reserved block less', () => {
        this.#reserved -= 1;
      });
  }

  /**
   * A block for a place of a file; -1 when the disk is full (`ENOSPC`), never where one has been `reserved`. Two steps: which one depends on
   * who freed last.
   */
  *allocate(inode: Inode, index: number, reserved: boolean = false): Proc<number> {
    const { machine, faults } = this.#engine;
    if (!reserved && (yield* faults.fails('space', `allocate for ${inode.name}`))) return -1;
    const block = yield* machine.access([], [this.#region], `allocate for ${inode.name}`, () => {
      if (reserved) this.#reserved -= 1;
      return reserved || this.#free.length > this.#reserved ? this.#take() : -1;
    });
    if (block >= 0) yield* this.claim(block, inode, index);
    return block;
  }

  /** One more owner of a block. */
  *claim(block: number, inode: Inode, index: number): Proc {
    const target = this.#device.blocks[block]!;
    yield* this.#engine.machine.access([], [target.region], `block ${block} is ${inode.name}'s`, () => {
      target.owners = [...target.owners, { inode, index }];
    });
  }

  /** The file gives the block up; it is free when that was its last owner. */
  *release(block: number, inode: Inode, index: number): Proc {
    const target = this.#device.blocks[block]!;
    yield* this.#engine.machine.access([], [this.#region, target.region], `free block ${block}`, () => {
      target.owners = target.owners.filter((owner) => owner.inode !== inode || owner.index !== index);
      if (target.owners.length > 0) return;
      if (this.policy === 'lifo') this.#free.push(block);
      else if (this.policy === 'fifo') this.#free.unshift(block);
      else this.#uncommitted.push(block);
    });
  }

  /** The place of a file that owns a block becomes another one. */
  *move(block: number, inode: Inode, from: number, to: number): Proc {
    const target = this.#device.blocks[block]!;
    yield* this.#engine.machine.access([], [target.region], `block ${block} is ${inode.name}'s`, () => {
      target.owners = target.owners.map((owner) =>
        owner.inode === inode && owner.index === from ? { inode, index: to } : owner,
      );
    });
  }

  /** The journal commits what was freed so far, and nothing that is freed later. */
  *seal(): Proc {
    if (this.policy !== 'after-commit') return;
    yield* this.#engine.machine.access([], [this.#region], 'commit freed blocks', () => {
      this.#committing.push(...this.#uncommitted.splice(0));
    });
  }

  /** The journal has committed: what was freed before it was sealed may be used again. */
  *commit(): Proc {
    if (this.policy !== 'after-commit') return;
    yield* this.#engine.machine.access([], [this.#region], 'release freed blocks', () => {
      this.#free.push(...this.#committing.splice(0));
    });
  }

  /** Whether blocks are free but for a commit (`s_mb_free_pending`). */
  *isPending(): Proc<boolean> {
    if (this.policy !== 'after-commit') return false;
    return yield* this.#engine.machine.access([this.#region], [], 'blocks that wait for a commit?', () => {
      return this.#uncommitted.length + this.#committing.length > 0;
    });
  }

  /** @internal A file was made: so many more places may want blocks, each its own and one to copy to. */
  expect(places: number): void {
    this.#places += 2 * places;
  }

  /** Whether the disk cannot get full. */
  get isAmple(): boolean {
    return this.policy !== 'after-commit' && this.#places <= this.#device.blocks.length;
  }

  /** Blocks that are promised and not given out, for oracles. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Blocks that nobody owns, those that wait for a commit included; for oracles. */
  get unowned(): readonly number[] {
    return [...this.#free, ...this.#uncommitted, ...this.#committing];
  }

  /** @internal The same file under another inode object. */
  rename(block: number, from: Inode, to: Inode): void {
    const target = this.#device.blocks[block]!;
    target.owners = target.owners.map((owner) => (owner.inode === from ? { inode: to, index: owner.index } : owner));
  }

  /**
   * @internal Setup: a block with this content, without a step.
   *
   * @throws RangeError when the files do not fit.
   */
  place(inode: Inode, index: number, data: readonly (typeof ZERO)[]): number {
    const block = this.#take();
    if (block < 0) {
      throw new RangeError(`the disk is full: give geometry.diskBlocks more than ${this.#device.blocks.length}`);
    }
    const target = this.#device.blocks[block]!;
    target.owners = [{ inode, index }];
    for (let i = 0; i < target.data.length; i++) target.data[i] = data[i] ?? ZERO;
    return block;
  }

  #take(): number {
    return this.#free.pop() ?? -1;
  }
}
