/**
 * Parser of the lock event log: bytes in, one reused {@link EventLogRecord} out per line, in order, synchronously.
 *
 * The format is exact: a line that cannot be understood is an error with its number, because a replay that misses one
 * record proves nothing. The single exception is a last line without its newline: if it is not a whole record, or may not
 * be one, it was torn when the recording stopped, and is left out with a warning.
 *
 * Cost: some millions of records per CPU second; acquire and release, which are all but a few percent, are read byte by
 * byte without any allocation. Memory follows the number of distinct addresses and symbols, not the length of the log.
 */
import { AddressTable } from './address-table.ts';
import { mayBeCut, readFields } from './event-log-fields.ts';
import { EventLogHotLine, HOT_LINE_SLACK } from './event-log-hot-line.ts';
import { EventLogRecord, type EventLogType, FLAG_LETTERS, RECORD_TYPES } from './event-log-record.ts';
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
  readonly #hotLine: EventLogHotLine;
  #line = 0;
  #records = 0;
  #warning: string | null = null;

  constructor(sink: EventLogSink, options: EventLogParserOptions = {}) {
    this.#sink = sink;
    this.#file = options.file ?? '(event log)';
    this.#regions = new LineRegions((bytes, start, end) => this.#region(bytes, start, end), this.#file);
    this.#hotLine = new EventLogHotLine(this.record, this.addresses, this.strings);
  }

  /** Number of the line being parsed, from 1; for messages of the sink. */
  get line(): number {
    return this.#line;
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

  /**
   * Ends the stream: parses a last line that has no newline, or leaves it out with a {@link warning} when it is torn.
   */
  end(): void {
    const rest = this.#regions.end();
    if (rest === null) return;
    this.#line++;
    const problem = this.#anyLine(rest, 0, rest.length - 1) ?? this.#cut(rest);
    if (problem === null) this.#emit();
    else this.#warning = `line ${this.#line} is torn, the recording was cut there: ${problem}`;
  }

  #region(chunk: Uint8Array, start: number, end: number): void {
    // Chunks are Buffers or plain arrays; one kind only keeps the byte loads of the hot reader monomorphic.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // The hot reader looks ahead: it gets all lines but those at the end of the buffer.
    const hotEnd = end - HOT_LINE_SLACK <= start ? start : bytes.lastIndexOf(NEWLINE, end - HOT_LINE_SLACK) + 1;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = start;
    while (at < end) {
      this.#line++;
      if (at < hotEnd) {
        const next = this.#hotLine.read(bytes, view, at);
        if (next >= 0) {
          at = next;
          this.#emit();
          continue;
        }
      }
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline > at) {
        const problem = this.#anyLine(bytes, at, newline);
        if (problem !== null) this.#fail(problem);
        this.#emit();
      }
      at = newline + 1;
    }
  }

  #emit(): void {
    this.#records++;
    this.#sink(this.record);
  }

  /** Reads any record in any form into the reused record; returns what is wrong with the line, or `null`. */
  #anyLine(bytes: Uint8Array, start: number, newline: number): string | null {
    const line = decoder.decode(bytes.subarray(start, newline)).replace(/\r$/, '');
    const record = this.record;
    const match = PREFIX.exec(line);
    if (match === null) return `not an event log record: ${quoteLine(line)}`;
    const type = match[2] as EventLogType;
    if (!RECORD_TYPES.includes(type)) return `unknown record type '${type}': ${quoteLine(line)}`;
    const context = contextOf(match[7]!);
    if (context < 0) return `flags '${match[7]}' are not of the form '${FLAG_LETTERS}': ${quoteLine(line)}`;
    record.type = type;
    record.sequence = Number(match[1]);
    record.cpu = Number(match[3]);
    record.pid = Number(match[4]);
    record.comm = this.strings.internText(match[5]!);
    record.depth = Number(match[6]);
    record.context = context;
    record.time = match[8] === '-' ? Number.NaN : Number(match[8]);
    const problem = readFields(record, line.slice(match[0].length), this.addresses, this.strings);
    return problem === null ? null : `${problem}: ${quoteLine(line)}`;
  }

  /** What may be wrong with the last line although it reads like a whole record. */
  #cut(rest: Uint8Array): string | null {
    const line = decoder.decode(rest).trimEnd();
    return mayBeCut(this.record.type, line) ? `its last field may be cut: ${quoteLine(line)}` : null;
  }

  #fail(problem: string): never {
    const first = this.#records === 0;
    throw new TraceError({
      code: first ? 'wrong-format' : 'malformed',
      file: this.#file,
      line: this.#line,
      problem,
      hint: first
        ? 'an event log line is `SEQ TYPE CPU PID COMM DEPTH CTX TIME key=value...`; is this another kind of trace?'
        : 'a replay needs every record: get an undamaged copy of the log, or cut it before this line',
    });
  }
}

/** The flag bits, or -1 when a letter is not in its place. */
function contextOf(flags: string): number {
  let context = 0;
  for (let i = 0; i < 8; i++) {
    if (flags[i] === FLAG_LETTERS[i]) context |= 1 << i;
    else if (flags[i] !== '-') return -1;
  }
  return context;
}
