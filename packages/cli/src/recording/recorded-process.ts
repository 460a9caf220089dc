/**
 * What `lockdep run` and the programs it runs tell each other: one variable of the environment goes in; out come, for each validator, a
 * file with everything (replaced as a whole, so it is never half written) and a file to which each new report is added at once, for
 * a process that is killed.
 */
import type { Report, TaskLocks } from '@lockdep/core';
import type { SavedGraph } from '@lockdep/graph';

/** The variable; its value is the JSON of {@link RecordingRequest}. */
export const RECORDING_VARIABLE = 'LOCKDEP_RUN';

export interface RecordingRequest {
  /** Where the files go. */
  readonly folder: string;
  /** What file names are made relative to. */
  readonly root: string;
  /** Where recordings of all events go; null: none are made. */
  readonly record: string | null;
}

/** The first line of the file of reports. */
export interface RecordingHeader {
  /** The program's file, without folders. */
  readonly program: string;
  /** When it began, in milliseconds: files are read in that order. */
  readonly began: number;
}

/** The file with everything: one validator of one thread of one process. */
export interface RecordedProcess {
  readonly events: number;
  readonly reports: readonly Report[];
  /** Its sightings have no name of a run yet. */
  readonly graph: SavedGraph | null;
  /** Who held or awaited what in the end. */
  readonly heldLocks: readonly TaskLocks[];
}

/** The names of the two files. */
export const WHOLE = '.json';
export const REPORTS = '.reports.ndjson';
