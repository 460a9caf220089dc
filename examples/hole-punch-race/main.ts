/**
 * The race that brought invalidate_lock into the kernel: a hole punch evicts a page, a read brings it back, and the block is freed and
 * given to another file. First a schedule in which the reader of A gets the bytes of C, then the proof that with the lock none does.
 */
import { punchVersusRead, scenarioProgram } from '@lockdep/filesystems';
import type { Finding, Profile } from '@lockdep/page-cache';
import { type ExploreResult, explore } from '@lockdep/simulator';

const OPTIONS = { strategy: 'source-dpor', stopOnFailure: true, validator: null, minimise: 50_000 } as const;

/** Bytes of another file, handed to read(2). */
const isForeign = ({ kind, via, saw }: Finding): boolean =>
  kind === 'stale-block-exposure' && via === 'read' && saw.startsWith('C');

/** A schedule in which the reader sees another file's data. */
export function findRace(): ExploreResult {
  const program = scenarioProgram(
    punchVersusRead,
    { fs: 'ext4', profile: 'before', patience: 1 },
    { counts: isForeign },
  );
  return explore(program, { ...OPTIONS, budget: { steps: 1_000 } });
}

/** All interleavings, with no wrong byte in any. */
export function prove(profile: Profile): ExploreResult {
  const program = scenarioProgram(punchVersusRead, { fs: 'ext4', profile });
  return explore(program, { ...OPTIONS, budget: { steps: 1_000, ms: 60_000 } });
}

export function holePunchRace(print: (text: string) => void): { race: ExploreResult; proofs: ExploreResult[] } {
  print('punch(A[1]) against read(A[1]) and a write to C, on an ext4-like file system\n\n');
  const race = findRace();
  print(`Before the series: ${race.failures[0]?.message}\n\n${race.failures[0]?.diagram}\n\n`);
  const proofs = (['seed', 'merged', 'latest'] as const).map((profile) => {
    const result = prove(profile);
    print(`${profile}: ${result.estimate.statement}; no wrong byte in any of them\n`);
    return result;
  });
  return { race, proofs };
}

if (import.meta.main) holePunchRace((text) => void process.stdout.write(text));
