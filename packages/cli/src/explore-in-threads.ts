/** `lockdep explore --workers`: exploration in several threads, which an interruption ends with its checkpoint written. */
import { availableParallelism } from 'node:os';
import {
  type ExploreOptions,
  type ExploreResult,
  exploreParallel,
  type ParallelOptions,
  type ProgramSource,
  SimulatorError,
} from '@lockdep/simulator';
import { UsageError } from './usage-error.ts';

/** What the command line says of threads, as it was written. */
export interface ThreadsRequest {
  readonly workers?: string | undefined;
  readonly checkpoint?: string | undefined;
  readonly resume?: string | undefined;
}

export const wantsThreads = ({ workers, checkpoint, resume }: ThreadsRequest): boolean =>
  workers !== undefined || checkpoint !== undefined || resume !== undefined;

/** @throws UsageError for what cannot be explored so. */
export async function exploreInThreads(
  source: ProgramSource,
  leaks: boolean,
  { strategy = 'auto', budget, onProgress }: ExploreOptions,
  { workers, checkpoint, resume }: ThreadsRequest,
  note: (text: string) => void,
): Promise<ExploreResult> {
  const interrupted = new AbortController();
  const interrupt = (): void => {
    note('interrupted: writing the checkpoint\n');
    interrupted.abort();
  };
  if (checkpoint !== undefined) process.once('SIGINT', interrupt);
  try {
    const result = await exploreParallel(source, {
      // Another than these two is refused there.
      strategy: (strategy === 'auto' ? 'source-dpor' : strategy) as NonNullable<ParallelOptions['strategy']>,
      leaks,
      workers: workers === undefined || workers === 'auto' ? availableParallelism() : Number(workers),
      signal: interrupted.signal,
      ...(budget === undefined ? {} : { budget }),
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...(resume === undefined ? {} : { resume }),
    });
    const { branchesLeft } = result;
    if (branchesLeft > 0 && checkpoint !== undefined) {
      note(`${branchesLeft} branches are left: go on with --resume ${checkpoint}\n`);
    }
    return result;
  } catch (error) {
    throw error instanceof SimulatorError ? new UsageError(error.message) : error;
  } finally {
    process.off('SIGINT', interrupt);
  }
}
