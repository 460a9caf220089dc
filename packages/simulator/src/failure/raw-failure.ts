/** A failure as the scheduler notices it, before it is classified, minimised and drawn. */
export interface RawFailure {
  readonly kind: 'assertion' | 'exception' | 'oracle';
  readonly message: string;
  /** Number of the task that ran; -1: the setup or the final conditions. */
  readonly task: number;
  /** Event in which it happened. */
  readonly step: number;
  readonly error?: unknown;
}
