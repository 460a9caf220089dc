/**
 * Exploring in two threads beside one: executions a second of wall-clock time, round by round, and what the machine allows at most: two
 * explorations that have nothing to do with each other at the same time.
 */
import { exploreParallel, type NotationProgram, type ProgramSource } from '@lockdep/simulator';
import { median, type Row } from './measure.ts';
import { giveRows } from './section.ts';

const ROUNDS = 3;

/** Six tasks that add to a variable without a lock. */
const counter: NotationProgram = {
  id: 'inc_6',
  objects: { x: { kind: 'var' } },
  tasks: [1, 2, 3, 4, 5, 6].map((n) => ({
    name: `t${n}`,
    steps: [
      ['read', 'x', 'r'],
      ['write', 'x', 'r+1'],
    ],
  })),
};

const SOURCES: Readonly<Record<string, { readonly source: ProgramSource; readonly executions: number }>> = {
  'six tasks that add to one variable': { source: { notation: counter }, executions: 518_400 },
  'direct reads into mappings and punches on ext4': {
    source: { module: new URL('./threads-program.ts', import.meta.url).href, argument: 10 },
    executions: 8_000,
  },
};

/** From the call to the answer, threads and all. */
async function perSecond(source: ProgramSource, executions: number, workers: number): Promise<number> {
  const budget = { executions, ms: 120_000 };
  const result = await exploreParallel(source, { workers, leaks: false, minimise: 0, failures: 0, budget });
  return (result.executions / result.ms) * 1000;
}

async function measure(name: string): Promise<Row[]> {
  const { source, executions } = SOURCES[name]!;
  const [one, two, apart]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    one.push(await perSecond(source, executions, 1));
    two.push(await perSecond(source, executions, 2));
    const both = await Promise.all([perSecond(source, executions / 2, 1), perSecond(source, executions / 2, 1)]);
    apart.push(both[0]! + both[1]!);
  }
  const row = (what: string, rates: readonly number[]): Row => ({
    section: 'exploring in threads',
    name: `${what}, ${name}`,
    value: median(rates),
    best: Math.max(...rates),
    unit: 'executions a second',
    ratio: median(rates) / median(one),
    against: 'one worker',
  });
  return [row('one worker', one), row('two workers', two), row('two apart', apart)];
}

if (import.meta.main) {
  const rows: Row[] = [];
  for (const name of Object.keys(SOURCES)) rows.push(...(await measure(name)));
  giveRows(rows);
}
