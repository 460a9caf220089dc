/** `lockdep stat`: contention and hold times per class of recorded runs, and what was learned in numbers. */
import { renderLockStat, renderStats } from '@lockdep/report';
import { type Command, exitStatus } from '../command.ts';
import { PLAIN_FORMATS, TRACE_FORMATS } from '../formats.ts';
import { inputOrOutput } from '../input-or-output.ts';
import { parseOptions } from '../options.ts';
import { Progress } from '../progress.ts';
import { replayFiles } from '../replay-files.ts';
import { UsageError } from '../usage-error.ts';

const options = {
  format: { type: 'string', multiple: true, values: [...PLAIN_FORMATS, ...TRACE_FORMATS] },
  input: { type: 'string', values: TRACE_FORMATS },
  top: { type: 'string', default: '20', free: true },
  json: { type: 'boolean', default: false },
} as const;

export const stat: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep stat TRACE... [options]

Replays traces and prints, per class and mode, contentions, wait times, acquisitions and hold times in microseconds, as
/proc/lock_stat does, then the counts of /proc/lockdep_stats. Times are those recorded in the trace.

  --top N           only the N most contended (then most taken) classes; default 20, 0 for all
  --input FORMAT    of the traces: auto (default), ftrace, event-log, ndjson. Also --format
  --format FORMAT   pretty (default) or json
  --json            one JSON document on standard output: {"locks":[…],"stats":{…}}

Exit status: 0, 2 usage or input error, 3 internal error.

Examples:
  lockdep stat trace.txt.zst --top 10
  lockdep stat run.ndjson --json | jq '.locks[0]'
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('stat', args, options);
    if (positionals.length === 0) throw new UsageError('stat: no trace given', 'see `lockdep stat --help`');
    const top = Number(values.top);
    if (!Number.isInteger(top) || top < 0) throw new UsageError(`--top ${values.top}: give a whole number, 0 for all`);
    const { input, format } = inputOrOutput(values, PLAIN_FORMATS);
    const progress = new Progress(output);
    const { validator, warnings } = await replayFiles(positionals, {
      format: input,
      mode: null,
      from: null,
      oracle: null,
      statistics: true,
      progress: (line) => progress.update(line),
    });
    progress.clear();
    for (const warning of warnings) output.note(`lockdep: ${warning}\n`);
    const locks = validator.lockStat().slice(0, top === 0 ? undefined : top);
    if (values.json || format === 'json') output.write(`${JSON.stringify({ locks, stats: validator.stats() })}\n`);
    else output.write(`${renderLockStat(locks)}\n${renderStats(validator.stats())}`);
    return exitStatus.clean;
  },
};
