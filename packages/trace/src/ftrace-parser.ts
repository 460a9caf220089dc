/**
 * Parser of ftrace text: the `lock:*` events as tracefs (`cat trace`, `trace_pipe`), `trace-cmd report` and `perf
 * script` print them.
 *
 * ```
 *     wl-73      [001] d..2.    10.123456: lock_acquire: ffff8880… try read NAME          tracefs; trace-cmd may add 0x and spaces
 *     wl    73 [001]    10.123456: lock:lock_acquire: 0xffff8880… try read NAME            perf script, which has no irq flags
 * ```
 * A task name may hold spaces, `-` and brackets, a lock name anything: so the line is entered at `: lock_…: ` and read
 * from there to the left. Such text is mixed with other things in practice (comments, other events, callchains); what
 * is no lock event is counted and passed over. Cost: about 0.5 µs a line, allocates nothing per event.
 */
import { AddressTable } from './address-table.ts';
import { byteWord } from './byte-word.ts';
import { FtracePrefix } from './ftrace-prefix.ts';
import { type FtraceEvent, FtraceRecord } from './ftrace-record.ts';
import { LineRegions } from './line-regions.ts';
import { StringTable } from './string-table.ts';

/** Called once an event; the record is the parser's own and is overwritten by the next one. */
export type FtraceSink = (record: FtraceRecord) => void;

/** Options of an {@link FtraceParser}. */
export interface FtraceParserOptions {
  /** Name of the input for error messages. Default `(ftrace)`. */
  readonly file?: string;
}

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const HASH = 35;
const COLON = 58;
/** Readable bytes needed behind a line: addresses are read sixteen bytes at a time. */
const SLACK = 32;

/** Losses as tracefs, trace-cmd and perf tell them. */
const LOST = /^\s*CPU:(\d+) \[(?:LOST (\d+ )?EVENTS|(\d+ )?EVENTS DROPPED)\]|\[(\d+)\] .*PERF_RECORD_LOST lost (\d+)/;
const decoder = new TextDecoder();

/**
 * @example
 * const parser = new FtraceParser((event) => { if (event.event === 'acquire') names.add(parser.strings.text(event.name)); });
 * for await (const chunk of readTrace('trace.txt.gz')) parser.push(chunk);
 * parser.end();
 */
export class FtraceParser {
  /** Ids of `lock`. */
  readonly addresses: AddressTable = new AddressTable();
  /** Ids of `comm` and `name`. */
  readonly strings: StringTable = new StringTable();
  readonly record: FtraceRecord = new FtraceRecord();
  readonly #sink: FtraceSink;
  readonly #regions: LineRegions;
  readonly #prefix: FtracePrefix;
  #line = 0;
  #events = 0;
  #skipped = 0;
  #malformed = 0;
  #warning: string | null = null;

  constructor(sink: FtraceSink, options: FtraceParserOptions = {}) {
    this.#sink = sink;
    this.#regions = new LineRegions((bytes, start, end) => this.#region(bytes, start, end), options.file ?? '(ftrace)');
    this.#prefix = new FtracePrefix(this.record, this.strings);
  }

  /** Number of the line being parsed, from 1. */
  get line(): number {
    return this.#line;
  }

  /** Lock events handed out, losses not counted. */
  get events(): number {
    return this.#events;
  }

  /** Lines that are no lock events: comments, other events, anything else. */
  get skippedLines(): number {
    return this.#skipped;
  }

  /** Lines that look like a lock event but cannot be read as one; they are not among the skipped ones. */
  get malformedLines(): number {
    return this.#malformed;
  }

  /** Set by {@link end} when the last line has no newline: it was used, but its lock name may be cut. */
  get warning(): string | null {
    return this.#warning;
  }

  push(chunk: Uint8Array): void {
    this.#regions.push(chunk);
  }

  end(): void {
    const rest = this.#regions.end();
    if (rest === null) return;
    this.#warning = `line ${this.#line + 1} has no newline at its end: its lock name may be cut`;
    this.#region(rest, 0, rest.length);
  }

  #region(chunk: Uint8Array, start: number, end: number): void {
    let bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // Lines near the end of the buffer are read from a copy that has the slack.
    const safeEnd = end - SLACK <= start ? start : bytes.lastIndexOf(NEWLINE, end - SLACK) + 1;
    let at = start;
    while (at < safeEnd) at = this.#readLine(bytes, view, at);
    const tail = new Uint8Array(end - at + SLACK);
    tail.set(bytes.subarray(at, end));
    bytes = tail;
    view = new DataView(tail.buffer);
    const tailEnd = end - at;
    at = 0;
    while (at < tailEnd) at = this.#readLine(bytes, view, at);
  }

  /** Reads one line; returns where the next one starts. */
  #readLine(bytes: Uint8Array, view: DataView, start: number): number {
    this.#line++;
    let isCandidate = false;
    let at = start;
    for (;;) {
      at = colonOrNewline(view, at);
      if (bytes[at] === NEWLINE) break;
      // The colon behind the time, with the event's name behind it?
      const args = bytes[at + 1] === SPACE ? this.#event(bytes, view, at + 2) : -1;
      if (args < 0) {
        at++;
        continue;
      }
      let end = args;
      while (bytes[end] !== NEWLINE) end++;
      if (this.#prefix.read(bytes, view, start, at) && this.#arguments(bytes, view, args, end)) {
        this.#events++;
        this.#sink(this.record);
        return end + 1;
      }
      isCandidate = true;
      at++;
    }
    if (isCandidate) this.#malformed++;
    else this.#skip(bytes, start, at);
    return at + 1;
  }

  /** `[lock:]lock_acquire: ` and so on; returns where the arguments start, or -1. */
  #event(bytes: Uint8Array, view: DataView, start: number): number {
    if (view.getInt32(start, true) !== WORD.lock) return -1;
    // `lock:` of perf
    let at = view.getInt32(start + 4, true) === WORD.perf ? start + 9 : start + 4;
    const begin = view.getInt32(at, true);
    const end = view.getInt32(at + 4, true);
    at += 8;
    let event: FtraceEvent;
    if (begin === WORD.acquire && end === WORD.acquireEnd) {
      event = bytes[at] === COLON ? 'acquire' : 'acquired';
      if (event === 'acquired' && bytes[at++] !== 100 /* d */) return -1;
    } else if (begin === WORD.release && end === WORD.releaseEnd) {
      event = 'release';
    } else if (begin === WORD.contended && end === WORD.contendedEnd) {
      event = 'contended';
      if (bytes[at++] !== 101 /* e */ || bytes[at++] !== 100 /* d */) return -1;
    } else {
      return -1;
    }
    if (bytes[at] !== COLON || bytes[at + 1] !== SPACE) return -1;
    this.record.event = event;
    at += 2;
    while (bytes[at] === SPACE) at++;
    return at;
  }

  /** `ADDRESS [try ][read ]NAME` */
  #arguments(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const record = this.record;
    let at = start;
    if (bytes[at] === 48 && bytes[at + 1] === 120 /* 0x */) at += 2;
    let lock = bytes[at + 16] === SPACE ? this.addresses.internDigits(view, at) : -1;
    let after = at + 16;
    if (lock < 0) {
      after = at;
      while (bytes[after]! > SPACE) after++;
      lock = this.addresses.internText(decoder.decode(bytes.subarray(at, after))) ?? -1;
      if (lock < 0 || bytes[after] !== SPACE) return false;
    }
    at = after + 1;
    record.lock = lock;
    record.trylock = false;
    record.read = false;
    if (record.event === 'acquire') {
      if (view.getInt32(at, true) === WORD.try) {
        record.trylock = true;
        at += 4;
      }
      if (view.getInt32(at, true) === WORD.read && bytes[at + 4] === SPACE) {
        record.read = true;
        at += 5;
      }
    }
    let nameEnd = end;
    while (nameEnd > at && (bytes[nameEnd - 1] === RETURN || bytes[nameEnd - 1] === SPACE)) nameEnd--;
    if (nameEnd === at) return false;
    record.name = this.strings.internBytes(view, at, nameEnd);
    return true;
  }

  #skip(bytes: Uint8Array, start: number, end: number): void {
    this.#skipped++;
    if (bytes[start] === HASH || end - start > 200) return;
    const first = bytes.indexOf(67 /* C */, start);
    if (first < 0 || first >= end) return;
    const lost = LOST.exec(decoder.decode(bytes.subarray(start, end)));
    if (lost === null) return;
    this.#skipped--;
    this.record.event = 'lost';
    this.record.cpu = Number(lost[1] ?? lost[4]);
    this.record.lost = Number(lost[2] ?? lost[3] ?? lost[5] ?? 0);
    this.#sink(this.record);
  }
}

const WORD = {
  lock: byteWord('lock'),
  perf: byteWord(':loc'),
  acquire: byteWord('_acq'),
  acquireEnd: byteWord('uire'),
  release: byteWord('_rel'),
  releaseEnd: byteWord('ease'),
  contended: byteWord('_con'),
  contendedEnd: byteWord('tend'),
  try: byteWord('try '),
  read: byteWord('read'),
} as const;

/** The first `:` or newline from `start` on, four bytes at a step. */
function colonOrNewline(view: DataView, start: number): number {
  for (let at = start; ; at += 4) {
    const bytes = view.getInt32(at, true);
    const colons = bytes ^ 0x3a3a3a3a;
    const newlines = bytes ^ 0x0a0a0a0a;
    // The lowest zero byte of a word has its upper bit set here, the bytes below it have not.
    const found = (((colons - 0x01010101) & ~colons) | ((newlines - 0x01010101) & ~newlines)) & 0x80808080;
    if (found !== 0) return at + ((24 - Math.clz32(found & -found)) >> 3);
  }
}
