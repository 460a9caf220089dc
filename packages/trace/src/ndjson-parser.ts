/**
 * Parser of the lockdep trace format, alone or inside any log of JSON lines.
 *
 * Lines that are not ours are counted and passed over; of ours, each must be sound, except the last one if it has no
 * newline (the program died writing it) and one into which a header was appended (it died, and another run went on with
 * the same file). Cost: 0.3 µs for a plain acquire or release as our recorder writes it, 1–2 µs for any other line,
 * nearly all of it JSON.parse.
 */
import { checkTraceLine } from './ndjson-check.ts';
import { readHotLine } from './ndjson-hot-line.ts';
import type { TraceLine } from './ndjson-lines.ts';
import { TextLines } from './text-lines.ts';
import { quoteLine, TraceError } from './trace-error.ts';

/** Called once a line of ours. */
export type NdjsonSink = (line: TraceLine, number: number) => void;

/** Options of an {@link NdjsonParser}. */
export interface NdjsonParserOptions {
  /** Name of the input for error messages. Default `(ndjson)`. */
  readonly file?: string;
}

/** Every line of ours contains one of these; a line without them needs no parsing. */
const OURS = '"lockdep';
const HEADER_START = '{"type":"lockdep-trace"';

/**
 * @example
 * const parser = new NdjsonParser((line) => { if ('lockdep' in line && line.lockdep === 'acquire') count++; });
 * for await (const chunk of readTrace('trace.ndjson')) parser.push(chunk);
 * parser.end();
 */
export class NdjsonParser {
  readonly #sink: NdjsonSink;
  readonly #file: string;
  readonly #text: TextLines;
  #hasHeader = false;
  #skipped = 0;
  #torn = 0;
  #warning: string | null = null;

  constructor(sink: NdjsonSink, options: NdjsonParserOptions = {}) {
    this.#sink = sink;
    this.#file = options.file ?? '(ndjson)';
    this.#text = new TextLines((line, number, isTorn) => this.#line(line, number, isTorn), this.#file);
  }

  /** Lines that are not ours. */
  get skippedLines(): number {
    return this.#skipped;
  }

  /** Lines of ours that were cut. */
  get tornLines(): number {
    return this.#torn;
  }

  /** Tells where a line was cut. */
  get warning(): string | null {
    return this.#warning;
  }

  /** @throws TraceError for a line of ours that is not sound, and whatever the sink throws. */
  push(chunk: Uint8Array): void {
    this.#text.push(chunk);
  }

  end(): void {
    this.#text.end();
  }

  #line(line: string, number: number, isTorn: boolean): void {
    const hot = readHotLine(line);
    if (hot !== null && this.#hasHeader) {
      this.#sink(hot, number);
      return;
    }
    const value = isTorn || line.includes(OURS) ? parse(line) : null;
    if (value !== undefined) {
      const checked = checkTraceLine(value);
      if (checked === null) this.#skipped++;
      else if ('problem' in checked) this.#fail(checked.problem, line, number);
      else this.#give(checked, line, number);
      return;
    }
    const appended = line.lastIndexOf(HEADER_START);
    if ((isTorn && line.startsWith('{')) || appended > 0) {
      this.#torn++;
      this.#warning = `line ${number} is cut: the program ended while writing it`;
      if (appended > 0) this.#line(line.slice(appended), number, isTorn);
    } else if (line.startsWith('{"lockdep"') || line.startsWith(HEADER_START)) {
      this.#fail('the line is not whole JSON', line, number);
    } else {
      this.#skipped++;
    }
  }

  #give(checked: TraceLine, line: string, number: number): void {
    if ('type' in checked && checked.type === 'lockdep-trace') this.#hasHeader = true;
    else if (!this.#hasHeader) this.#fail('an event before any header', line, number);
    this.#sink(checked, number);
  }

  #fail(problem: string, line: string, number: number): never {
    throw new TraceError({
      code: this.#hasHeader ? 'malformed' : 'wrong-format',
      file: this.#file,
      line: number,
      problem: `${problem}: ${quoteLine(line)}`,
      hint: this.#hasHeader
        ? 'replay an undamaged copy, or cut the trace before this line'
        : 'a trace begins with a line {"type":"lockdep-trace","version":1}; replay the log from there, in the version that wrote it',
    });
  }
}

/** The value, or `undefined` when the text is not JSON. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
