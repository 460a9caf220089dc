/**
 * The reference model of one file: for every byte, which values a reader may see.
 *
 * Each write (a punch writes zeroes) has an interval of logical time, open until it is acknowledged. A read over [s, e] may see any
 * write that began before e, unless another write lies wholly between that write's end and s. So concurrent operations may be seen
 * in any order, byte by byte, and acknowledged ones may not be lost. Cost: writes per byte, which programs keep small.
 */
import { type Tag, ZERO } from './tag.ts';

interface WriteRecord {
  readonly tag: Tag;
  start: number;
  end: number;
}

interface SizeRecord {
  readonly size: number;
  readonly start: number;
  end: number;
  /** Of a write that may make the file that long: where it begins. Else infinity. */
  readonly writtenFrom: number;
}

/** An operation that has begun: end it when it is acknowledged. */
export class OpenWrite {
  readonly #records: WriteRecord[];

  constructor(records: WriteRecord[]) {
    this.#records = records;
  }

  /** Acknowledged at `time`; `length` bytes of it took effect, the rest may or may not have. */
  end(time: number, length: number = this.#records.length): void {
    for (const record of this.#records.slice(0, length)) record.end = time;
  }

  /** It was refused, and never took effect. */
  cancel(): void {
    for (const record of this.#records) record.start = Number.POSITIVE_INFINITY;
  }
}

/**
 * What every byte of one file, and its size, may be seen as at each moment. Offsets in bytes, times as of {@link Oracle.tick}.
 */
export class ShadowFile {
  readonly name: string;
  /** By byte; before the first write a byte is zero since ever. */
  readonly #writes: WriteRecord[][] = [];
  /** By byte: what has been held at places that were copied to it, for {@link hasHeld}. */
  readonly #inherited: Set<Tag>[] = [];
  #sizes: SizeRecord[] = [];
  /** Files that bytes came from which have been forgotten; this one stands for what was written to it. */
  readonly #forgotten = new Set<string>();

  constructor(name: string, size: number) {
    this.name = name;
    this.#sizes.push({ size, start: 0, end: 0, writtenFrom: Number.POSITIVE_INFINITY });
  }

  /** A write of `tags` at `offset` begins at `time`. */
  begin(offset: number, tags: readonly Tag[], time: number): OpenWrite {
    const records: WriteRecord[] = [];
    for (let i = 0; i < tags.length; i++) {
      const record = { tag: tags[i]!, start: time, end: Number.POSITIVE_INFINITY };
      records.push(record);
      this.#at(offset + i).push(record);
    }
    return new OpenWrite(records);
  }

  /**
   * What `source` may hold at `time` in `count` bytes from `from` on comes to `to` here: the file system moves it, or lets both share it.
   * Whatever may be seen there may be seen here, until something is written over it.
   */
  copy(source: ShadowFile, from: number, to: number, count: number, time: number): OpenWrite {
    const tags = Array.from({ length: count }, (_, i) => source.visible(from + i, time, time));
    const held = Array.from({ length: count }, (_, i) => source.#everHeld(from + i));
    const records: WriteRecord[] = [];
    for (const [i, alternatives] of tags.entries()) {
      this.#inherited[to + i] = new Set([...(this.#inherited[to + i] ?? []), ...held[i]!]);
      for (const tag of new Set(alternatives)) {
        const record = { tag, start: time, end: Number.POSITIVE_INFINITY };
        this.#at(to + i).push(record);
        records.push(record);
      }
    }
    return new OpenWrite(records);
  }

  /**
   * The size may be `size` from some moment after `time` on; the answer says when that was over, and whether it ever came to that. Of a
   * write: `writtenFrom` is where it begins.
   */
  resize(
    size: number,
    time: number,
    writtenFrom: number = Number.POSITIVE_INFINITY,
  ): (end: number, happened?: boolean | 'maybe') => void {
    const record = { size, start: time, end: Number.POSITIVE_INFINITY, writtenFrom, uncertain: false };
    this.#sizes.push(record);
    return (end, happened = true) => {
      record.end = end;
      record.uncertain = happened === 'maybe';
      if (!happened) this.#sizes = this.#sizes.filter((other) => other !== record);
    };
  }

  /** Whether a read from `start` to `end` may see `tag` at `offset`. */
  mayRead(offset: number, tag: Tag, start: number, end: number): boolean {
    const writes = this.#at(offset);
    const over = overwrittenBefore(writes, start);
    for (const write of writes) if (write.tag === tag && write.start < end && write.end >= over) return true;
    return false;
  }

  /** All that a read from `start` to `end` may see at `offset`. */
  visible(offset: number, start: number, end: number): Tag[] {
    const writes = this.#at(offset);
    const over = overwrittenBefore(writes, start);
    return writes.filter((write) => write.start < end && write.end >= over).map(({ tag }) => tag);
  }

  /**
   * Whether the file may have held all of `tags` from `offset` on at one moment from `start` to `end`. Answers the first offset that did not
   * hold its tag, at the moment that fits best; null when one fits.
   */
  firstNotHeld(offset: number, tags: readonly Tag[], start: number, end: number): number | null {
    let furthest = 0;
    for (let time = start; time <= end; time++) {
      const at = tags.findIndex((tag, i) => !this.mayRead(offset + i, tag, time, time));
      if (at < 0) return null;
      furthest = Math.max(furthest, at);
    }
    return offset + furthest;
  }

  /**
   * Whether a read from `start` to `end` that got a zero at `offset` got what was never there: the file can be that long only by a write
   * that covers the byte, and nobody has zeroed it.
   */
  neverWasZero(offset: number, start: number, end: number): boolean {
    const writes = this.#at(offset);
    const wasZeroed = writes.some((write) => write.start >= 0 && write.tag === ZERO && write.start < end);
    if (wasZeroed) return false;
    const over = overwrittenBefore(this.#sizes, start);
    return this.#sizes.every(
      (size) => size.size <= offset || size.writtenFrom <= offset || size.start >= end || size.end < over,
    );
  }

  /** Whether `tag` has ever been written there, or where it was copied from; of what has been forgotten only the file it came from is known. */
  hasHeld(offset: number, tag: Tag): boolean {
    return this.#forgotten.has(tag.file) || this.#everHeld(offset).includes(tag);
  }

  #everHeld(offset: number): Tag[] {
    return [...this.#at(offset).map(({ tag }) => tag), ...(this.#inherited[offset] ?? [])];
  }

  /** Nobody who began before `time` will ask: what cannot be seen any more goes, so that a long run needs no more memory than a short one. */
  forget(time: number): void {
    for (const [offset, writes] of this.#writes.entries()) {
      if (writes === undefined || writes.length < 2) continue;
      const over = overwrittenBefore(writes, time);
      this.#writes[offset] = writes.filter((write) => {
        if (write.end >= over) return true;
        if (write.tag.origin === 'data') this.#forgotten.add(write.tag.file);
        return false;
      });
    }
    for (const held of this.#inherited) {
      for (const tag of held ?? []) if (tag.origin === 'data') this.#forgotten.add(tag.file);
    }
    this.#inherited.length = 0;
    const over = overwrittenBefore(this.#sizes, time);
    this.#sizes = this.#sizes.filter((size) => size.end >= over);
  }

  /** Whether the file may not have had the byte before an operation, not over at `time`, that makes it longer than that. */
  isGrowingOver(offset: number, time: number): boolean {
    const isOpen = (size: SizeRecord): boolean => size.start < time && size.end > time;
    if (!this.#sizes.some((size) => size.size > offset && isOpen(size))) return false;
    const over = overwrittenBefore(this.#sizes, time);
    return this.#sizes.some((size) => size.size <= offset && size.end < time && size.end >= over);
  }

  /** The largest size that an operation from `start` to `end` may go by. */
  largestSize(start: number, end: number): number {
    const over = overwrittenBefore(this.#sizes, start);
    let largest = 0;
    for (const size of this.#sizes) {
      if (size.start < end && size.end >= over) largest = Math.max(largest, size.size);
    }
    return largest;
  }

  #at(offset: number): WriteRecord[] {
    let writes = this.#writes[offset];
    if (writes === undefined) {
      writes = [{ tag: ZERO, start: -1, end: -1 }];
      this.#writes[offset] = writes;
    }
    return writes;
  }
}

interface Interval {
  readonly start: number;
  readonly end: number;
  /** It may not have had any effect, so what was before may still be there. */
  readonly uncertain?: boolean;
}

/** What ended before this moment was overwritten before `start`: something else was done wholly between the two. */
function overwrittenBefore(all: readonly Interval[], start: number): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const other of all) {
    if (other.end < start && other.start > last && other.uncertain !== true) last = other.start;
  }
  return last;
}
