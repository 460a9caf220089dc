/** `lockdep replay`: learns the lock order of recorded runs, and reports what can deadlock. */
import type { Report, Validator } from '@lockdep/core';
import { type BaselineOutcome, graphText, saveGraph } from '@lockdep/graph';
import { renderSummary, renderText } from '@lockdep/report';
import { againstBaseline, baselineLines, baselineSummary, openBaseline } from '../baseline-file.ts';
import { type Command, exitStatus } from '../command.ts';
import { oneOf, parseOptions } from '../options.ts';
import { Progress } from '../progress.ts';
import { runName } from '../read-graph.ts';
import { renderView, VIEWS, type ViewName } from '../render-view.ts';
import { type ReplayResult, replayFiles } from '../replay-files.ts';
import { UsageError } from '../usage-error.ts';
import { writeOutput } from '../write-output.ts';

export const replay: Command = {
  name: 'replay',
  summary: 'learn the lock order of a recorded run and report what can deadlock',
  help: `Usage: lockdep replay TRACE... [options]

Replays traces (plain, .gz or .zst; - is standard input) into one validator and prints what it reports and the order it learned.

  --format FORMAT   auto (default), ftrace (text of the kernel's lock:* events as tracefs, trace-cmd or perf
                    print it), event-log (exact log of a recording kernel), ndjson (our own recordings)
  --mode MODE       ideal or kernel (Linux's answers, its misses included). Default: kernel for event logs
  --from SNAPSHOT   start from a kernel's graph instead of an empty one (event logs)
  --oracle FILE     compare with a kernel's own graph: a snapshot, a /proc/lockdep listing, or \`log\` for the
                    event log's own records
  --usage           also check interrupt usage in ftrace text, where classes that share a name cannot be told
                    apart (false reports are likely; event logs are always checked)
  --around NAMES    restrict the order shown to these classes (comma separated) and their neighbours
  --report VIEW     text (default); the reports: json, sarif, github (annotations), github-summary, markdown; the
                    order: dot, svg, mermaid, graphml; or html, a page with all of it
  -o, --output FILE write the view there instead of to standard output
  --save GRAPH      write the learned order there, for \`lockdep merge\`, \`diff\` and \`order\`
  --run NAME        what its sightings name this run by; default: the names of the traces
  --baseline FILE   show and count only what is new: not in FILE (lockdep.baseline.json), nor suppressed there
  --update-baseline write what is found into FILE, keeping its reasons and suppressions; then nothing is new
  --json            one JSON document on standard output: {"events","tasks","classes","dependencies","chains","reports":[…],
                    "oracle":{"missing","extra"},"baseline"?:{"new","known","suppressed","stale","unused"}}

Exit status: 0 clean, 1 something new reported or differing from the oracle, 2 usage or input error, 3 internal error.

Examples:
  lockdep replay trace.txt.zst --around i_rwsem,mmap_lock
  trace-cmd report | lockdep replay - --report svg -o order.svg
  lockdep replay run.ndjson --baseline lockdep.baseline.json --save run.graph.json
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('replay', args, {
      format: { type: 'string', default: 'auto' },
      mode: { type: 'string' },
      from: { type: 'string' },
      oracle: { type: 'string' },
      around: { type: 'string' },
      usage: { type: 'boolean', default: false },
      report: { type: 'string', default: 'text' },
      output: { type: 'string', short: 'o' },
      save: { type: 'string' },
      run: { type: 'string' },
      baseline: { type: 'string' },
      'update-baseline': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length === 0) throw new UsageError('replay: no trace given', 'see `lockdep replay --help`');
    const view = oneOf('report', values.report, ['text', ...VIEWS]);
    const baseline = await openBaseline({ file: values.baseline ?? null, update: values['update-baseline'] });
    const progress = new Progress(output);
    const result = await replayFiles(positionals, {
      format: oneOf('format', values.format, ['auto', 'ftrace', 'event-log', 'ndjson']),
      mode: values.mode === undefined ? null : oneOf('mode', values.mode, ['ideal', 'kernel']),
      from: values.from ?? null,
      oracle: values.oracle ?? null,
      usage: values.usage,
      statistics: view === 'html',
      progress: (line) => progress.update(line),
    });
    progress.clear();
    for (const warning of result.warnings) output.note(`lockdep: ${warning}\n`);
    const { validator } = result;
    if (values.save !== undefined) {
      const saved = saveGraph(validator, { run: values.run ?? runName(positionals), root: process.cwd() });
      await writeOutput('--save', values.save, graphText(saved));
    }
    const outcome = await againstBaseline(validator.reports, baseline);
    const around = values.around?.split(',').map((name) => name.trim());
    if (values.json) output.write(`${JSON.stringify(document(result, baseline.file === null ? null : outcome))}\n`);
    if (!values.json || values.output !== undefined) {
      const text = await show(result, outcome, view, {
        title: `Lock order of ${runName(positionals)}`,
        around,
        color: output.writeIsTerminal && values.output === undefined,
        baseline: baseline.file !== null,
      });
      if (values.output === undefined) output.write(text);
      else await writeOutput('--output', values.output, text);
    }
    return clean(result, outcome.fresh) ? exitStatus.clean : exitStatus.findings;
  },
};

interface ShowOptions {
  readonly title: string;
  readonly around: readonly string[] | undefined;
  readonly color: boolean;
  readonly baseline: boolean;
}

async function show(
  result: ReplayResult,
  outcome: BaselineOutcome<Report>,
  view: 'text' | ViewName,
  { title, around, color, baseline }: ShowOptions,
): Promise<string> {
  const { validator } = result;
  const reports = outcome.fresh;
  if (view !== 'text')
    return renderView(view, { validator, reports, title, ...(around === undefined ? {} : { focus: around }) });
  const summary = renderSummary(validator.graph(), reports, {
    color,
    chains: validator.stats().chains,
    ...(around === undefined ? {} : { around }),
  });
  return [
    ...reports.map((report: Report) => renderText(report, { color })),
    summary,
    ...oracleText(result),
    ...(baseline ? [`${baselineLines(outcome).join('\n')}\n`] : []),
  ].join('\n');
}

function oracleText({ oracle }: ReplayResult): string[] {
  if (oracle === null) return [];
  const { missing, extra } = oracle;
  const lines = [`Oracle: ${missing.length} missing, ${extra.length} extra.`];
  for (const line of missing) lines.push(`  missing ${line}`);
  for (const line of extra) lines.push(`  extra   ${line}`);
  return [`${lines.join('\n')}\n`];
}

function document({ validator, events, tasks, oracle }: ReplayResult, outcome: BaselineOutcome<Report> | null): object {
  const { classes, dependencies, chains } = counts(validator);
  const baseline = outcome === null ? {} : { baseline: baselineSummary(outcome) };
  return { events, tasks, classes, dependencies, chains, reports: validator.reports, oracle, ...baseline };
}

function counts(validator: Validator): { classes: number; dependencies: number; chains: number } {
  const { classes, dependencies, chains } = validator.stats();
  return { classes, dependencies, chains };
}

function clean({ oracle }: ReplayResult, fresh: readonly Report[]): boolean {
  const agrees = oracle === null || (oracle.missing.length === 0 && oracle.extra.length === 0);
  return fresh.every((report) => report.level === 'note') && agrees;
}
