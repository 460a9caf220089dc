/** `lockdep run`: runs a program, and reports what its processes found and what only all of them together show. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { renderHeldLocks, renderText } from '@lockdep/report';
import type { Command, Output } from '../command.ts';
import { readConfig } from '../config-file.ts';
import { plural } from '../graph-lines.ts';
import { parseOptions, passedOn } from '../options.ts';
import { type NamedProcess, readRecorded } from '../recording/read-recorded.ts';
import { type Ending, runRecorded } from '../recording/run-recorded.ts';
import { formatOption, openReporting, type Reporting, reportingHelp, reportingOptions, tell } from '../reporting.ts';
import { savedFindings } from '../saved-findings.ts';
import { UsageError } from '../usage-error.ts';

const options = {
  format: formatOption,
  record: { type: 'string' },
  run: { type: 'string', free: true },
  ...reportingOptions,
} as const;

export const runProgram: Command = {
  options,
  arguments: 'command',
  help: `Usage: lockdep run [options] [--] COMMAND [ARGUMENT...]

Runs COMMAND (or a script by its file name) and reports what the locks of @lockdep/locks in it and in all Node processes and worker
threads that it starts have shown; processes are merged by class name. Nothing changes for the program: its streams, its signals
and its exit status are its own. The report goes to standard error, or with -o to a file (-o - : standard output).

  --format FORMAT   pretty (default); the reports: json, sarif, github (annotations), github-summary, markdown;
                    the order: dot, svg, mermaid, graphml; or html, a page with all of it
${reportingHelp}  --run NAME        goes before the names of its processes in a saved order, to tell runs of one program apart
  --record FOLDER   also record every lock event there, a trace for each process: \`lockdep replay\`, \`stat\` (1 µs an event)
  --json            one JSON document: {"command","status","signal","processes":[{"name","events","reports"}],"events",
                    "classes","dependencies","reports":[…],"baseline"?}

Exit status: the program's own when it is not 0; else 1 when something new is reported, 0 when nothing is (--report-only: always).
A program killed by a signal gives 128 and the signal's number. 2 usage error, 3 internal error.

Examples:
  lockdep run -- node server.js
  lockdep run --format html -o order.html app.ts --port 8080
  lockdep run --baseline lockdep.baseline.json -- npm run e2e
`,
  async run(args, output) {
    const { own, rest } = passedOn(args, options);
    const { values } = parseOptions('run', own, options);
    if (rest.length === 0) throw new UsageError('run: no command given', 'lockdep run -- node app.js');
    const config = await readConfig(values);
    if (config.mode === 'off') return (await runRecorded(rest, null)).status;
    const reporting = await openReporting(values, values.format, config);
    const folder = await mkdtemp(join(tmpdir(), 'lockdep-run-'));
    try {
      const record = values.record === undefined ? null : resolve(values.record);
      const ending = await runRecorded(rest, { folder, root: process.cwd(), record });
      const found = await show(rest, ending, await readRecorded(folder, values.run ?? null), reporting, output);
      return ending.status === 0 ? found : ending.status;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function show(
  command: readonly string[],
  { status, signal }: Ending,
  processes: readonly NamedProcess[],
  reporting: Reporting,
  output: Output,
): Promise<number> {
  const name = command.join(' ');
  const graphs = processes.flatMap(({ graph }) => (graph === null ? [] : [graph]));
  const found = savedFindings(`Lock order of ${name}`, {
    reports: processes.flatMap(({ reports }) => reports),
    graphs,
  });
  if (processes.length === 0) {
    output.note('lockdep: no lock of @lockdep/locks was made in any Node process of this command\n');
  }
  const events = processes.reduce((sum, process) => sum + process.events, 0);
  const { classes = [], dependencies = [] } = found.merged ?? {};
  const isOne = processes.length === 1;
  const heldLocks = processes.flatMap((process) =>
    process.heldLocks.map((held) => (isOne ? held : { ...held, task: `${held.task} of ${process.name}` })),
  );
  const seenIn = isOne ? new Map<string, string[]>() : processesByReport(processes);
  const counts = [
    plural(processes.length, 'process', 'processes'),
    plural(classes.length, 'class', 'classes'),
    plural(dependencies.length, 'dependency', 'dependencies'),
  ].join(', ');
  return tell(
    { ...found, heldLocks, seenIn },
    reporting,
    {
      pretty: ({ reports }, { color }) => {
        const texts = reports.map((report) => {
          const names = seenIn.get(report.fingerprint) ?? [];
          const where = names.length === 0 ? '' : `in: ${names.join(', ')}\n`;
          return renderText(report, { color, root: process.cwd() }) + where;
        });
        const stuck = heldLocks.some(({ waitsFor }) => waitsFor !== null);
        const held = stuck ? [`At the end:\n\n${renderHeldLocks(heldLocks, { color, root: process.cwd() })}`] : [];
        const rules = [...new Set(reports.map(({ rule }) => rule))];
        const more = rules.length === 0 ? '' : `; \`lockdep explain ${rules.join(' ')}\` says more`;
        const closing = `lockdep: ${plural(reports.length, 'report')} (${counts})${more}\n`;
        return processes.length === 0 ? '' : [...texts, ...held, closing].join('\n');
      },
      document: (reports) => ({
        command,
        status,
        signal,
        processes: processes.map((process) => ({
          name: process.name,
          events: process.events,
          reports: process.reports.map(({ fingerprint }) => fingerprint),
        })),
        events,
        classes: classes.length,
        dependencies: dependencies.length,
        reports,
      }),
      write: { to: output.note, color: output.noteColor ?? output.noteIsTerminal },
    },
    output,
  );
}

function processesByReport(processes: readonly NamedProcess[]): Map<string, string[]> {
  const all = processes.flatMap(({ name, reports }) => reports.map(({ fingerprint }) => [fingerprint, name] as const));
  const byReport = Map.groupBy(all, ([fingerprint]) => fingerprint);
  return new Map([...byReport].map(([fingerprint, pairs]) => [fingerprint, pairs.map(([, name]) => name)]));
}
