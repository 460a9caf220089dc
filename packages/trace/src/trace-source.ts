/**
 * Opens a trace: a file, standard input (`-`) or any stream of bytes, plain or compressed with gzip or Zstandard.
 *
 * Compression is told by the first bytes, not by the name. Reading is streamed, with back pressure from the consumer,
 * so a file may be of any size. Everything that can be wrong with the bytes themselves (no such file, empty, binary,
 * cut off) comes out as a {@link TraceError}; what the text means is the parsers' matter.
 */
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { TraceError } from './trace-error.ts';

/** A path, `-` for standard input, or the bytes themselves as a (Node or web) stream, generator or array of chunks. */
export type TraceSource = string | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** How a source is read. */
export interface ReadTraceOptions {
  /** Name for error messages; default: the path, or `(stream)`. */
  readonly name?: string;
}

const CHUNK_BYTES = 256 * 1024;
/** Enough for every signature below. */
const HEAD_BYTES = 16;

/**
 * The decompressed bytes of a trace, chunk by chunk.
 *
 * @example
 * for await (const chunk of readTrace('trace.txt.zst')) parser.push(chunk);
 * parser.end();
 * @throws TraceError while it is iterated.
 */
export async function* readTrace(
  source: TraceSource,
  options: ReadTraceOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const file = sourceName(source, options);
  const raw = readable(source, file)[Symbol.asyncIterator]();
  try {
    const head = await readHead(raw);
    if (head.length === 0) throw emptyInput(file);
    const chunks = rejoin(head, raw);
    const compression = compressionOf(head);
    let isFirst = true;
    for await (const chunk of compression === null ? chunks : decompress(chunks, compression, file)) {
      if (chunk.length === 0) continue;
      if (isFirst) refuseBinary(chunk, file);
      isFirst = false;
      yield chunk;
    }
    if (isFirst) throw emptyInput(file);
  } finally {
    await raw.return?.();
  }
}

/** How error messages call a source. */
export function sourceName(source: TraceSource, options: ReadTraceOptions = {}): string {
  return options.name ?? (typeof source === 'string' ? source : '(stream)');
}

/** The source as chunks, with the errors of the file system translated. */
async function* readable(source: TraceSource, file: string): AsyncGenerator<Uint8Array, void> {
  if (typeof source !== 'string') {
    yield* source;
    return;
  }
  try {
    yield* source === '-' ? process.stdin : createReadStream(source, { highWaterMark: CHUNK_BYTES });
  } catch (cause) {
    throw new TraceError({
      code: 'unreadable',
      file,
      problem: cause instanceof Error ? cause.message : String(cause),
      hint: 'give the path of a readable trace file, or - to read standard input',
      cause,
    });
  }
}

async function readHead(raw: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < HEAD_BYTES) {
    const { done, value } = await raw.next();
    if (done === true) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return head;
}

async function* rejoin(head: Uint8Array, raw: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield head;
  for (;;) {
    const { done, value } = await raw.next();
    if (done === true) return;
    yield value;
  }
}

type Compression = 'gzip' | 'Zstandard';

function compressionOf(head: Uint8Array): Compression | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const magic = head.length < 4 ? 0 : new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  // A frame, or a skippable frame in front of one.
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50 ? 'Zstandard' : null;
}

async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
  file: string,
): AsyncGenerator<Uint8Array, void> {
  const options = { chunkSize: CHUNK_BYTES };
  const decompressor = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
  let sourceError: unknown;
  const guarded = Readable.from(
    rememberError(chunks, (error) => {
      sourceError = error;
    }),
  );
  // The error also destroys the decompressor, whose iteration below then throws it.
  pipeline(guarded, decompressor, () => {});
  try {
    yield* decompressor;
  } catch (cause) {
    if (sourceError !== undefined) throw sourceError;
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    throw new TraceError({
      code: code === 'Z_BUF_ERROR' ? 'truncated' : 'corrupt',
      file,
      problem:
        code === 'Z_BUF_ERROR'
          ? `the ${compression} data ends before its end`
          : `the ${compression} data is damaged (${cause instanceof Error ? cause.message : cause})`,
      hint: 'copy or record the file again; what could be read before that place has been processed',
      cause,
    });
  }
}

async function* rememberError(
  chunks: AsyncIterable<Uint8Array>,
  remember: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* chunks;
  } catch (error) {
    remember(error);
    throw error;
  }
}

function emptyInput(file: string): TraceError {
  return new TraceError({
    code: 'empty',
    file,
    problem: 'the input is empty',
    hint: 'was tracing on? see tracing_on and events/lock/enable of tracefs',
  });
}

/** Signatures of what is given to us by mistake, and what to do about each. */
const BINARY_KINDS: readonly { readonly signature: string; readonly kind: string; readonly hint: string }[] = [
  {
    signature: '\x17\x08\x44tracing',
    kind: 'a binary trace-cmd recording',
    hint: 'run `trace-cmd report FILE` and give its output',
  },
  { signature: 'PERFILE2', kind: 'a binary perf recording', hint: 'run `perf script -i FILE` and give its output' },
  { signature: '\xfd7zXZ\0', kind: 'an xz file', hint: 'decompress it first: `xz -dc FILE | lockdep … -`' },
  { signature: 'BZh', kind: 'a bzip2 file', hint: 'decompress it first: `bzip2 -dc FILE | lockdep … -`' },
  { signature: 'PK\x03\x04', kind: 'a zip archive', hint: 'unpack it first' },
];

function refuseBinary(chunk: Uint8Array, file: string): void {
  const start = Buffer.from(chunk.subarray(0, HEAD_BYTES)).toString('latin1');
  const known = BINARY_KINDS.find(({ signature }) => start.startsWith(signature));
  const isBinary = known?.signature !== 'BZh' ? known !== undefined || chunk.includes(0) : chunk.includes(0);
  if (!isBinary) return;
  throw new TraceError({
    code: 'binary',
    file,
    problem: known === undefined ? 'this is a binary file, not a text trace' : `this is ${known.kind}`,
    hint:
      known?.hint ?? 'give the text of a trace: tracefs, `trace-cmd report`, `perf script`, an event log or our NDJSON',
  });
}
