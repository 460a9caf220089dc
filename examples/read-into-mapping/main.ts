/**
 * The last question of the thread: can reading a file into a mapping of another one deadlock? Not as long as the lock is dropped before
 * the bytes are copied to the user.
 */
import { readIntoMapping, scenarioProgram } from '@lockdep/filesystems';
import { type ExploreResult, explore } from '@lockdep/simulator';

export function readsIntoMappings(print: (text: string) => void): ExploreResult[] {
  const results = [true, false].map((keeps) => {
    const program = scenarioProgram(readIntoMapping, {
      fs: 'ext4',
      profile: 'seed',
      bugs: keeps ? { 'read.invalidateLockOverCopy': true } : {},
    });
    const executions = keeps ? 20_000 : 200;
    return explore(program, {
      strategy: 'portfolio',
      stopOnFailure: true,
      validator: null,
      minimise: 20_000,
      budget: { steps: 1_000, executions },
    });
  });
  const [keeping, dropping] = results;
  print(
    `Keeping invalidate_lock while copying: ${keeping!.failures[0]?.message}\n\n${keeping!.failures[0]?.diagram}\n\n`,
  );
  print(`Dropping it first: ${dropping!.verdict}, ${dropping!.estimate.statement}\n`);
  return results;
}

if (import.meta.main) readsIntoMappings((text) => void process.stdout.write(text));
