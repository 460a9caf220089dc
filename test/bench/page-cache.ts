/** What validation costs the page-cache engine, and how fast its central scenario is tried in full. */
import { Validator } from '@lockdep/core';
import { punchVersusRead, runFsx, scenarioProgram } from '@lockdep/filesystems';
import { profiles } from '@lockdep/page-cache';
import { explore } from '@lockdep/simulator';
import { mixedLoad } from '../../packages/filesystems/test/mixed-load.ts';
import { cpuNanoseconds, interleaved } from './measure.ts';
import { giveRows } from './section.ts';

const RUNS = 60;

function load(validator: Validator | null): number {
  let steps = 0;
  for (let i = 0; i < RUNS; i++) steps += mixedLoad({ fs: 'ext4', profile: 'merged', validator }).steps;
  return steps;
}

const section = 'page cache';
const validator = new Validator({ sites: false });
const steps = load(null);
const times = interleaved({ plain: () => void load(null), validated: () => void load(validator) }, { rounds: 7 });
let executions = 0;
const explored = cpuNanoseconds(() => {
  for (const profile of profiles) {
    const program = scenarioProgram(punchVersusRead, { fs: 'ext4', profile, patience: 1 });
    const result = explore(program, { strategy: 'source-dpor', validator: null, minimise: 0 });
    if (!result.exhausted) throw new Error(`punch against read, ${profile}: ${result.estimate.statement}`);
    executions += result.executions + result.sleepBlocked;
  }
});
const OPERATIONS = 2_000;
const fsx = (validator: Validator | null): void => {
  const { failure } = runFsx({
    fs: 'ext4',
    background: false,
    seed: 1,
    operations: OPERATIONS,
    keepsLog: false,
    validator,
  });
  if (failure !== null) throw new Error(`fsx: ${failure.message}`);
};
const fsxTimes = interleaved({ plain: () => fsx(null), validated: () => fsx(validator) }, { rounds: 7 });

giveRows([
  { section, name: 'engine, plain', value: times.plain.median / steps, unit: 'ns a step' },
  {
    ...{ section, name: 'engine, validated', value: times.validated.median / steps, unit: 'ns a step' },
    ratio: times.validated.median / times.plain.median,
    against: 'the plain engine',
  },
  { section, name: 'fsx, plain', value: OPERATIONS / (fsxTimes.plain.median / 1e9), unit: 'operations a CPU second' },
  {
    ...{ section, name: 'fsx, validated', unit: 'operations a CPU second' },
    value: OPERATIONS / (fsxTimes.validated.median / 1e9),
    ratio: fsxTimes.validated.median / fsxTimes.plain.median,
    against: 'fsx on the plain engine',
  },
  {
    ...{ section, name: 'punch against read, every interleaving, four profiles', unit: 'executions a CPU second' },
    value: executions / (explored / 1e9),
  },
  { section, name: 'the same, in all', value: explored / 1e9, unit: 'CPU s' },
]);
