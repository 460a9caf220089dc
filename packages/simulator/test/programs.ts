/** The oracle programs, with what is known about each. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { NotationProgram } from '../src/notation/program-file.ts';

export interface Oracle {
  readonly verdict: 'ok' | 'deadlock' | 'fail';
  readonly totalInterleavings?: number | string;
  readonly states?: number;
  readonly deadlockStates?: number;
  readonly traces: number;
  readonly deadlockTraces: number;
  readonly failingTraces: number;
  readonly tracesByPreemptionBound?: readonly number[];
  readonly minPreemptionsToBug?: number;
  readonly minDelaysToBug?: number;
  readonly pBugRandomWalkExact?: number;
}

export interface OracleProgram extends NotationProgram {
  readonly family: string;
  readonly expect: 'ok' | 'deadlock' | 'fail';
  readonly oracle: Oracle;
}

const file = new URL('../../../test/data/exploration/programs.json.gz', import.meta.url);

export const programs: readonly OracleProgram[] = JSON.parse(gunzipSync(readFileSync(file)).toString()).programs;

/** Made of semaphores of `@lockdep/locks`, such a program has fewer traces than published. */
export const hasFairSemaphore = ({ objects }: OracleProgram): boolean =>
  Object.values(objects).some(({ kind }) => kind === 'fairrw');

export function program(id: string): OracleProgram {
  const found = programs.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no oracle program '${id}'`);
  return found;
}
