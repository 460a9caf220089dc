/**
 * A candidate fix tried against all scenarios: what each idea for the hole-punch race does to every program that has ever gone wrong,
 * not only to the one it was made for.
 */
import { type Scenario, scenarioProgram, scenarios } from '@lockdep/filesystems';
import { type ExploreResult, explore } from '@lockdep/simulator';
import { type Candidate, candidates } from './candidates.ts';

/** Schedules tried for each scenario: all there are where they are no more, else part of them at random; the same ones each time. */
const SCHEDULES = 100;
/** It brings a file system of its own. */
const VERITY = 23;

export interface Trial {
  readonly scenario: number;
  /** What was found first; null when nothing was. */
  readonly found: string | null;
  readonly result: ExploreResult;
}

/** The scenarios that an ext4-like file system has in this profile, and that end well in the kernel that has the patch. */
const programs = scenarios.filter(({ id, cells }) => {
  const isClean = cells.some(
    ({ fs, profile, bugs, verdict }) =>
      fs === 'ext4' && profile === 'merged' && bugs === undefined && verdict === 'clean',
  );
  return isClean && id !== VERITY;
});

export function tryCandidate({ profile, bugs = {}, Candidate: Kind }: Candidate): Trial[] {
  return programs.map((scenario: Scenario) => {
    const settings = {
      fs: 'ext4',
      profile,
      bugs,
      patience: 3,
      ...(Kind === undefined ? {} : { Candidate: Kind }),
    } as const;
    const result = explore(scenarioProgram(scenario, settings), {
      stopOnFailure: true,
      validator: null,
      minimise: 0,
      budget: { steps: 1_000, executions: SCHEDULES, ms: 600_000 },
    });
    const failure = result.failures[0];
    return { scenario: scenario.id, found: failure === undefined ? null : failure.message, result };
  });
}

export function candidateFix(print: (text: string) => void): ReadonlyMap<string, readonly Trial[]> {
  const tried = new Map<string, readonly Trial[]>();
  print(`${programs.length} scenarios, ${SCHEDULES} schedules each.\n`);
  for (const candidate of candidates) {
    const trials = tryCandidate(candidate);
    tried.set(candidate.name, trials);
    const wrong = trials.filter(({ found }) => found !== null);
    print(`\n${candidate.name}: ${wrong.length === 0 ? 'nothing found' : `${wrong.length} go wrong`}\n`);
    for (const { scenario, found } of wrong) {
      print(`  ${scenario}. ${scenarios.find(({ id }) => id === scenario)!.title}\n     ${found!.split('\n')[0]}\n`);
    }
  }
  return tried;
}

if (import.meta.main) candidateFix((text) => void process.stdout.write(text));
