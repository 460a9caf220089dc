/**
 * A disk: submission and completion are apart. Each request becomes a task of its own, which moves the data at some moment after
 * submission and completes at a later one, in interrupt context: it unlocks the folio, or ends its writeback.
 *
 * The oracle sits here too: filling a folio from a block that its file does not own any more is stale data, and so is writing to one.
 */
import type { LockKey } from '@lockdep/core';
import { Completion } from '@lockdep/locks';
import {
  type Engine,
  type Errno,
  type Folio,
  type Inode,
  type PinnedPages,
  type Proc,
  type Tag,
  tagName,
  UNINIT,
  ZERO,
} from '@lockdep/page-cache';
import { type DiskBlock, owns } from './disk-block.ts';

/** One block of a request: buffer `buffer` of the folio is disk block `block`. */
export interface BioPart {
  /** Index of the block within the folio. */
  readonly buffer: number;
  /** Index of the block on the disk. */
  readonly block: number;
  /** Of a write: the block whose place in the file it takes when it is written. */
  readonly replaces?: number;
}

/** One block of a direct request; a block of -1 is a hole, which reads as zeroes. */
export interface DirectPart {
  /** Index of the block in the file. */
  readonly index: number;
  /** Index of the block on the disk. */
  readonly block: number;
  /** Bytes [from, to) of the block are moved. */
  readonly from: number;
  readonly to: number;
  /** Where the first of them is in the user's memory. */
  readonly at: number;
  /** Of a write: the other bytes of the block become zero. */
  readonly zeroesRest: boolean;
}

/** A request that goes past the page cache, between disk blocks and pinned memory. */
export interface DirectRequest {
  readonly inode: Inode;
  readonly parts: readonly DirectPart[];
  readonly pages: PinnedPages;
  /** Runs when it is over, in interrupt context, with the bytes that were moved. */
  readonly finish: (bytes: readonly Tag[]) => Proc;
}

/** What follows a write: in the interrupt, or by a worker that the interrupt wakes, which may sleep. */
export interface WriteEnd {
  readonly context: 'irq' | 'worker';
  readonly finish: (error: Errno | null) => Proc;
}

/** A disk of `geometry.diskBlocks` blocks, uninitialised at first. Source: `block/blk-core.c: submit_bio`. */
export class BlockDevice {
  readonly blocks: readonly DiskBlock[];
  readonly #engine: Engine;
  readonly #ioKey: LockKey;

  constructor(engine: Engine, ioKey: LockKey) {
    const { diskBlocks, blockSize } = engine.geometry;
    this.#engine = engine;
    this.#ioKey = ioKey;
    this.blocks = Array.from({ length: diskBlocks }, (_, i) => ({
      region: engine.machine.region(`block ${i}`),
      data: new Array(blockSize).fill(UNINIT),
      owners: [],
    }));
  }

  /** Starts reading blocks into a locked folio, whose lock goes to the request; answers its end. */
  *submitRead(folio: Folio, parts: readonly BioPart[]): Proc<Completion> {
    const { machine, validator } = this.#engine;
    const done = this.#completion(folio);
    if (validator === null) yield* machine.start(`io ${folio.label}`, () => this.#read(folio, parts, done, true));
    else {
      // Only a validator cares whose the lock is; the submitter must not go on before it is the request's.
      const taken = this.#completion(folio);
      yield* machine.start(`io ${folio.label}`, () =>
        this.#takeOver(folio, taken, this.#read(folio, parts, done, true)),
      );
      yield* taken.wait();
    }
    return done;
  }

  /** The same for one who waits with the folio lock held, and keeps it. */
  *submitReadLocked(folio: Folio, parts: readonly BioPart[]): Proc<Completion> {
    const done = this.#completion(folio);
    yield* this.#engine.machine.start(`io ${folio.label}`, () => this.#read(folio, parts, done, false));
    return done;
  }

  /** Starts writing blocks of a folio that is under writeback; `end` says what runs when it is over, and in which context. */
  *submitWrite(folio: Folio, parts: readonly BioPart[], end: WriteEnd): Proc {
    yield* this.#engine.machine.start(`io ${folio.label}`, () => this.#write(folio, parts, end));
  }

  /** Starts reading blocks into pinned memory. */
  *submitDirectRead(request: DirectRequest): Proc {
    const name = `direct read of ${request.inode.name}`;
    yield* this.#engine.machine.start(name, () => this.#readDirect(request));
  }

  /** Starts writing pinned memory to blocks; `retag` makes its bytes those of the file. */
  *submitDirectWrite(request: DirectRequest, retag: (bytes: readonly Tag[], part: DirectPart) => readonly Tag[]): Proc {
    const name = `direct write of ${request.inode.name}`;
    yield* this.#engine.machine.start(name, () => this.#writeDirect(request, retag));
  }

  *#readDirect({ parts, pages, finish }: DirectRequest): Proc {
    const { machine } = this.#engine;
    const onDisk = parts.filter(({ block }) => block >= 0);
    const regions = onDisk.map(({ block }) => this.blocks[block]!.region);
    const words = `read ${onDisk.map(({ block }) => `block ${block}`).join(', ')} directly`;
    const read = ({ block, from, to }: DirectPart): readonly Tag[] =>
      block < 0 ? new Array<Tag>(to - from).fill(ZERO) : this.blocks[block]!.data.slice(from, to);
    const bytes = yield* machine.access(regions, [], words, () => parts.flatMap(read));
    this.#enterInterrupt();
    if (pages.regions.length === 0) pages.store(0, bytes);
    else yield* machine.access([], pages.regions, 'store to pinned pages', () => pages.store(0, bytes));
    yield* finish(bytes);
    this.#exitInterrupt();
  }

  *#writeDirect(
    { inode, parts, pages, finish }: DirectRequest,
    retag: (bytes: readonly Tag[], part: DirectPart) => readonly Tag[],
  ): Proc {
    const { machine } = this.#engine;
    const regions = parts.map(({ block }) => this.blocks[block]!.region);
    const words = `write ${parts.map(({ block }) => `block ${block}`).join(', ')} directly`;
    const bytes = yield* machine.access(pages.regions, regions, words, () =>
      parts.flatMap((part) => {
        const block = this.blocks[part.block]!;
        const moved = retag(pages.load(part.at, part.to - part.from), part);
        this.#checkDirectTarget(inode, part, block, moved);
        if (part.zeroesRest) block.data.fill(ZERO);
        block.data.splice(part.from, moved.length, ...moved);
        return moved;
      }),
    );
    this.#enterInterrupt();
    yield* finish(bytes);
    this.#exitInterrupt();
  }

  #checkDirectTarget(inode: Inode, part: DirectPart, block: DiskBlock, moved: readonly Tag[]): void {
    if (owns(block, inode, part.index)) return;
    this.#engine.oracle.add({
      kind: 'writeback-after-free',
      via: 'writeback',
      file: inode.name,
      offset: part.index * this.#engine.geometry.blockSize,
      saw: tagName(moved[0] ?? ZERO),
      message: `disk block ${part.block} was written directly after it had ceased to be the file's`,
    });
  }

  #completion(folio: Folio): Completion {
    return new Completion({ key: this.#ioKey, label: `io ${folio.label}`, validator: null });
  }

  *#takeOver(folio: Folio, taken: Completion, request: Proc): Proc {
    yield* folio.lock.transfer(this.#engine.machine.current());
    yield* taken.completeAll();
    yield* request;
  }

  *#read(folio: Folio, parts: readonly BioPart[], done: Completion, unlocks: boolean): Proc {
    const { machine, geometry } = this.#engine;
    const blocks = parts.map((part) => this.blocks[part.block]!);
    const regions = blocks.map((block) => block.region);
    const words = `read ${parts.map((part) => `block ${part.block}`).join(', ')}`;
    const data = yield* machine.access(regions, [], words, () => blocks.map((block) => [...block.data]));
    const failed = yield* this.#engine.faults.fails('read', words);
    this.#enterInterrupt();
    if (!failed)
      yield* machine.access(regions, [folio.state], `${folio.label} is uptodate`, () => {
        for (const [i, { buffer }] of parts.entries()) {
          this.#checkOwner(folio, parts[i]!, blocks[i]!);
          folio.fill(buffer * geometry.blockSize, data[i]!);
          folio.buffers[buffer]!.uptodate = true;
        }
      });
    if (unlocks) yield* folio.lock.release();
    yield* done.completeAll();
    this.#exitInterrupt();
  }

  *#write(folio: Folio, parts: readonly BioPart[], end: WriteEnd): Proc {
    const { machine, faults } = this.#engine;
    const blocks = parts.map((part) => this.blocks[part.block]!);
    const regions = blocks.map((block) => block.region);
    const words = `write ${parts.map((part) => `block ${part.block}`).join(', ')}`;
    const failed = yield* faults.fails('write', words);
    const old = parts.map(({ block, replaces = block }) => this.blocks[replaces]!);
    const oldRegions = old.map((block) => block.region);
    if (failed) yield* machine.access(oldRegions, [], `lose ${folio.label}`, () => this.#keepOld(folio, parts, old));
    else yield* machine.access([folio.state], regions, words, () => this.#move(folio, parts, blocks));
    if (end.context === 'irq') this.#enterInterrupt();
    yield* end.finish(failed ? 'EIO' : null);
    if (end.context === 'irq') this.#exitInterrupt();
  }

  #move(folio: Folio, parts: readonly BioPart[], blocks: readonly DiskBlock[]): void {
    const { blockSize } = this.#engine.geometry;
    for (const [i, { buffer }] of parts.entries()) {
      const bytes = folio.data.slice(buffer * blockSize, (buffer + 1) * blockSize);
      this.#checkTarget(folio, parts[i]!, blocks[i]!);
      blocks[i]!.data.splice(0, blockSize, ...bytes);
    }
  }

  /** A write that failed: what is on disk, or zeroes where nothing has been written yet, is what the file may hold from now on. */
  #keepOld(folio: Folio, parts: readonly BioPart[], blocks: readonly DiskBlock[]): void {
    const { oracle, geometry } = this.#engine;
    for (const [i, { buffer }] of parts.entries()) {
      const shadow = oracle.file(folio.inode.name);
      const offset = folio.start + buffer * geometry.blockSize;
      shadow.begin(offset, blocks[i]!.data, oracle.tick());
      shadow.begin(offset, new Array<Tag>(geometry.blockSize).fill(ZERO), oracle.tick());
    }
  }

  /** A block that fills part of a file must be that file's at this very moment. */
  #checkOwner(folio: Folio, part: BioPart, block: DiskBlock): void {
    const { mapping } = folio;
    const { blockSize } = this.#engine.geometry;
    if (mapping === null) return;
    const offset = folio.start + part.buffer * blockSize;
    const inode = mapping.host;
    if (offset >= inode.size || owns(block, inode, offset / blockSize)) return;
    this.#engine.oracle.add({
      kind: 'stale-block-exposure',
      via: 'folio',
      file: inode.name,
      offset,
      saw: tagName(block.data[0]!),
      message: `a cached block was filled from disk block ${part.block}, which is not the file's any more`,
    });
  }

  #checkTarget(folio: Folio, part: BioPart, block: DiskBlock): void {
    const { mapping } = folio;
    const { blockSize } = this.#engine.geometry;
    const offset = folio.start + part.buffer * blockSize;
    if (mapping !== null && owns(block, mapping.host, offset / blockSize)) return;
    this.#engine.oracle.add({
      kind: 'writeback-after-free',
      via: 'writeback',
      file: mapping?.host.name ?? folio.label,
      offset,
      saw: tagName(folio.data[part.buffer * blockSize]!),
      message: `disk block ${part.block} was written after it had ceased to be the file's`,
    });
  }

  /** Interrupts are off in a handler, which a threaded kernel may run in a thread. */
  #enterInterrupt(): void {
    const { machine, validator } = this.#engine;
    if (validator === null) return;
    const task = machine.current().taskOf(validator);
    validator.enterContext(task, 'hardirq', { threaded: true });
    validator.disableContext(task, 'hardirq');
  }

  #exitInterrupt(): void {
    const { machine, validator } = this.#engine;
    if (validator === null) return;
    const task = machine.current().taskOf(validator);
    validator.enableContext(task, 'hardirq');
    validator.exitContext(task, 'hardirq');
  }
}
