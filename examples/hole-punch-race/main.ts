/**
 * The race that brought invalidate_lock into the kernel: a hole punch evicts a page, a read brings it back, and the block is freed and
 * given to another file. First a schedule in which the reader of A gets the bytes of C, then the proof that with the lock none does.
 */
import { punchVersusRead, scenarioProgram } from '@lockdep/filesystems';
import type { Finding, Profile } from '@lockdep/page-cache';
import { type ExploreResult, explore, type Failure } from '@lockdep/simulator';

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

/** What changes the page or its block, or keeps others from it. */
const TELLING = /^(?:lock i_rwsem\(A\)|lock i_mmap_sem|add folio\(A|free|block \d+ is|read block|write block|copy)/;
const COLUMNS = { punch: 'punch(A[1])', read: 'read(A[1])', write: 'write(C)' };
const WIDTH = 26;

/** The telling steps, each in the column of its task; I/O in the column of the task that waits for it. */
export function inShort({ schedule }: Failure): string {
  const names = Object.keys(COLUMNS);
  const lines = schedule.flatMap(([task, ...labels]) => {
    const owner = task.startsWith('io folio(A') ? 'read' : task.startsWith('io folio(C') ? 'write' : task;
    const indent = ' '.repeat(names.indexOf(owner) * WIDTH + 2);
    return labels.filter((label) => TELLING.test(label)).map((label) => indent + label);
  });
  const heads = Object.values(COLUMNS).map((head) => head.padEnd(WIDTH));
  return [heads.join('').trimEnd(), ...lines].join('\n');
}

function tellRace(race: ExploreResult, print: (text: string) => void): void {
  const failure = race.failures[0];
  if (failure === undefined) return print(`Before the series: ${race.estimate.statement}\n\n`);
  const fewest = failure.minimal ? 'no schedule leads there with fewer' : 'fewer may do';
  print(`Before the series: ${failure.message}\n\n`);
  print('i_rwsem keeps out writers and i_mmap_sem keeps out faults, but nothing keeps out the read. In short:\n\n');
  print(`${inShort(failure)}\n\n`);
  print(`Found in execution ${failure.execution}, then shortened to ${failure.steps} steps and `);
  print(`${failure.minPreemptions} preemptions (${fewest}). All of them, one column a task or I/O:\n\n`);
  print(`${failure.diagram}\n\n`);
}

export function holePunchRace(print: (text: string) => void): { race: ExploreResult; proofs: ExploreResult[] } {
  print('punch(A[1]) against read(A[1]) and a write to C, on an ext4-like file system.\n');
  print('Every byte knows its origin: C[0]@w1 is what write w1 put at byte 0 of C.\n\n');
  const race = findRace();
  tellRace(race, print);
  print('With invalidate_lock, shared in reads and exclusive from eviction until the block is free:\n\n');
  const proofs = (['seed', 'merged', 'latest'] as const).map((profile) => {
    const result = prove(profile);
    print(`${profile}: ${result.estimate.statement}; no wrong byte in any of them\n`);
    return result;
  });
  return { race, proofs };
}

if (import.meta.main) holePunchRace((text) => void process.stdout.write(text));
