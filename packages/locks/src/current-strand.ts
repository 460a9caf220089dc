/**
 * Which strand runs now, and running code in one. Shared by all copies of this package in the process.
 */
import { shared } from './shared.ts';
import { Strand } from './strand.ts';
import { type StrandStorage, strandStorage } from './strand-storage.ts';

const strands = shared('@lockdep/strands', () => ({ storage: strandStorage<Strand>(), main: Strand.implicit('main') }));

export const storage: StrandStorage<Strand> = strands.storage;

/** The strand that runs now. */
export function currentStrand(): Strand {
  return (storage.getStore() ?? strands.main).alive();
}

/** The strand in whose name code that runs now acquires; a line of code of its own is followed as one from here on. */
export function acquiringStrand(): Strand {
  const here = currentStrand();
  const line = here.line();
  if (line !== here) storage.enterWith(line);
  return line;
}

/** Runs `fn` in a strand of its own, which ends when what `fn` returned has settled. */
export async function runIn<T>(strand: Strand, fn: () => T): Promise<Awaited<T>> {
  let result: Awaited<T>;
  try {
    result = await storage.run(strand, fn);
  } catch (error) {
    endQuietly(strand);
    throw error;
  }
  strand.end();
  return result;
}

/** A validator that throws must not hide why the task failed. */
function endQuietly(strand: Strand): void {
  try {
    strand.end();
  } catch {
    // Reported all the same.
  }
}
