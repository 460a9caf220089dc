/**
 * The saved form of a learned order: what several runs and processes can be compared and merged by. Its shape is published as
 * `@lockdep/graph/schema/graph.schema.json`; `version` rises when a reader of the old shape could be misled by the new one.
 *
 * Invariant: classes are identified by display name, everything is sorted by code units, and every strength of a dependency
 * has a sighting. So equal orders are equal files, whatever sequence they were learned or merged in.
 */
import type { LockKindName, LockType, WaitType } from '@lockdep/core';

/** How a file with a saved order names itself. */
export const GRAPH_FORMAT = 'lockdep-graph';
/** The version of saved orders that is written, and the newest that is read. */
export const GRAPH_VERSION = 1;

/** Strengths of a dependency, strongest first: outer end Exclusive or Shared, inner end Not recursive or Recursive. */
export const STRENGTHS = ['EN', 'SN', 'ER', 'SR'] as const;
/** One strength of a dependency. */
export type Strength = (typeof STRENGTHS)[number];

/** Sightings kept for each strength of a dependency: those of the runs that come first by name. */
export const MOST_RUNS = 4;

/** A class in a saved order. */
export interface SavedClass {
  /** Display name: `name#2/1` for the second class of that name, subclass 1. */
  readonly name: string;
  readonly base: string;
  readonly version: number;
  readonly subclass: number;
  readonly kind: LockKindName;
  readonly type: LockType;
  readonly waitInner: WaitType;
  readonly waitOuter: WaitType;
  /** Usage by name, sorted: `HARDIRQ-ON-W`, `IN-SOFTIRQ-R`, `INITIAL USE`. */
  readonly usage: readonly string[];
}

/** Who showed a dependency in one strength, and where. */
export interface SavedSighting {
  readonly run: string;
  readonly strength: Strength;
  readonly task: string;
  /** Where the outer lock was taken and where the inner one: `src/inode.ts:12`, or a recorded kernel's function; may be empty. */
  readonly outer: string;
  readonly inner: string;
  /** True where nobody showed it: an order file says so. */
  readonly declared?: true;
}

/** `to` was taken while `from` was held. */
export interface SavedDependency {
  readonly from: string;
  readonly to: string;
  readonly strengths: readonly Strength[];
  /** Held entries between the two, at the least; 1 is adjacent. */
  readonly distance: number;
  readonly sightings: readonly SavedSighting[];
}

/** A saved order: classes, dependencies, and who has shown them. */
export interface SavedGraph {
  readonly format: typeof GRAPH_FORMAT;
  readonly version: typeof GRAPH_VERSION;
  /** Names of the runs that it was learned in. */
  readonly runs: readonly string[];
  readonly classes: readonly SavedClass[];
  readonly dependencies: readonly SavedDependency[];
}
