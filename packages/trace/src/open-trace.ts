/**
 * Opens a trace of any format: reads as much as it takes to tell the format, and hands on the whole stream.
 */
import { DETECT_BYTES, detectFormat, type TraceFormat } from './detect-format.ts';
import { TraceError } from './trace-error.ts';
import { type ReadTraceOptions, readTrace, sourceName, type TraceSource } from './trace-source.ts';

/** Options of {@link openTrace}. */
export interface OpenTraceOptions extends ReadTraceOptions {
  /** Default `auto`: told by the first lines. */
  readonly format?: TraceFormat | 'auto';
}

/** A trace whose format is known and whose bytes are still to be read, once. */
export interface OpenedTrace {
  readonly format: TraceFormat;
  /** Name for error messages. */
  readonly file: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * @example
 * const trace = await openTrace('-');
 * if (trace.format === 'event-log') for await (const chunk of trace.chunks) parser.push(chunk);
 * @throws TraceError when the source cannot be read or is of no known format.
 */
export async function openTrace(source: TraceSource, options: OpenTraceOptions = {}): Promise<OpenedTrace> {
  const file = sourceName(source, options);
  const chunks = readTrace(source, options);
  const wanted = options.format ?? 'auto';
  if (wanted !== 'auto') return { format: wanted, file, chunks };

  const heads: Uint8Array[] = [];
  let length = 0;
  let format: TraceFormat | null = null;
  // A pipe may bring one line at a time: look again after each chunk, but never wait for more than is needed.
  while (format === null && length < DETECT_BYTES) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    heads.push(value);
    length += value.length;
    if (value.includes(NEWLINE)) format = detectFormat(Buffer.concat(heads));
  }
  format ??= detectFormat(Buffer.concat(heads));
  if (format !== null) return { format, file, chunks: rejoin(heads, chunks) };
  await chunks.return();
  throw new TraceError({
    code: 'wrong-format',
    file,
    problem: 'no line of the first 64 KiB belongs to a known trace format',
    hint:
      'known are tracefs, `trace-cmd report` and `perf script` text with lock:* events, the lock event log, our NDJSON, ' +
      '/proc/lockdep and graph snapshots',
  });
}

const NEWLINE = 10;

async function* rejoin(heads: Uint8Array[], rest: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  yield* heads;
  yield* rest;
}
