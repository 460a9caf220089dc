/** `lockdep stat`: contention and hold times per class of recorded runs, and what was learned in numbers. */
import { renderLockStat, renderStats } from '@lockdep/report';
import { type Command, exitStatus } from '../command.ts';
import { oneOf, parseOptions } from '../options.ts';
import { Progress } from '../progress.ts';
import { replayFiles } from '../replay-files.ts';
import { UsageError } from '../usage-error.ts';

export const stat: Command = {
  name: 'stat',
  summary: 'contentions, wait and hold times per class of a recorded run',
  help: `Usage: lockdep stat TRACE... [options]

Replays traces and prints, per class and mode, contentions, wait times, acquisitions and hold times in microseconds, as
/proc/lock_stat does, then the counts of /proc/lockdep_stats. Times are those recorded in the trace.

  --format FORMAT   auto (default), ftrace, event-log, ndjson
  --top N           only the N most contended (then most taken) classes; default 20, 0 for all
  --json            one JSON document on standard output: {"locks":[…],"stats":{…}}

Exit status: 0, 2 usage or input error, 3 internal error.

Examples:
  lockdep stat trace.txt.zst --top 10
  lockdep stat run.ndjson --json | jq '.locks[0]'
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('stat', args, {
      format: { type: 'string', default: 'auto' },
      top: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length === 0) throw new UsageError('stat: no trace given', 'see `lockdep stat --help`');
    const top = Number(values.top);
    if (!Number.isInteger(top) || top < 0) throw new UsageError(`--top ${values.top}: give a whole number, 0 for all`);
    const progress = new Progress(output);
    const { validator, warnings } = await replayFiles(positionals, {
      format: oneOf('format', values.format, ['auto', 'ftrace', 'event-log', 'ndjson']),
      mode: null,
      from: null,
      oracle: null,
      statistics: true,
      progress: (line) => progress.update(line),
    });
    progress.clear();
    for (const warning of warnings) output.note(`lockdep: ${warning}\n`);
    const locks = validator.lockStat().slice(0, top === 0 ? undefined : top);
    if (values.json) output.write(`${JSON.stringify({ locks, stats: validator.stats() })}\n`);
    else output.write(`${renderLockStat(locks)}\n${renderStats(validator.stats())}`);
    return exitStatus.clean;
  },
};
