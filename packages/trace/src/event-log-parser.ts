/**
 * Parser of the lock event log: bytes in, one reused {@link EventLogRecord} out per line, in order, synchronously.
 *
 * The format is exact: a line that cannot be understood is an error with its number, because a replay that misses one record
 * proves nothing. The single exception is a last line without its newline: if it is not a whole record it was torn when the
 * recording stopped, and is left out with a warning.
 *
 * Cost: well over a million records per CPU second; acquire and release, which are all but a few percent, are read byte by
 * byte without any allocation. Memory follows the number of distinct addresses and symbols, not the length of the log.
 */
import { AddressTable } from './address-table.ts';
import { readFields } from './event-log-fields.ts';
import { EventLogRecord, type EventLogType } from './event-log-record.ts';
import { LineRegions } from './line-regions.ts';
import { StringTable } from './string-table.ts';
import { quoteLine, TraceError } from './trace-error.ts';

/** Called once a record; the record is the parser's own and is overwritten by the next one. */
export type EventLogSink = (record: EventLogRecord) => void;

/** Options of an {@link EventLogParser}. */
export interface EventLogParserOptions {
  /** Name of the input for error messages. Default `(event log)`. */
  readonly file?: string;
}

const NEWLINE = 10;
const SPACE = 32;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const EQUALS = 61;

/** Record type by its byte. */
const TYPES: readonly (EventLogType | undefined)[] = Array.from({ length: 128 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  return 'ARDCSIHsxyk0NUKEeZW#!'.includes(letter) ? (letter as EventLogType) : undefined;
});

/** Value of a hexadecimal digit by its byte, -1 for any other byte. */
const HEX: Int8Array = Int8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? -1 : value;
});

const FRACTION = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const FLAGS = 'hsISndtX';
const PREFIX = /^(\d{1,15}) (\S) (\d{1,6}) (-?\d{1,10}) (.*?) (\d{1,6}) ([hsISndtX-]{8}) (-|\d+(?:\.\d+)?)(?: |$)/s;
const decoder = new TextDecoder();

/**
 * @example
 * const parser = new EventLogParser((record) => { if (record.type === 'A') acquired.add(record.lock); });
 * for await (const chunk of readTrace('ldrec.txt.zst')) parser.push(chunk);
 * parser.end();
 */
export class EventLogParser {
  /** Ids of `lock`, `key` and `nest`. */
  readonly addresses: AddressTable = new AddressTable();
  /** Ids of `comm` and `ip`. */
  readonly strings: StringTable = new StringTable();
  readonly record: EventLogRecord = new EventLogRecord();
  readonly #sink: EventLogSink;
  readonly #file: string;
  readonly #regions: LineRegions;
  #lines = 0;
  #records = 0;
  #warning: string | null = null;
  /** Where the field readers below stand. */
  #at = 0;

  constructor(sink: EventLogSink, options: EventLogParserOptions = {}) {
    this.#sink = sink;
    this.#file = options.file ?? '(event log)';
    this.#regions = new LineRegions((bytes, start, end) => this.#region(bytes, start, end), this.#file);
  }

  /** Number of the line being parsed, from 1; for messages of the sink. */
  get line(): number {
    return this.#lines;
  }

  /** Records handed out so far. */
  get records(): number {
    return this.#records;
  }

  /** Set by {@link end} when the last line was torn. */
  get warning(): string | null {
    return this.#warning;
  }

  /**
   * Parses as many lines as the bytes so far complete.
   *
   * @throws TraceError for a line that is no record, and whatever the sink throws.
   */
  push(chunk: Uint8Array): void {
    this.#regions.push(chunk);
  }

  /** Ends the stream: parses a last line that has no newline, or leaves it out with a {@link warning} when it is torn. */
  end(): void {
    const rest = this.#regions.end();
    if (rest === null) return;
    try {
      this.#lines++;
      this.#anyLine(rest, 0, rest.length - 1);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      this.#warning = `${error.problem}; this last line has no newline: the recording was cut here`;
      return;
    }
    this.#emit();
  }

  #region(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      this.#lines++;
      const next = this.#hotLine(bytes, at);
      if (next >= 0) {
        at = next;
        this.#emit();
        continue;
      }
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline > at) {
        this.#anyLine(bytes, at, newline);
        this.#emit();
      }
      at = newline + 1;
    }
  }

  #emit(): void {
    this.#records++;
    this.#sink(this.record);
  }

  /** Reads a line of a frequent type in its usual form; returns the start of the next line, or -1: use {@link #anyLine}. */
  #hotLine(bytes: Uint8Array, start: number): number {
    const record = this.record;
    const body = this.#prefix(bytes, start);
    if (body < 0) return -1;
    switch (record.type) {
      case 'A':
        return this.#acquireBody(bytes, body);
      case 'R':
      case 'D':
        return this.#releaseBody(bytes, body);
      case 'H':
      case 's':
        return bytes[body] === NEWLINE ? body + 1 : -1;
      default:
        return -1;
    }
  }

  /** Reads `SEQ TYPE CPU PID COMM DEPTH CTX TIME `; returns where the fields start, or -1. */
  #prefix(bytes: Uint8Array, start: number): number {
    const record = this.record;
    this.#at = start;
    record.sequence = this.#decimal(bytes);
    let at = this.#at;
    if (at === start || bytes[at] !== SPACE || bytes[at + 2] !== SPACE) return -1;
    const type = TYPES[bytes[at + 1]!];
    if (type === undefined) return -1;
    record.type = type;
    this.#at = at + 3;
    record.cpu = this.#decimal(bytes);
    at = this.#at;
    if (bytes[at] !== SPACE) return -1;
    this.#at = at + 1;
    record.pid = this.#decimal(bytes);
    at = this.#at;
    if (bytes[at] !== SPACE) return -1;
    const comm = ++at;
    while (bytes[at]! > SPACE) at++;
    if (bytes[at] !== SPACE || at === comm) return -1;
    record.comm = this.strings.intern(bytes, comm, at);
    const depth = ++at;
    this.#at = at;
    record.depth = this.#decimal(bytes);
    at = this.#at;
    if (at === depth || bytes[at] !== SPACE) return -1;
    at = this.#context(bytes, at + 1);
    return at < 0 ? -1 : this.#time(bytes, at);
  }

  /** Reads the eight flags and the space behind them. */
  #context(bytes: Uint8Array, start: number): number {
    let context = 0;
    for (let i = 0; i < 8; i++) {
      const byte = bytes[start + i]!;
      if (byte === MINUS) continue;
      if (byte !== FLAGS.charCodeAt(i)) return -1;
      context |= 1 << i;
    }
    this.record.context = context;
    return bytes[start + 8] === SPACE ? start + 9 : -1;
  }

  /** Reads `-` or seconds, and the space behind. */
  #time(bytes: Uint8Array, start: number): number {
    if (bytes[start] === MINUS) {
      this.record.time = Number.NaN;
      return bytes[start + 1] === SPACE ? start + 2 : -1;
    }
    this.#at = start;
    const seconds = this.#decimal(bytes);
    const dot = this.#at;
    if (dot === start || bytes[dot] !== DOT) return -1;
    this.#at = dot + 1;
    const fraction = this.#decimal(bytes);
    const end = this.#at;
    const scale = FRACTION[end - dot - 1];
    if (scale === undefined || bytes[end] !== SPACE) return -1;
    // One division of two exact integers: the same double as the decimal text means.
    this.record.time = (seconds * scale + fraction) / scale;
    return end + 1;
  }

  /** `lock=… key=… sub=… try=… read=… chk=… nest=… off=… cls=… ret=… ip=…` in this order. */
  #acquireBody(bytes: Uint8Array, start: number): number {
    const record = this.record;
    if (bytes[start] !== 108 /* l */ || bytes[start + 4] !== EQUALS) return -1;
    this.#at = start + 5;
    record.lock = this.#address(bytes);
    if (!this.#key(bytes, 107 /* k */, 4)) return -1;
    record.key = this.#address(bytes);
    if (!this.#key(bytes, 115 /* s */, 4)) return -1;
    record.subclass = this.#decimal(bytes);
    if (!this.#key(bytes, 116 /* t */, 4)) return -1;
    record.trylock = this.#decimal(bytes);
    if (!this.#key(bytes, 114 /* r */, 5)) return -1;
    record.read = this.#decimal(bytes);
    if (!this.#key(bytes, 99 /* c */, 4)) return -1;
    record.check = this.#decimal(bytes);
    if (!this.#key(bytes, 110 /* n */, 5)) return -1;
    record.nest = this.#address(bytes);
    if (!this.#key(bytes, 111 /* o */, 4)) return -1;
    record.hardirqsOff = this.#decimal(bytes);
    if (!this.#key(bytes, 99 /* c */, 4)) return -1;
    record.classIndex = this.#decimal(bytes);
    if (!this.#key(bytes, 114 /* r */, 4)) return -1;
    record.result = this.#decimal(bytes);
    return this.#ip(bytes);
  }

  /** `lock=… ip=…` */
  #releaseBody(bytes: Uint8Array, start: number): number {
    if (bytes[start] !== 108 /* l */ || bytes[start + 4] !== EQUALS) return -1;
    this.#at = start + 5;
    this.record.lock = this.#address(bytes);
    return this.#ip(bytes);
  }

  /** Steps over a space and `key=`, told by its first letter and its length; false when something else stands there. */
  #key(bytes: Uint8Array, letter: number, length: number): boolean {
    const at = this.#at;
    if (bytes[at] !== SPACE || bytes[at + 1] !== letter || bytes[at + length] !== EQUALS) return false;
    const value = at + length + 1;
    this.#at = value;
    return bytes[value]! > SPACE;
  }

  /** ` ip=…` and the end of the line; returns the start of the next line, or -1. */
  #ip(bytes: Uint8Array): number {
    if (!this.#key(bytes, 105 /* i */, 3)) return -1;
    const start = this.#at;
    let at = start;
    while (bytes[at]! > SPACE) at++;
    if (bytes[at] !== NEWLINE) return -1;
    this.record.ip = this.strings.intern(bytes, start, at);
    return at + 1;
  }

  /** Reads an integer; stays where it is when there is none. */
  #decimal(bytes: Uint8Array): number {
    let at = this.#at;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    let value = 0;
    for (;;) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    this.#at = at;
    return negative ? -value : value;
  }

  /** Reads an address of up to 16 hexadecimal digits and interns it. */
  #address(bytes: Uint8Array): number {
    let at = this.#at;
    let high = 0;
    let low = 0;
    for (;;) {
      const digit = HEX[bytes[at]!]!;
      if (digit < 0) break;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
      at++;
    }
    this.#at = at;
    return this.addresses.intern(high, low);
  }

  /** Reads any record in any form into the reused record. */
  #anyLine(bytes: Uint8Array, start: number, newline: number): void {
    const line = decoder.decode(bytes.subarray(start, newline)).replace(/\r$/, '');
    const record = this.record;
    const match = PREFIX.exec(line);
    const type = match === null ? undefined : TYPES[match[2]!.charCodeAt(0)];
    if (match === null) this.#fail('not an event log record', line);
    if (type === undefined) this.#fail(`unknown record type '${match[2]}'`, line);
    const comm = new TextEncoder().encode(match[5]!);
    record.type = type;
    record.sequence = Number(match[1]);
    record.cpu = Number(match[3]);
    record.pid = Number(match[4]);
    record.comm = this.strings.intern(comm, 0, comm.length);
    record.depth = Number(match[6]);
    record.time = match[8] === '-' ? Number.NaN : Number(match[8]);
    record.context = this.#contextOf(match[7]!, line);
    const problem = readFields(record, line.slice(match[0].length), this.addresses, this.strings);
    if (problem !== null) this.#fail(problem, line);
  }

  #contextOf(flags: string, line: string): number {
    let context = 0;
    for (let i = 0; i < 8; i++) {
      if (flags[i] === FLAGS[i]) context |= 1 << i;
      else if (flags[i] !== '-') this.#fail(`context flags '${flags}' are not of the form '${FLAGS}'`, line);
    }
    return context;
  }

  #fail(problem: string, line: string): never {
    const first = this.#records === 0;
    throw new TraceError({
      code: first ? 'wrong-format' : 'malformed',
      file: this.#file,
      line: this.#lines,
      problem: `${problem}: ${quoteLine(line)}`,
      hint: first
        ? 'an event log line is `SEQ TYPE CPU PID COMM DEPTH CTX TIME key=value...`; is this another kind of trace?'
        : 'a replay needs every record: get an undamaged copy of the log, or cut it before this line',
    });
  }
}
