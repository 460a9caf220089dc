/**
 * What confirming costs: CPU time a report, median and worst, beside exploring the same program; and how often the first steered attempt
 * already ends in the deadlock, beside a random walk.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type CompiledProgram, compileProgram, confirmAll, explore, type NotationProgram } from '@lockdep/simulator';
import { notationOf } from '../confirmations/check-confirmations.ts';
import { SeededRandom } from '../reference/seeded-random.ts';
import { randomProgram } from '../verdicts/section-program.ts';
import { cpuNanoseconds, median, type Row } from './measure.ts';
import { giveRows } from './section.ts';

const section = 'confirmation';
const ATTEMPTS = 500;
const RANDOM_PROGRAMS = 300;
const ROUNDS = 3;

interface Oracle extends NotationProgram {
  readonly oracle: { readonly pBugRandomWalkExact?: number };
}

function oracles(): readonly Oracle[] {
  const file = new URL('../data/exploration/programs.json.gz', import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString()).programs;
}

/** Milliseconds a report, of each program that has any; the fastest of a few rounds. */
function times(programs: readonly NotationProgram[]): { confirm: number[]; explore: number[]; undecided: number } {
  const [confirming, exploring]: [number[], number[]] = [[], []];
  let undecided = 0;
  for (const program of programs) {
    const compiled = compileProgram(program);
    const found = confirmAll(compiled);
    if (found.length === 0) continue;
    undecided += found.filter(({ verdict }) => verdict === 'unconfirmed').length;
    confirming.push(fastest(() => confirmAll(compiled)) / found.length);
    exploring.push(fastest(() => explore(compiled, { strategy: 'source-dpor', leaks: false })));
  }
  return { confirm: confirming, explore: exploring, undecided };
}

const fastest = (run: () => unknown): number =>
  Math.min(...Array.from({ length: ROUNDS }, () => cpuNanoseconds(() => void run()))) / 1e6;

function rowsOf(name: string, programs: readonly NotationProgram[]): Row[] {
  const { confirm, explore: whole, undecided } = times(programs);
  const against = 'exploring the program whole, and minimising what fails';
  const row = (what: string, of: (values: readonly number[]) => number): Row => ({
    ...{ section, name: `${name}, a report, ${what}`, value: of(confirm), unit: 'ms' },
    ...{ ratio: of(confirm) / of(whole), against },
  });
  return [
    row('median', median),
    row('worst', (values) => Math.max(...values)),
    {
      section,
      name: `${name}, reports left undecided`,
      value: undecided,
      unit: `of those of ${confirm.length} programs`,
    },
  ];
}

/** Of many seeds, how many confirm at the first attempt: one ordinary run shows the report, one steered run is made. */
function firstAttempt(program: Oracle): Row[] {
  const compiled: CompiledProgram = compileProgram(program);
  const options = { runs: 1, attempts: 1, means: ['steering'], minimise: 0 } as const;
  if (!confirmAll(compiled, options).some(({ attempts }) => attempts > 0)) return [];
  let made = 0;
  let hits = 0;
  for (let seed = 1; seed <= ATTEMPTS; seed++) {
    for (const { attempts, by } of confirmAll(compiled, { ...options, seed })) {
      // One that came about while another was steered for counts for neither.
      if (attempts === 0) continue;
      made += 1;
      if (by === 'steering') hits += 1;
    }
  }
  const walk = program.oracle.pBugRandomWalkExact;
  const compared =
    walk === undefined || walk === 0 ? {} : { ratio: hits / made / walk, against: 'a random walk, exactly' };
  return [
    {
      section,
      name: `${program.id}, confirmed at the first steered attempt`,
      value: hits / made,
      unit: 'of 1',
      ...compared,
    },
  ];
}

if (import.meta.main) {
  const random = new SeededRandom(20230617);
  const sections = Array.from({ length: RANDOM_PROGRAMS }, () => notationOf(randomProgram(random)));
  giveRows([
    ...rowsOf('oracle programs', oracles()),
    ...rowsOf('random programs of nested sections', sections),
    ...oracles().flatMap(firstAttempt),
  ]);
}
