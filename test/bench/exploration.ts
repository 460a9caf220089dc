/** Executions and steps a CPU second of the explorer; beside fast-check's scheduler on a program that both can run. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { compileProgram, explore, type NotationProgram } from '@lockdep/simulator';
import fc from 'fast-check';
import { cpuNanoseconds, cpuNanosecondsAsync, type Row } from './measure.ts';
import { giveRows } from './section.ts';

const section = 'exploration';
const file = new URL('../data/exploration/programs.json.gz', import.meta.url);
const { programs } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { programs: NotationProgram[] };
const EXECUTIONS = 100_000;
const FAST_CHECK_RUNS = 2_000;

const rows: Row[] = [];
const executionsASecond = new Map<string, number>();
for (const id of ['inc_4', 'dining_5', 'filesystem_18', 'lockinc_4', 'hole_punch_race']) {
  const program = programs.find((candidate) => candidate.id === id);
  if (program === undefined) throw new Error(`no program '${id}'`);
  const compiled = compileProgram(program);
  const run = (executions: number) =>
    explore(compiled, {
      ...{ strategy: 'random', validator: null, leaks: false, minimise: 0, failures: 0 },
      budget: { executions, ms: 60_000 },
    });
  run(EXECUTIONS / 10);
  let result = run(1);
  const time = cpuNanoseconds(() => {
    result = run(EXECUTIONS);
  });
  executionsASecond.set(id, result.executions / (time / 1e9));
  rows.push(
    { section, name: `${id}, random walk`, value: result.steps / (time / 1e9), unit: 'steps a CPU second' },
    { section, name: `${id}, random walk`, value: executionsASecond.get(id)!, unit: 'executions a CPU second' },
  );
}

/** inc_4: four tasks that read, then write one more. */
const increments = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
  let value = 0;
  const increment = async (): Promise<void> => {
    await scheduler.schedule(Promise.resolve());
    const read = value;
    await scheduler.schedule(Promise.resolve());
    value = read + 1;
  };
  const all = Promise.all([increment(), increment(), increment(), increment()]);
  await scheduler.waitFor(all);
});
const theirs = await cpuNanosecondsAsync(async () => {
  await fc.check(increments, { numRuns: FAST_CHECK_RUNS, seed: 1 });
});
const theirsASecond = FAST_CHECK_RUNS / (theirs / 1e9);
rows.push({
  ...{ section, name: 'inc_4, fast-check’s scheduler', value: theirsASecond, unit: 'executions a CPU second' },
  ratio: theirsASecond / executionsASecond.get('inc_4')!,
  against: 'the random walk',
});
giveRows(rows);
