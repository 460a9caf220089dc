/**
 * What an exploration may claim at its end: that it has seen everything, or how likely it is that one more run shows something new.
 *
 * Good–Turing: of n random runs, the share that showed a trace nobody else showed estimates the probability of a new one.
 */
import type { Estimate } from './explore-result.ts';
import type { TraceTally } from './trace-tally.ts';

export interface Evidence {
  readonly exhausted: boolean;
  readonly executions: number;
  /** Random executions among them. */
  readonly sampled: number;
  readonly tally: Pick<TraceTally, 'distinct' | 'once' | 'isExact'>;
  readonly explored: number | null;
  readonly stepBounded: number;
  readonly steps: number;
}

export function estimate(evidence: Evidence): Estimate {
  const { exhausted, executions, sampled, tally, explored } = evidence;
  const { distinct, once, isExact: exact } = tally;
  if (exhausted) {
    const statement = `exhausted: ${words(distinct, 'trace')}, all there are`;
    return { newTrace: 0, total: distinct, exact, statement };
  }
  const bound =
    evidence.stepBounded === 0
      ? ''
      : `; ${words(evidence.stepBounded, 'execution')} reached the bound of ${evidence.steps} steps and ${evidence.stepBounded === 1 ? 'is' : 'are'} undecided`;
  if (sampled > 0) {
    const newTrace = Math.min(1, Math.max(once, 0) / sampled);
    const shown = newTrace === 0 ? `below ${percent(1 / sampled)}` : `about ${percent(newTrace)}`;
    const statement =
      `not exhausted: ${words(distinct, 'trace')} in ${words(executions, 'execution')}; ` +
      `the probability that the next run shows something new is ${shown}${bound}`;
    // Good's estimate of coverage, turned around.
    const total = newTrace < 1 ? distinct / (1 - newTrace) : null;
    return { newTrace, total, exact, statement };
  }
  const total = explored === null || explored <= 0 ? null : executions / explored;
  const share = total === null ? '' : `, about ${percent(Math.min(1, explored!))} of the search`;
  const statement = `not exhausted: ${words(distinct, 'trace')} in ${words(executions, 'execution')}${share}${bound}`;
  return { newTrace: null, total, exact, statement };
}

function words(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 ? value.toFixed(0) : value.toPrecision(2)} %`;
}
