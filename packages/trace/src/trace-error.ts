/**
 * The one error that every reader of this package throws for bad input: what is wrong, where, and what to do about it.
 *
 * `message` already contains place and hint, so printing `error.message` is enough; the fields are there for programs.
 */

/**
 * What is wrong with the input: `unreadable` no such file or no permission; `empty` nothing in it; `binary` not text;
 * `truncated` a compressed stream that stops early; `corrupt` a compressed stream that is damaged; `wrong-format` text
 * of another kind; `malformed` one bad line in an exact format.
 */
export type TraceErrorCode = 'unreadable' | 'empty' | 'binary' | 'truncated' | 'corrupt' | 'wrong-format' | 'malformed';

/** What a {@link TraceError} is made of. */
export interface TraceErrorDetails {
  readonly code: TraceErrorCode;
  /** Name of the input as the user gave it; `-` is standard input. */
  readonly file: string;
  /** Line counted from 1, where one line is to blame. */
  readonly line?: number | undefined;
  /** One sentence without a place: the place goes in front. */
  readonly problem: string;
  /** What to do about it, one sentence. */
  readonly hint: string;
  readonly cause?: unknown;
}

/**
 * Bad trace input.
 *
 * @example
 * try { await replay(path); } catch (error) { if (error instanceof TraceError) console.error(error.message); else throw error; }
 */
export class TraceError extends Error {
  override readonly name: string = 'TraceError';
  readonly code: TraceErrorCode;
  readonly file: string;
  readonly line: number | null;
  readonly problem: string;
  readonly hint: string;

  constructor(details: TraceErrorDetails) {
    const file = details.file === '-' ? '(standard input)' : details.file;
    const place = details.line === undefined ? file : `${file}:${details.line}`;
    super(`${place}: ${details.problem}\n  hint: ${details.hint}`, { cause: details.cause });
    this.code = details.code;
    this.file = details.file;
    this.line = details.line ?? null;
    this.problem = details.problem;
    this.hint = details.hint;
  }
}

/** A line as an error message may show it: printable, at most 100 characters. */
export function quoteLine(line: string): string {
  const short = line.length > 100 ? `${line.slice(0, 97)}...` : line;
  return JSON.stringify(short);
}
