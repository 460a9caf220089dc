/** Reads a whole text file, plain, .gz or .zst; errors speak of what the file should have been. */
import { readTrace, TraceError, type TraceErrorCode } from '@lockdep/trace';
import { UsageError } from './usage-error.ts';

/** @param what - `a case file`. @throws UsageError when it cannot be read; TraceError when it is cut off or damaged. */
export async function readText(file: string, what: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readChunks(file, what)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** The same in pieces. */
export async function* readChunks(file: string, what: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* readTrace(file);
  } catch (error) {
    throw error instanceof TraceError ? (inputError(error, what) ?? error) : error;
  }
}

const PROBLEMS: Partial<Record<TraceErrorCode, string>> = {
  unreadable: 'it cannot be read',
  empty: 'it is empty',
  binary: 'it is a binary file',
};

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
};

/** Null where the bytes themselves are damaged, whatever they are of. */
function inputError({ code, file, cause, problem }: TraceError, what: string): UsageError | null {
  const usual = PROBLEMS[code];
  if (usual === undefined) return null;
  const known = cause instanceof Error && 'code' in cause ? CAUSES[String(cause.code)] : undefined;
  // What kind of binary file it is may be known: an xz file, a zip archive.
  const kind = code === 'binary' && !problem.endsWith('not a text trace') ? problem : usual;
  return new UsageError(
    `${file}: ${known ?? kind}`,
    `give ${what}: a text file, plain, .gz or .zst${file === '(standard input)' ? '' : ', or - for standard input'}`,
  );
}
