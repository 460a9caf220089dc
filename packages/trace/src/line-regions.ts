/**
 * Cuts a stream of byte chunks into regions of whole lines, so that a parser can walk bytes without bounds checks.
 *
 * Invariant: every region handed out is not empty and ends just behind a newline, and the regions one after the other
 * are the stream, wherever the chunk borders fell. Most bytes are not copied: only the line across a border is joined.
 */
import { TraceError } from './trace-error.ts';

/** A line may not be longer: what has no newline for this long is not text, and must not fill the memory. */
export const MAX_LINE_BYTES: number = 16 * 1024 * 1024;

const NEWLINE = 10;

/** Receives whole lines: bytes `[start, end)`, the last of them a newline. Valid during the call only. */
export type RegionSink = (bytes: Uint8Array, start: number, end: number) => void;

export class LineRegions {
  readonly #sink: RegionSink;
  readonly #file: string;
  /** The unfinished line: `#rest[0, #restLength)`. */
  #rest = new Uint8Array(1024);
  #restLength = 0;

  constructor(sink: RegionSink, file: string) {
    this.#sink = sink;
    this.#file = file;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    if (this.#restLength > 0) {
      const newline = chunk.indexOf(NEWLINE);
      start = newline < 0 ? chunk.length : newline + 1;
      this.#append(chunk.subarray(0, start));
      if (newline < 0) return;
      const length = this.#restLength;
      this.#restLength = 0;
      this.#sink(this.#rest, 0, length);
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > start) this.#sink(chunk, start, end);
    if (Math.max(start, end) < chunk.length) this.#append(chunk.subarray(Math.max(start, end)));
  }

  /** Ends the stream; returns the last line if it lacks its newline (with one added), else `null`. */
  end(): Uint8Array | null {
    if (this.#restLength === 0) return null;
    this.#append(Uint8Array.of(NEWLINE));
    const rest = this.#rest.subarray(0, this.#restLength);
    this.#restLength = 0;
    return rest;
  }

  #append(bytes: Uint8Array): void {
    const length = this.#restLength + bytes.length;
    if (length > MAX_LINE_BYTES) {
      throw new TraceError({
        code: 'binary',
        file: this.#file,
        problem: `a line of more than ${MAX_LINE_BYTES / (1024 * 1024)} MiB`,
        hint: 'this is not a text trace; export it as text first (trace-cmd report, perf script)',
      });
    }
    if (length > this.#rest.length) {
      const larger = new Uint8Array(Math.max(length, this.#rest.length * 2));
      larger.set(this.#rest.subarray(0, this.#restLength));
      this.#rest = larger;
    }
    this.#rest.set(bytes, this.#restLength);
    this.#restLength = length;
  }
}
