/** `lockdep stress`: many tasks on simulated files, seed by seed, until a run finds something wrong. */
import { Validator } from '@lockdep/core';
import {
  type FileSystemName,
  fileSystemKinds,
  holetestPreparations,
  runFsstress,
  runHoletest,
  type WorkloadResult,
  type WorkloadSettings,
} from '@lockdep/filesystems';
import { profiles } from '@lockdep/page-cache';
import { type Command, exitStatus } from '../command.ts';
import { oneOf, parseOptions } from '../options.ts';
import { switches, wholeNumber } from '../simulated-settings.ts';
import { UsageError } from '../usage-error.ts';

const KINDS = Object.keys(fileSystemKinds) as FileSystemName[];
const WORKLOADS = ['holetest', 'fsstress'] as const;

const options = {
  workload: { type: 'string', values: WORKLOADS, default: 'fsstress' },
  fs: { type: 'string', values: KINDS, default: 'ext4' },
  profile: { type: 'string', values: profiles, default: 'merged' },
  bug: { type: 'string', multiple: true, free: true },
  seed: { type: 'string', free: true, default: '1' },
  runs: { type: 'string', free: true, default: '100' },
  tasks: { type: 'string', free: true, default: '3' },
  ops: { type: 'string', free: true, default: '20' },
  prepare: { type: 'string', values: holetestPreparations, default: 'hole' },
  prefault: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  processes: { type: 'boolean', default: false },
} as const;

export const stress: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep stress [options]

Several tasks on files of a simulated file system, with reclaim and writeback beside them, one run for each seed, until one finds
something wrong: bytes that nobody may see, a file system that is not whole, tasks that wait for each other, a report of the
validator. The seed is all that is needed to see it again.

  --workload NAME   fsstress: operations on data and names, drawn by weight (default);
                    holetest: two tasks store into every page of a file with holes
  --fs NAME         ${KINDS.join(', ')}; default ext4
  --profile NAME    code state of the kernel: ${profiles.join(', ')}; default merged
  --bug NAME=VALUE  a defect switched on, as buffer.unwrittenIsNew=false; may be given several times
  --seed N          of the first run; default 1
  --runs N          runs at most; default 100
  --tasks N         of fsstress; default 3
  --ops N           of each task of fsstress; default 20
  --prepare HOW     of holetest: ${holetestPreparations.join(', ')}; default hole
  --prefault        of holetest: all pages are read first (holetest -r)
  --write           of holetest: one of the two uses write(2) (holetest -w)
  --processes       of holetest: each has a mapping of its own (holetest -F)

Exit status: 0 nothing wrong, 1 a run found something, 2 usage error, 3 internal error.

Examples:
  lockdep stress --fs xfs --runs 20
  lockdep stress --workload holetest --fs ext4 --write --prepare fallocate --bug buffer.unwrittenIsNew=false
`,
  run(args, output) {
    const { values, positionals } = parseOptions('stress', args, options);
    if (positionals.length > 0) {
      throw new UsageError(`stress: ${positionals[0]}: there is nothing to name`, 'a workload goes with --workload');
    }
    const workload = oneOf('workload', values.workload, WORKLOADS);
    const bugs = switches(values.bug ?? []);
    const [tasks, operations] = [wholeNumber('tasks', values.tasks), wholeNumber('ops', values.ops)];
    const preparation = oneOf('prepare', values.prepare, holetestPreparations);
    const { prefault: prefaults, write: writes, processes } = values;
    const where = {
      fs: oneOf('fs', values.fs, KINDS),
      profile: oneOf('profile', values.profile, profiles),
      bugs: bugs.seen,
    };
    const runOne = (settings: WorkloadSettings): WorkloadResult =>
      workload === 'fsstress'
        ? runFsstress({ ...settings, tasks, operations })
        : runHoletest({ ...settings, preparation, prefaults, writes, processes });
    const first = wholeNumber('seed', values.seed);
    const runs = wholeNumber('runs', values.runs);
    let done = 0;
    let found: (WorkloadResult & { readonly seed: number; readonly reports: readonly string[] }) | null = null;
    for (let seed = first; found === null && seed < first + runs; seed++) {
      const validator = new Validator({ sites: false });
      const result = runOne({ ...where, seed, validator });
      done += result.operations;
      const reports = validator.reports.map(({ message }) => message);
      if (result.findings.length + result.stuck.length + reports.length > 0) found = { ...result, seed, reports };
    }
    for (const name of bugs.unread())
      output.note(`stress: nothing has asked for the switch '${name}': see the spelling\n`);
    const { fs, profile } = where;
    if (found === null) {
      output.write(`stress: ${workload}, ${runs} runs, ${done} operations on ${fs}, ${profile}: nothing wrong\n`);
    } else {
      const { seed, findings, stuck, reports, program } = found;
      output.write(`stress: ${workload} on ${fs}, ${profile}, seed ${seed}:\n`);
      for (const line of [...findings, ...reports]) output.write(`  ${line}\n`);
      if (stuck.length > 0) output.write(`  these wait for each other: ${stuck.join(', ')}\n`);
      output.write(`\n${program.join('\n')}\n`);
    }
    return Promise.resolve(found === null ? exitStatus.clean : exitStatus.findings);
  },
};
