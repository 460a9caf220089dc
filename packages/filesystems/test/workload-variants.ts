/** The ways in which holetest is run (generic/340, 344, 345, 346, 354), and what is wrong with a run of a workload. */
import { Validator } from '@lockdep/core';
import type { HoletestOptions, WorkloadResult } from '../src/index.ts';

export const holetestVariants = {
  threads: {},
  'pages read first': { prefaults: true },
  'write(2) and stores': { writes: true },
  'write(2) and stores, pages read first': { writes: true, prefaults: true },
  processes: { processes: true },
  'processes, pages read first': { processes: true, prefaults: true },
  'a private mapping': { isPrivate: true },
  'private mappings of processes': { isPrivate: true, processes: true },
  'private mappings of processes, pages read first': { isPrivate: true, processes: true, prefaults: true },
} as const satisfies Readonly<Record<string, Partial<HoletestOptions>>>;

/** Empty when all is well; else what is wrong, and the program. */
export function workloadComplaints(seed: number, run: (validator: Validator) => WorkloadResult): object {
  const validator = new Validator({ sites: false });
  const { findings, stuck, program } = run(validator);
  // A file read from disk again is at another address: what ordered by address before is told of, as a note.
  const reports = validator.reports.flatMap(({ level, message }) => (level === 'note' ? [] : [message]));
  return findings.length + stuck.length + reports.length === 0 ? {} : { seed, findings, stuck, reports, program };
}
