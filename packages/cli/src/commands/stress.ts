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
import { PLAIN_FORMATS } from '../formats.ts';
import { oneOf, parseOptions } from '../options.ts';
import { Progress } from '../progress.ts';
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
  freeze: { type: 'string', free: true, default: '0' },
  prepare: { type: 'string', values: holetestPreparations, default: 'hole' },
  prefault: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  processes: { type: 'boolean', default: false },
  private: { type: 'boolean', default: false },
  'no-background': { type: 'boolean', default: false },
  format: { type: 'string', values: PLAIN_FORMATS, default: 'pretty' },
  json: { type: 'boolean', default: false },
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
  --freeze N        beside fsstress: how often another task freezes and thaws; default 0
  --prepare HOW     of holetest: ${holetestPreparations.join(', ')}; default hole
  --prefault        of holetest: all pages are read first (holetest -r)
  --write           of holetest: one of the two uses write(2) (holetest -w)
  --processes       of holetest: they are processes, forked (holetest -F)
  --private         of holetest: the mapping is private, and the file stays as it is (holetest -p)
  --no-background   without reclaim and writeback beside the tasks
  --format FORMAT   pretty (default), json; --json is --format json

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
    const json = values.json || oneOf('format', values.format, PLAIN_FORMATS) === 'json';
    if (values.private && values.write)
      throw new UsageError('stress: --private and --write', 'write(2) changes the file, private mappings must not');
    const bugs = switches(values.bug ?? []);
    const [tasks, operations] = [wholeNumber('tasks', values.tasks), wholeNumber('ops', values.ops)];
    const freezes = wholeNumber('freeze', values.freeze);
    const preparation = oneOf('prepare', values.prepare, holetestPreparations);
    const { prefault: prefaults, write: writes, processes, private: isPrivate } = values;
    const where = {
      fs: oneOf('fs', values.fs, KINDS),
      profile: oneOf('profile', values.profile, profiles),
      bugs: bugs.seen,
      background: !values['no-background'],
    };
    const runOne = (settings: WorkloadSettings): WorkloadResult =>
      workload === 'fsstress'
        ? runFsstress({ ...settings, tasks, operations, freezes })
        : runHoletest({ ...settings, preparation, prefaults, writes, processes, isPrivate });
    const first = wholeNumber('seed', values.seed);
    const runs = wholeNumber('runs', values.runs);
    const progress = new Progress(output);
    let [done, operationsDone] = [0, 0];
    let failure: StressFailure | null = null;
    for (let seed = first; failure === null && seed < first + runs; seed++) {
      progress.update(
        () => `stress: ${workload} on ${where.fs}, ${where.profile}: ${done} of ${runs} runs, seed ${seed}`,
      );
      const validator = new Validator({ sites: false });
      const { operations, findings, stuck, program } = runOne({ ...where, seed, validator });
      done += 1;
      operationsDone += operations;
      const reports = validator.reports.map(({ message }) => message);
      if (findings.length + stuck.length + reports.length > 0) failure = { seed, findings, reports, stuck, program };
    }
    progress.clear();
    for (const name of bugs.unread())
      output.note(`stress: nothing has asked for the switch '${name}': see the spelling\n`);
    const result = { workload, fs: where.fs, profile: where.profile, runs: done, operations: operationsDone, failure };
    output.write(json ? `${JSON.stringify(result)}\n` : words(result));
    return Promise.resolve(failure === null ? exitStatus.clean : exitStatus.findings);
  },
};

/** The run that went wrong: what was seen, and what its tasks were to do. */
interface StressFailure extends Pick<WorkloadResult, 'findings' | 'stuck' | 'program'> {
  readonly seed: number;
  /** Of the validator. */
  readonly reports: readonly string[];
}

/** What `--json` prints. */
interface StressResult {
  readonly workload: string;
  readonly fs: string;
  readonly profile: string;
  readonly runs: number;
  readonly operations: number;
  readonly failure: StressFailure | null;
}

function words({ workload, fs, profile, runs, operations, failure }: StressResult): string {
  if (failure === null) {
    return `stress: ${workload}, ${runs} runs, ${operations} operations on ${fs}, ${profile}: nothing wrong\n`;
  }
  const { seed, findings, reports, stuck, program } = failure;
  const lines = [...findings, ...reports];
  if (stuck.length > 0) lines.push(`these wait for each other: ${stuck.join(', ')}`);
  const head = `stress: ${workload} on ${fs}, ${profile}, seed ${seed}:`;
  return `${[head, ...lines.map((line) => `  ${line}`), '', ...program].join('\n')}\n`;
}
