/**
 * The part of a logger that lockdep writes to, as pino has it: facts first, then a message that never varies. Any object of this shape
 * will do; nothing here imports a logger.
 */

/** Logs one line. */
export type LogLine = (facts: object, message: string) => void;

/** Where reports can be logged: pino, or anything of this shape. */
export interface Logger {
  /** A definite bug. */
  error: LogLine;
  /** What can go wrong under another timing. */
  warn: LogLine;
  /** Notes, and the summary when logging ends. */
  info: LogLine;
  /** Each new dependency. */
  debug: LogLine;
  /** Each acquisition. */
  trace: LogLine;
  /** Where a logger cannot tell, `debug` and `trace` are taken to be disabled. */
  isLevelEnabled?(level: 'debug' | 'trace'): boolean;
  /** Used, where there is one, to mark lockdep's lines. */
  child?(bindings: { readonly component: string }, options: { readonly msgPrefix: string }): Logger;
}
