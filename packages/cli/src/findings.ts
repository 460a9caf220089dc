/** What the reporting commands show: reports, the learned order as people see it and as it is saved, and what else is known. */
import type { LockStat, Report, TaskLocks, Validator } from '@lockdep/core';
import { type SavedGraph, saveGraph } from '@lockdep/graph';
import type { DirectedGraph } from 'graphology';

export interface Findings {
  /** What they are of, as a page is titled. */
  readonly title: string;
  readonly reports: readonly Report[];
  /** The order; null where only reports are known. */
  readonly graph: DirectedGraph | null;
  /** The order for a file. */
  saved(): SavedGraph | null;
  readonly chains?: number;
  readonly statistics?: readonly LockStat[];
  readonly heldLocks?: readonly TaskLocks[];
  /** By fingerprint of a report: the processes that made it, where there are several. */
  readonly seenIn?: ReadonlyMap<string, readonly string[]>;
}

/** What a validator found and learned; `run` is what its sightings are named by. */
export function validatorFindings(
  validator: Validator,
  { title, run }: { readonly title: string; readonly run: string },
): Findings {
  return {
    title,
    reports: validator.reports,
    graph: validator.graph(),
    saved: () => saveGraph(validator, { run, root: process.cwd() }),
    chains: validator.stats().chains,
    statistics: validator.lockStat(),
    heldLocks: validator.heldLocks(),
  };
}
