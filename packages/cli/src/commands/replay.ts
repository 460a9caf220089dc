/** `lockdep replay`: learns the lock order of recorded runs, and reports what can deadlock. */
import type { Report } from '@lockdep/core';
import { renderSummary, renderText } from '@lockdep/report';
import type { Command } from '../command.ts';
import { readConfig } from '../config-file.ts';
import { validatorFindings } from '../findings.ts';
import { FORMATS, TRACE_FORMATS, VIEWS } from '../formats.ts';
import { inputOrOutput } from '../input-or-output.ts';
import { oneOf, parseOptions } from '../options.ts';
import { predictionText, predictRun } from '../predicted-run.ts';
import { Progress } from '../progress.ts';
import { runName } from '../read-graph.ts';
import { type ReplayResult, replayFiles } from '../replay-files.ts';
import { openReporting, reportingHelp, reportingOptions, tell } from '../reporting.ts';
import { UsageError } from '../usage-error.ts';

const options = {
  format: { type: 'string', multiple: true, values: [...FORMATS, ...TRACE_FORMATS] },
  report: { type: 'string', values: ['text', ...VIEWS] },
  input: { type: 'string', values: TRACE_FORMATS },
  mode: { type: 'string', values: ['ideal', 'kernel'] },
  from: { type: 'string' },
  oracle: { type: 'string' },
  usage: { type: 'boolean', default: false },
  predict: { type: 'boolean', default: false },
  run: { type: 'string', free: true },
  ...reportingOptions,
} as const;

export const replay: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep replay TRACE... [options]

Replays traces (plain, .gz or .zst; - is standard input) into one validator and prints what it reports and the order it learned.

  --format FORMAT   pretty (default); the reports: json, sarif, github (annotations), github-summary, markdown;
                    the order: dot, svg, mermaid, graphml; or html, a page with all of it. Also --report
${reportingHelp}  --run NAME        what the sightings of a saved order name this run by; default: the names of the traces
  --json            one JSON document: {"events","tasks","classes","dependencies","chains","reports":[…],
                    "oracle":{"missing","extra"},"predictions"?:{"deadlocks","patterns","bounded"},
                    "baseline"?:{"new","known","suppressed","stale","unused"}}
  --input FORMAT    of the traces: auto (default), ftrace (text of the kernel's lock:* events as tracefs, trace-cmd or
                    perf print it), event-log (exact log of a recording kernel), ndjson (our own). Also --format
  --mode MODE       ideal or kernel (Linux's answers, its misses included). Default: kernel for event logs
  --from SNAPSHOT   start from a kernel's graph instead of an empty one (event logs)
  --oracle FILE     compare with a kernel's own graph: a snapshot, a /proc/lockdep listing, or \`log\` for the
                    event log's own records
  --usage           also check interrupt usage in ftrace text, where classes that share a name cannot be told
                    apart (false reports are likely; event logs are always checked)
  --predict         also look for deadlocks that another schedule of the same run reaches: sound as far as the
                    trace tells what tasks depend on (forks, joins, and the lines read and write of ndjson)

Exit status: 0 clean, 1 something new reported or differing from the oracle, 2 usage or input error, 3 internal error.

Examples:
  lockdep replay trace.txt.zst --around i_rwsem,mmap_lock
  trace-cmd report | lockdep replay - --format svg -o order.svg
  lockdep replay run.ndjson --baseline lockdep.baseline.json --save run.graph.json
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('replay', args, options);
    if (positionals.length === 0) throw new UsageError('replay: no trace given', 'see `lockdep replay --help`');
    const { input, format } = inputOrOutput(values, FORMATS);
    const reporting = await openReporting(values, format, await readConfig(values));
    const progress = new Progress(output);
    const result = await replayFiles(positionals, {
      format: input,
      mode: values.mode === undefined ? null : oneOf('mode', values.mode, ['ideal', 'kernel']),
      from: values.from ?? null,
      oracle: values.oracle ?? null,
      usage: values.usage,
      statistics: reporting.format === 'html',
      predict: values.predict,
      progress: (line) => progress.update(line),
    });
    progress.clear();
    for (const warning of result.warnings) output.note(`lockdep: ${warning}\n`);
    const { validator, oracle, recorder } = result;
    const predicted = recorder === null ? null : predictRun(recorder, validator);
    const name = runName(positionals);
    return tell(
      validatorFindings(validator, { title: `Lock order of ${name}`, run: values.run ?? name }),
      reporting,
      {
        pretty: ({ reports, graph, chains = 0 }, { color, around }) =>
          [
            ...reports.map((report) => renderText(report, { color })),
            renderSummary(graph!, reports, { color, chains, ...(around === null ? {} : { around }) }),
            ...oracleText(result),
            ...(predicted === null ? [] : [predictionText(predicted)]),
          ].join('\n'),
        document: (reports) => ({
          ...document(result, reports),
          ...(predicted === null ? {} : { predictions: predicted }),
        }),
        disagrees:
          (oracle !== null && (oracle.missing.length > 0 || oracle.extra.length > 0)) ||
          (predicted?.deadlocks.length ?? 0) > 0,
      },
      output,
    );
  },
};

function oracleText({ oracle }: ReplayResult): string[] {
  if (oracle === null) return [];
  const { missing, extra } = oracle;
  const lines = [`Oracle: ${missing.length} missing, ${extra.length} extra.`];
  for (const line of missing) lines.push(`  missing ${line}`);
  for (const line of extra) lines.push(`  extra   ${line}`);
  return [`${lines.join('\n')}\n`];
}

function document({ validator, events, tasks, oracle }: ReplayResult, reports: readonly Report[]): object {
  const { classes, dependencies, chains } = validator.stats();
  return { events, tasks, classes, dependencies, chains, reports, oracle };
}
