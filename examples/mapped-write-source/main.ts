/** write(2) whose source is a mapping of the very page it writes: why it copies with page faults switched off. */
import { scenarioProgram, writeFromOwnMapping } from '@lockdep/filesystems';
import { type ExploreResult, explore } from '@lockdep/simulator';

export function mappedWriteSource(print: (text: string) => void): ExploreResult[] {
  const results = [false, true].map((atomic) => {
    const program = scenarioProgram(writeFromOwnMapping, {
      fs: 'ext4',
      profile: 'merged',
      bugs: atomic ? {} : { 'write.atomicCopy': false },
    });
    return explore(program, { strategy: 'source-dpor', validator: null, budget: { steps: 1_000 } });
  });
  const [faulting, atomic] = results;
  print(`Copying with faults on: ${faulting!.failures[0]?.message}\n\n${faulting!.failures[0]?.diagram}\n\n`);
  print(`Copying with faults off: ${atomic!.verdict}, ${atomic!.estimate.statement}\n`);
  return results;
}

if (import.meta.main) mappedWriteSource((text) => void process.stdout.write(text));
