/**
 * Deadlocks that another schedule of the same run must reach: sound, given that the reads, writes, forks and joins that tasks depend on
 * were recorded. Of all deadlocks that some reordering reaches it finds those that keep the order of the sections of each lock, which
 * in practice are nearly all.
 */

import { PatternSearch, type Prediction } from './pattern-search.ts';
import { findPatterns, type PatternBounds } from './patterns.ts';
import type { RunTrace } from './run-trace.ts';

export interface Predictions {
  readonly predictions: readonly Prediction[];
  /** Circles of requests looked at. */
  readonly patterns: number;
  /** There were more than were looked at. */
  readonly bounded: boolean;
}

/** Finds them in a whole run: the earliest of each pattern. */
export function predict(trace: RunTrace, bounds: PatternBounds = {}): Predictions {
  const { patterns, bounded } = findPatterns(trace, bounds);
  const predictions = patterns.flatMap((pattern) => new PatternSearch(trace, pattern).next() ?? []);
  return { predictions, patterns: patterns.length, bounded };
}
