/**
 * The one error for a file that this package cannot use: a saved graph, a baseline or an order that is poisoned, foreign or
 * newer than this version. `message` holds what, where and what to do.
 */

/** `not-json`: no JSON at all; `foreign`: some other file; `newer`: of a later version; `malformed`: one thing in it is wrong. */
export type GraphFileErrorCode = 'not-json' | 'foreign' | 'newer' | 'malformed';

/** What is wrong with a file, and where. */
export interface GraphFileErrorDetails {
  readonly code: GraphFileErrorCode;
  /** Name of the file as the user gave it. */
  readonly file: string;
  /** Where in it: `dependencies[3].from`, `line 4`; empty for the whole file. */
  readonly at?: string;
  readonly problem: string;
  readonly hint: string;
}

/**
 * @example
 * try { parseGraph(text, 'run.json'); } catch (error) { if (error instanceof GraphFileError) console.error(error.message); }
 */
export class GraphFileError extends Error {
  override readonly name: string = 'GraphFileError';
  readonly code: GraphFileErrorCode;
  readonly file: string;
  readonly at: string;
  readonly problem: string;
  readonly hint: string;

  constructor({ code, file, at = '', problem, hint }: GraphFileErrorDetails) {
    super(`${file}: ${at === '' ? '' : `${at}: `}${escaped(problem)}\n  hint: ${hint}`);
    this.code = code;
    this.file = file;
    this.at = at;
    this.problem = escaped(problem);
    this.hint = hint;
  }
}

/** A problem quotes what stands in the file, and that must not drive a terminal. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
