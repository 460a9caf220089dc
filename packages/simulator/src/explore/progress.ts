/** How far a long exploration has come, as data and as one line for a terminal. */
/** How far an exploration has come, for a line on the terminal. */
export interface Progress {
  readonly phase: 'exhaustive' | 'sampling';
  readonly executions: number;
  readonly distinctTraces: number;
  /** Executions there will have been, as far as it can be told now; null when it cannot. */
  readonly estimatedTotal: number | null;
  readonly failing: number;
  /** For an exploration by workers: branches that are open, and how many work on them. */
  readonly branches?: number;
  readonly workers?: number;
  readonly msElapsed: number;
  /** Until the search is through or its budget is spent, whichever comes first. */
  readonly msLeft: number | null;
}

/** `14,400 executions, 14,212 traces, of about 15,100 (95 %), 2 s left` */
export function progressLine(progress: Progress): string {
  const { executions, distinctTraces, estimatedTotal, failing, msLeft, phase, branches, workers } = progress;
  const parts = [`${count(executions)} executions`, `${count(distinctTraces)} traces`];
  if (estimatedTotal !== null) {
    const share = Math.min(100, Math.floor((100 * executions) / estimatedTotal));
    parts.push(`of about ${count(estimatedTotal)} (${share} %)`);
  }
  if (phase === 'sampling') parts.push('sampling');
  if (branches !== undefined) parts.push(`${count(branches)} branches open`, `${workers} workers`);
  if (failing > 0) parts.push(`${count(failing)} failing`);
  if (msLeft !== null) parts.push(`${duration(msLeft)} left`);
  return parts.join(', ');
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
