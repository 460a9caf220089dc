/**
 * What exploring costs: executions and steps a CPU second of the random walk and of exhaustive source-DPOR; the random walk beside
 * fast-check's scheduler, round by round in one process; transitions of SPIN; and the memory that a million executions leave.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Validator } from '@lockdep/core';
import {
  compileProgram,
  type ExploreOptions,
  type ExploreResult,
  explore,
  type NotationProgram,
  type Program,
} from '@lockdep/simulator';
import { type MeasuredProgram, measured } from './exploration-programs.ts';
import { peers, runPeer } from './fast-check-programs.ts';
import { cpuNanoseconds, interleavedAsync, median, type Row } from './measure.ts';
import { giveRows, runSection } from './section.ts';
import { runSpin, spinMissing } from './spin-transitions.ts';

const section = 'exploration';
/** Nobody listens and nothing is described: the search itself. */
const BARE: ExploreOptions = { validator: null, leaks: false, minimise: 0, failures: 0 };
/** Steps of a round: some tens of milliseconds. */
const ROUND = 200_000;
const [ROUNDS, WARM_UP] = [9, 4];

const run = (program: Program, strategy: 'random' | 'source-dpor', executions: number, more = BARE): ExploreResult =>
  explore(program, { ...more, strategy, budget: { executions, ms: 60_000 } });

interface Rates {
  readonly steps: number;
  readonly executions: number;
}

/** Medians over rounds of what one call of `once` does a CPU second. */
function rates(once: () => Rates): Rates {
  const [steps, executions]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    let done: Rates = { steps: 0, executions: 0 };
    const seconds =
      cpuNanoseconds(() => {
        done = once();
      }) / 1e9;
    if (round < WARM_UP) continue;
    steps.push(done.steps / seconds);
    executions.push(done.executions / seconds);
  }
  return { steps: median(steps), executions: median(executions) };
}

function rowsOf(name: string, { steps, executions }: Rates): Row[] {
  return [
    { section, name, value: steps, unit: 'steps a CPU second' },
    { section, name, value: executions, unit: 'executions a CPU second' },
  ];
}

function walk(name: string, program: Program, more = BARE): Row[] {
  const executions = Math.ceil(ROUND / (run(program, 'random', 1_000, more).steps / 1_000));
  return rowsOf(
    name,
    rates(() => run(program, 'random', executions, more)),
  );
}

/** Whole explorations, again and again until a round is full. */
function exhaust(name: string, program: Program, traces: number): Row[] {
  const first = run(program, 'source-dpor', 1_000_000);
  if (first.executions !== traces || !first.exhausted) throw new Error(`${name}: ${first.estimate.statement}`);
  const times = Math.ceil(ROUND / first.steps);
  return rowsOf(
    name,
    rates(() => {
      for (let i = 0; i < times; i++) run(program, 'source-dpor', 1_000_000);
      return { steps: first.steps * times, executions: first.executions * times };
    }),
  );
}

/** The random walk and fast-check's scheduler, a round of each in turn. */
async function beside(id: string, program: Program): Promise<Row[]> {
  const [ours, theirs] = [20_000, 400];
  let seed = 0;
  let steps = 0;
  const times = await interleavedAsync(
    {
      walk: async () => void run(program, 'random', ours),
      peer: async () => {
        steps = (await runPeer(id, theirs, ++seed)).steps;
      },
    },
    { rounds: ROUNDS, warmUp: WARM_UP },
  );
  const aSecond = { walk: ours / (times.walk.median / 1e9), peer: theirs / (times.peer.median / 1e9) };
  const peer = 'fast-check’s scheduler';
  return [
    { section, name: `${id}, ${peer}`, value: (aSecond.peer * steps) / theirs, unit: 'steps a CPU second' },
    { section, name: `${id}, ${peer}`, value: aSecond.peer, unit: 'executions a CPU second' },
    {
      ...{ section, name: `${id}, random walk, in turn with it`, value: aSecond.walk, unit: 'executions a CPU second' },
      ...{ ratio: aSecond.walk / aSecond.peer, against: peer },
    },
  ];
}

function spin(): Row[] {
  const name = 'dining_8, SPIN';
  const missing = spinMissing();
  if (missing !== null) return [{ section, name, value: 0, unit: '', skipped: missing }];
  return [true, false].map((reduced) => {
    const { transitions, aSecond } = runSpin('dining.pml', reduced);
    const how = reduced ? 'with' : 'without';
    return {
      ...{ section, name: `${name} ${how} partial-order reduction, ${transitions} transitions`, value: aSecond },
      unit: 'transitions a CPU second',
    };
  });
}

/** What a million executions leave on the heap, beyond what the first ten thousand do. */
function memory(program: Program): Row[] {
  const used = (): number => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  run(program, 'random', 10_000);
  const before = used();
  const result = run(program, 'random', 1_000_000);
  const name = 'hole_punch_race, kept after 1,000,000 executions';
  if (result.executions !== 1_000_000) throw new Error(`${name}: only ${result.executions}`);
  return [{ section, name, value: (used() - before) / 1024, unit: 'KiB' }];
}

/** From a program file, whose tasks are interpreted. */
function fromFile(id: string): Row[] {
  const file = new URL('../data/exploration/programs.json.gz', import.meta.url);
  const { programs } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { programs: NotationProgram[] };
  const program = compileProgram(programs.find((candidate) => candidate.id === id)!);
  return walk(`${id}, random walk, from a program file`, program);
}

async function rowsOfProgram({ id, program, traces }: MeasuredProgram): Promise<Row[]> {
  const rows = walk(`${id}, random walk`, program);
  if (id in peers) rows.push(...(await beside(id, program)));
  rows.push(...exhaust(`${id}, source-DPOR, all ${traces} traces`, program, traces));
  if (id !== 'hole_punch_race') return rows;
  const listening = walk(`${id}, random walk, a validator listening`, program, { ...BARE, validator: new Validator() });
  return [...rows, ...listening, ...memory(program)];
}

/** Without an argument every part, each in a process of its own; else that part. */
async function all(part: string | undefined): Promise<Row[]> {
  const one = measured.find(({ id }) => id === part);
  if (one !== undefined) return rowsOfProgram(one);
  if (part !== undefined) return fromFile(part.replace(/^file:/, ''));
  const rows: Row[] = [];
  const parts = [...measured.map(({ id }) => id), 'file:inc_4', 'file:filesystem_18'];
  for (const each of parts) rows.push(...(await runSection('./exploration.ts', each)));
  return [...rows, ...spin()];
}

giveRows(await all(process.argv[2]));
