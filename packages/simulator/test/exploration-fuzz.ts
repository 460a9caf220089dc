/** Random programs over all kinds of steps: every exhaustive strategy must count the same traces. */
import { compileProgram, type ExploreResult, explore, type StrategyName } from '../src/index.ts';
import { randomProgram } from './random-program.ts';

/** Interleavings tried one by one at most; what has more is compared without that. */
const ENUMERATED = 3_000;

function run(seed: number, strategy: StrategyName, executions: number): ExploreResult {
  return explore(compileProgram(randomProgram(seed)), {
    strategy,
    validator: null,
    leaks: false,
    minimise: 0,
    failures: 0,
    budget: { executions, ms: 120_000, steps: 2_000 },
  });
}

const found = ({ verdict, distinctTraces, deadlocks, failing }: ExploreResult) => ({
  verdict,
  distinctTraces,
  deadlocks,
  failing,
});

/** What the strategies disagree on; null when they agree. `compared` says whether there was anything to compare. */
export function disagreement(seed: number): { readonly compared: boolean; readonly difference: string | null } {
  const source = run(seed, 'source-dpor', 20_000);
  if (!source.exhausted) return { compared: false, difference: null };
  const answers: Record<string, object> = { 'source-dpor': found(source) };
  for (const strategy of ['optimal-dpor', 'sleep-sets'] as const) {
    const result = run(seed, strategy, 100_000);
    if (result.exhausted) answers[strategy] = found(result);
  }
  const all = run(seed, 'enumeration', ENUMERATED);
  const expected = JSON.stringify(found(source));
  const different = Object.entries(answers).filter(([, answer]) => JSON.stringify(answer) !== expected);
  // An enumeration counts interleavings, of which a trace has several: its verdict and its different traces are compared.
  if (all.exhausted && (all.verdict !== source.verdict || all.distinctTraces !== source.distinctTraces)) {
    different.push(['enumeration', found(all)]);
  }
  if (different.length === 0) return { compared: true, difference: null };
  return {
    compared: true,
    difference: `seed ${seed}: ${JSON.stringify(Object.fromEntries([['source-dpor', found(source)], ...different]))}\n${JSON.stringify(randomProgram(seed))}`,
  };
}

/** Runs seeds from `first` on; the first disagreements, and how many programs were compared. */
export function campaign(first: number, count: number): { compared: number; differences: string[] } {
  const differences: string[] = [];
  let compared = 0;
  for (let seed = first; seed < first + count && differences.length < 3; seed++) {
    const { compared: one, difference } = disagreement(seed);
    if (one) compared += 1;
    if (difference !== null) differences.push(difference);
  }
  return { compared, differences };
}
