/** Exploring the programs of a file, and the JSON document that says how it went. */
import { explore } from '../explore/explore.ts';
import type { ExploreOptions } from '../explore/explore-options.ts';
import type { ExploreResult } from '../explore/explore-result.ts';
import type { Schedule } from '../failure/schedule.ts';
import { compileProgram } from './compile.ts';
import { type NotationProgram, parseProgramFile } from './program-file.ts';

/** One program of that document. */
export interface ExploredProgram {
  readonly program: NotationProgram;
  readonly result: ExploreResult;
}

/** One program in the document; counts are of executions that ran to their end. */
export interface ProgramSummary {
  readonly id: string;
  readonly verdict: 'ok' | 'deadlock' | 'fail';
  readonly executions: number;
  readonly deadlocks: number;
  readonly failing: number;
  readonly sleepBlocked: number;
  readonly exhausted: boolean;
  /** Fewest preemptions with which any failure was reached; null when nothing failed. */
  readonly minPreemptions: number | null;
  /** The schedule of that failure, for `replay`. */
  readonly schedule: Schedule | null;
}

/** What `lockdep explore --json` prints. */
export interface ExploreDocument {
  readonly programs: readonly ProgramSummary[];
}

/**
 * Explores every program of a program file, one after the other, as they are asked for.
 *
 * Ending with a lock held is no failure in these programs, unless `leaks` says so.
 */
export function* exploreProgramFile(
  text: string,
  options: ExploreOptions = {},
  name?: string,
): Generator<ExploredProgram, void, void> {
  for (const program of parseProgramFile(text, name)) {
    const result = explore(compileProgram(program), { leaks: false, validator: null, ...options });
    yield { program, result };
  }
}

/** What one result contributes to the document. */
export function summarise(id: string, result: ExploreResult): ProgramSummary {
  const { verdict, executions, deadlocks, failing, sleepBlocked, exhausted, failures } = result;
  let least: ExploreResult['failures'][number] | null = null;
  for (const failure of failures) if (least === null || failure.minPreemptions < least.minPreemptions) least = failure;
  const minPreemptions = least === null ? null : least.minPreemptions;
  const schedule = least === null ? null : least.schedule;
  return { id, verdict, executions, deadlocks, failing, sleepBlocked, exhausted, minPreemptions, schedule };
}
