/**
 * fsx: random operations on one file, each checked against a byte array, in the manner of `ltp/fsx.c` of xfstests.
 *
 * Beside the operations, memory management and other readers may be let loose at random moments. What was done is a log
 * ({@link FsxEntry}) that can be replayed, and cut down to what a failure needs. Deterministic for a seed and a machine.
 */
import { findingText, type Proc } from '@lockdep/page-cache';
import type { BlockFileSystem } from '../block-file-system.ts';
import { fsxBeside } from './fsx-beside.ts';
import { FsxFailure, type FsxFailureKind } from './fsx-failure.ts';
import { FsxFile } from './fsx-file.ts';
import type { FsxEntry } from './fsx-log.ts';
import { type FsxArguments, type FsxOperation, type FsxSizes, fsxOperations } from './fsx-operations.ts';
import { RandomNumbers } from './random-numbers.ts';

/** The options of the original that have a meaning here, by what they do. */
export interface FsxOptions {
  /** Bytes of one operation at most (`-o`). Default: half the largest file. */
  readonly maxLength?: number;
  /** Once in so many operations the file is closed, clean pages are dropped, and it is opened again (`-c`); 0: never. Default 10. */
  readonly closeOpen?: number;
  /** Junk is stored past the end, through a mapping, before each operation that moves the end and has to zero it (`-e 1`). Default false. */
  readonly pollutesEof?: boolean;
  /** The whole file is compared after every operation (`-X`). Default false. */
  readonly checksContents?: boolean;
  /** fsync after every write (`-y`). Default false. */
  readonly syncs?: boolean;
  /** One mapping of the whole file for all operations, and no msync, instead of a mapping and an msync for each. Default false. */
  readonly keepsMapped?: boolean;
  /**
   * read(2) and write(2) of whole blocks are direct (`-Z`), all others buffered. Default false. Not together with `readers`: a page that
   * a reader uses stays when a direct write ends, and is stale, which the kernel only warns of (`dio_warn_stale_pagecache`). With
   * `keepsMapped`, writes that leave a gap to the end are buffered: the kernel loses stores to the page of the old end.
   */
  readonly direct?: boolean;
  /** Reclaim (`kswapd` too), writeback (a flusher too), readahead and lost uptodate bits at random moments. Default true. */
  readonly background?: boolean;
  /** Other tasks read too, and check that they see what they may. Default false. */
  readonly readers?: boolean;
  /** Operations left out, by name. */
  readonly without?: readonly string[];
}

/** What one run came to. */
export interface FsxResult {
  /** What was done, in order, those beside before the operation that they were beside of. */
  readonly log: readonly FsxEntry[];
  /** Operations done. */
  readonly operations: number;
  /** Why it stopped early; null when all was well. */
  readonly failure: FsxFailureReport | null;
}

/** The first thing wrong, as data. */
export interface FsxFailureReport {
  readonly kind: FsxFailureKind;
  /** For `oracle`: the kind of its finding. */
  readonly finding: string | null;
  readonly message: string;
  /** The number of the operation, from 1. */
  readonly operation: number;
}

/** One run over a new file; `run` and `replay` are tasks for a machine, and the result is there when they have ended. */
export class Fsx {
  readonly file: FsxFile;
  readonly log: FsxEntry[] = [];
  operations = 0;
  failure: FsxFailureReport | null = null;
  readonly #options: FsxOptions;
  readonly #choices: readonly FsxOperation[];
  /** When each task that is still going on beside began. */
  readonly #beside = new Set<number>();
  /** Keeps the log; a long run that succeeds needs none. */
  readonly #keepsLog: boolean;

  constructor(fs: BlockFileSystem, options: FsxOptions = {}, keepsLog: boolean = true) {
    const { syncs = false, keepsMapped = false, direct = false } = options;
    this.file = new FsxFile(fs, 'A', { syncs, keepsMapped, direct });
    this.#options = options;
    this.#choices = fsxOperations.filter(({ name }) => options.without?.includes(name) !== true);
    this.#keepsLog = keepsLog;
  }

  /** So many operations, drawn from a seed. */
  *run(seed: number, count: number): Proc {
    const random = new RandomNumbers(seed);
    yield* this.#guarded(function* (this: Fsx): Proc {
      while (this.operations < count) {
        const operation = random.weighted(this.#choices);
        const entry = this.#draw(operation, random);
        if (entry === null) continue;
        for (const beside of this.#drawBeside(random)) yield* this.#startBeside(beside);
        yield* this.#perform(operation, entry);
      }
    });
  }

  /**
   * The operations of a log.
   *
   * @throws RangeError for an operation that there is none of.
   */
  *replay(log: readonly FsxEntry[]): Proc {
    yield* this.#guarded(function* (this: Fsx): Proc {
      for (const entry of log) {
        if (entry.skip === true) continue;
        if (entry.beside === true) yield* this.#startBeside(entry);
        else yield* this.#redo(entry);
      }
    });
  }

  *#redo({ op, size: _size, ...args }: FsxEntry): Proc {
    const operation = operationNamed(op);
    const entry = this.#trim(operation, args);
    if (entry !== null) yield* this.#perform(operation, entry);
  }

  /** Looks at the final state, when every task has ended; those that have not are named. */
  finish(stuck: readonly string[]): FsxResult {
    const { engine } = this.file.fs;
    if (this.failure === null && stuck.length > 0)
      this.#fail('stuck', `these wait for each other: ${stuck.join(', ')}`);
    if (this.failure === null) {
      engine.inspect();
      const [finding] = engine.oracle.findings;
      if (finding !== undefined) this.#fail('oracle', findingText(finding), finding.kind);
    }
    return { log: this.log, operations: this.operations, failure: this.failure };
  }

  *#guarded(body: () => Proc): Proc {
    try {
      yield* body.call(this);
    } catch (error) {
      if (!(error instanceof FsxFailure)) throw error;
      this.#fail(error.kind, error.message, error.finding);
    }
  }

  #fail(kind: FsxFailureKind, message: string, finding: string | null = null): void {
    this.failure = { kind, finding, message, operation: this.operations };
  }

  #draw(operation: FsxOperation, random: RandomNumbers): FsxEntry | null {
    const { maxSize } = this.file;
    const { maxLength = maxSize / 2, closeOpen = 10 } = this.#options;
    const any = { offset: random.below(maxSize), length: 1 + random.below(maxLength) };
    if (this.#options.direct === true && random.oneIn(2)) alignToBlocks(any, this.#sizes());
    const drawn = operation.draw?.(random, any, this.#sizes()) ?? any;
    return this.#trim(operation, random.oneIn(closeOpen) ? { ...drawn, closeOpen: true } : drawn);
  }

  /** As it can be done now: in a replay the file may have another size than it had when the log was written. */
  #trim(operation: FsxOperation, args: FsxArguments): FsxEntry | null {
    const trimmed = operation.trim(args, this.#sizes());
    if (trimmed === null) return null;
    const { closeOpen } = args;
    return { op: operation.name, ...trimmed, size: this.file.good.size, ...(closeOpen === true ? { closeOpen } : {}) };
  }

  #sizes(): FsxSizes {
    const { good, maxSize, fs } = this.file;
    return { size: good.size, maxSize, blockSize: fs.engine.geometry.blockSize };
  }

  #drawBeside(random: RandomNumbers): FsxEntry[] {
    const { background = true, readers = false } = this.#options;
    const choices = fsxBeside.filter(({ reads }) => (reads === true ? readers : background));
    if (choices.length === 0) return [];
    return Array.from({ length: random.below(3) }, () => {
      const offset = random.below(this.file.maxSize);
      const length = 1 + random.below(this.file.maxSize - offset);
      return { op: random.weighted(choices).name, offset, length, size: this.file.good.size, beside: true };
    });
  }

  *#startBeside(entry: FsxEntry): Proc {
    this.#record(entry);
    const beside = fsxBeside.find(({ name }) => name === entry.op);
    if (beside === undefined) throw unknown(entry.op, fsxBeside, 'beside the others');
    const { machine, oracle } = this.file.fs.engine;
    const start = oracle.tick();
    this.#beside.add(start);
    const [file, running] = [this.file, this.#beside];
    yield* machine.start(entry.op, function* () {
      yield* beside.perform(file, entry);
      running.delete(start);
    });
  }

  *#perform(operation: FsxOperation, entry: FsxEntry): Proc {
    const { file } = this;
    const { pollutesEof = false, checksContents = false } = this.#options;
    this.#record(entry);
    this.operations += 1;
    const zeroed = pollutesEof ? (operation.zeroesUpTo?.(entry, this.#sizes()) ?? null) : null;
    if (zeroed !== null) yield* file.pollute(zeroed, `junk${this.operations}`);
    yield* operation.perform(file, entry, `w${this.operations}`);
    if (checksContents) yield* file.checkContents();
    if (entry.closeOpen === true) yield* file.fs.drop(file.inode);
    yield* file.checkSize();
    this.#askOracle();
  }

  #record(entry: FsxEntry): void {
    if (this.#keepsLog) this.log.push(entry);
  }

  /** Anything found meanwhile stops the run here, at the operation it belongs to. What nobody can see any more is forgotten. */
  #askOracle(): void {
    const { oracle } = this.file.fs.engine;
    const [finding] = oracle.findings;
    if (finding !== undefined) throw new FsxFailure('oracle', findingText(finding), finding.kind);
    if (this.operations % 16 === 0) oracle.forget(Math.min(oracle.tick(), ...this.#beside));
  }
}

/** Rounds a range down to whole blocks, one at least. */
function alignToBlocks(range: { offset: number; length: number }, { blockSize }: FsxSizes): void {
  range.offset -= range.offset % blockSize;
  range.length = Math.max(blockSize, range.length - (range.length % blockSize));
}

function operationNamed(name: string): FsxOperation {
  const operation = fsxOperations.find((other) => other.name === name);
  if (operation === undefined) throw unknown(name, fsxOperations, 'of fsx');
  return operation;
}

function unknown(name: string, known: readonly { readonly name: string }[], where: string): RangeError {
  const names = known.map((one) => one.name).join(', ');
  return new RangeError(`there is no operation '${name}' ${where}: there are ${names}`);
}
