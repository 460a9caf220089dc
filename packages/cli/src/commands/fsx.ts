/** `lockdep fsx`: random operations on one file of a simulated file system, checked byte by byte; a failure is cut down and printed as a log. */
import {
  type FileSystemName,
  type FsxEntry,
  FsxLogError,
  type FsxResult,
  type FsxSettings,
  fileSystemKinds,
  formatFsxEntry,
  fsxOperations,
  type MinimalFsx,
  minimiseFsx,
  parseFsxLog,
  replayFsx,
  runFsx,
} from '@lockdep/filesystems';
import { profiles } from '@lockdep/page-cache';
import { type Command, exitStatus, type Output } from '../command.ts';
import { PLAIN_FORMATS } from '../formats.ts';
import { oneOf, parseOptions } from '../options.ts';
import { Progress } from '../progress.ts';
import { readText } from '../read-text.ts';
import { switches, wholeNumber } from '../simulated-settings.ts';
import { UsageError } from '../usage-error.ts';

const KINDS = Object.keys(fileSystemKinds) as FileSystemName[];

/** The operations, in lines as wide as the help. */
function operationLines(): string {
  const lines = [''];
  for (const { name } of fsxOperations) {
    if (`${lines.at(-1)}, ${name}`.length > 90) lines.push('');
    lines[lines.length - 1] += lines.at(-1) === '' ? name : `, ${name}`;
  }
  return lines.map((line) => `                    ${line}`).join(',\n');
}

const options = {
  fs: { type: 'string', values: KINDS, default: 'ext4' },
  profile: { type: 'string', values: profiles, default: 'merged' },
  bug: { type: 'string', multiple: true, free: true },
  seed: { type: 'string', free: true, default: '1' },
  ops: { type: 'string', free: true, default: '10000' },
  without: { type: 'string', multiple: true, values: fsxOperations.map(({ name }) => name) },
  'no-background': { type: 'boolean', default: false },
  readers: { type: 'boolean', default: false },
  mapped: { type: 'boolean', default: false },
  direct: { type: 'boolean', default: false },
  pollute: { type: 'boolean', default: false },
  contents: { type: 'boolean', default: false },
  replay: { type: 'string' },
  schedule: { type: 'string', free: true },
  format: { type: 'string', values: PLAIN_FORMATS, default: 'pretty' },
  json: { type: 'boolean', default: false },
} as const;

export const fsx: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep fsx [options]

Random reads, writes, mapped reads and writes, truncates, fallocates, clones and copies on one file of a simulated file system, each
checked against a byte array, as fsx of xfstests does it. A failure is cut down to the operations that it needs, and printed as a
log of operations for --replay.

  --fs NAME         ${KINDS.join(', ')}; default ext4
  --profile NAME    code state of the kernel: ${profiles.join(', ')}; default merged
  --bug NAME=VALUE  a defect switched on, as isizeExtendedMkclean=false; may be given several times
  --seed N          of operations and schedule; default 1
  --ops N           operations; default 10000
  --without NAME    leaves an operation out:
${operationLines()}
  --no-background   without reclaim, writeback, readahead and lost uptodate bits beside the operations
  --readers         other tasks read too
  --mapped          one mapping for all operations, without msync
  --direct          reads and writes of whole blocks pass by the cache (fsx -Z)
  --pollute         junk past the end before each operation that may move the end (fsx -e 1)
  --contents        compares the whole file after every operation (fsx -X)
  --replay FILE     the operations of a log, instead of random ones
  --schedule N      seed of the schedule of a replay; default: each task goes on until it has to wait
  --format FORMAT   pretty (default), json; --json is --format json

Exit status: 0 nothing wrong, 1 a failure found, 2 usage or input error, 3 internal error.

Examples:
  lockdep fsx --fs xfs --readers --ops 2000
  lockdep fsx --fs ext4 --bug write.dropsDirty=true > failing.fsxops
  lockdep fsx --fs ext4 --bug write.dropsDirty=true --replay failing.fsxops
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('fsx', args, options);
    if (positionals.length > 0) {
      throw new UsageError(`fsx: ${positionals[0]}: there is nothing to name`, 'a log goes with --replay');
    }
    const json = values.json || oneOf('format', values.format, PLAIN_FORMATS) === 'json';
    const bugs = switches(values.bug ?? []);
    const settings: FsxSettings = {
      fs: oneOf('fs', values.fs, KINDS),
      profile: oneOf('profile', values.profile, profiles),
      bugs: bugs.seen,
      background: !values['no-background'],
      readers: values.readers,
      keepsMapped: values.mapped,
      direct: values.direct,
      pollutesEof: values.pollute,
      checksContents: values.contents,
      without: (values.without ?? []).map((name) => oneOf('without', name, options.without.values)),
    };
    if (values.schedule !== undefined && values.replay === undefined) {
      throw new UsageError('fsx: --schedule is that of a replay', 'without --replay it comes from --seed');
    }
    const seed = wholeNumber('seed', values.seed);
    const progress = new Progress(output);
    const where = `fsx on ${settings.fs}, ${settings.profile}`;
    const operations = wholeNumber('ops', values.ops);
    const onProgress = (done: number) => progress.update(() => `${where}: ${done} of ${operations} operations`);
    const result =
      values.replay === undefined
        ? runFsx({ ...settings, seed, operations, onProgress })
        : await replay(settings, values.replay, values.schedule);
    const onReplay = (left: number, replays: number) =>
      progress.update(() => `${where}: cutting down, ${left} operations left after ${replays} replays`);
    const { failure } = result;
    const minimal = failure === null ? null : minimiseFsx(settings, result.log, failure, { onProgress: onReplay });
    progress.clear();
    for (const name of bugs.unread())
      output.note(`fsx: nothing has asked for the switch '${name}': see the spelling\n`);
    const given = args.filter((_, i) => !isOfRun(args, i)).join(' ');
    if (json) output.write(`${JSON.stringify(documentOf(settings, result, minimal))}\n`);
    else print(settings, result, minimal, given, output);
    return result.failure === null ? exitStatus.clean : exitStatus.findings;
  },
};

/** What is left out of the command line of a replay: what says which operations are to be run. */
function isOfRun(args: readonly string[], at: number): boolean {
  const names = ['--seed', '--ops', '--replay', '--schedule'];
  const isNamed = (word: string | undefined): boolean => word !== undefined && names.includes(word);
  return isNamed(args[at]) || isNamed(args[at - 1]) || names.some((name) => args[at]!.startsWith(`${name}=`));
}

async function replay(settings: FsxSettings, file: string, schedule: string | undefined): Promise<FsxResult> {
  const text = await readText(file, 'a log of operations');
  try {
    const seed = schedule === undefined ? undefined : wholeNumber('schedule', schedule);
    return replayFsx(settings, parseFsxLog(text), seed);
  } catch (error) {
    if (error instanceof FsxLogError || error instanceof RangeError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

const lines = (log: readonly FsxEntry[]): string[] => log.map(formatFsxEntry);

function documentOf({ fs, profile }: FsxSettings, result: FsxResult, minimal: MinimalFsx | null): object {
  return {
    fs,
    profile,
    operations: result.operations,
    failure: result.failure,
    minimal:
      minimal === null ? null : { log: lines(minimal.log), schedule: minimal.schedule, failure: minimal.failure },
  };
}

/** What was found goes to standard error, and the log alone to standard output: it can be sent to a file. */
function print(
  { fs, profile }: FsxSettings,
  { failure, operations, log }: FsxResult,
  minimal: MinimalFsx | null,
  given: string,
  output: Output,
): void {
  if (failure === null) {
    output.write(`fsx: ${operations} operations on ${fs}, ${profile}: nothing wrong\n`);
    return;
  }
  output.note(`fsx: ${fs}, ${profile}: ${failure.kind} at operation ${failure.operation}: ${failure.message}\n`);
  const shown = minimal?.log ?? log;
  const schedule = minimal === null || minimal.schedule === null ? '' : ` --schedule ${minimal.schedule}`;
  const what = minimal === null ? 'the whole run' : `${minimal.failure.kind}: ${minimal.failure.message}`;
  output.write(`# ${what}\n# lockdep fsx ${given} --replay THIS${schedule}\n${lines(shown).join('\n')}\n`);
}
