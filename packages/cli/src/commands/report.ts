/** `lockdep report`: what earlier commands have saved, put together and shown in any format. */
import type { Report } from '@lockdep/core';
import type { SavedGraph } from '@lockdep/graph';
import { renderText } from '@lockdep/report';
import type { Command } from '../command.ts';
import { readConfig } from '../config-file.ts';
import { plural } from '../graph-lines.ts';
import { parseOptions } from '../options.ts';
import { Progress } from '../progress.ts';
import { readSaved, runName } from '../read-graph.ts';
import { formatOption, openReporting, reportingHelp, reportingOptions, tell } from '../reporting.ts';
import { savedFindings } from '../saved-findings.ts';
import { UsageError } from '../usage-error.ts';

const options = { format: formatOption, ...reportingOptions } as const;

export const report: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep report FILE... [options]

Puts together what was saved: reports (\`--json\` of run, replay, explore), graphs (\`--save\`), traces. Reports are shown
once each, graphs are merged by class name, and inversions of the merged graph that nobody has reported yet are reported.

  --format FORMAT   pretty (default); the reports: json, sarif, github (annotations), github-summary, markdown;
                    the order: dot, svg, mermaid, graphml; or html, a page with all of it
${reportingHelp}  --json            one JSON document on standard output: {"classes","dependencies","reports":[…],"baseline"?}

Exit status: 0 clean, 1 something new is reported, 2 usage or input error, 3 internal error.

Examples:
  lockdep report reports.json run.graph.json --format html -o order.html
  lockdep report graphs/*.json --format sarif -o lockdep.sarif
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('report', args, options);
    if (positionals.length === 0) throw new UsageError('report: no file given', 'see `lockdep report --help`');
    const reporting = await openReporting(values, values.format, await readConfig(values));
    const progress = new Progress(output);
    const reports: Report[] = [];
    const graphs: SavedGraph[] = [];
    for (const file of positionals) {
      const saved = await readSaved(file, { note: output.note, progress: (line) => progress.update(line) });
      reports.push(...saved.reports);
      if (saved.graph !== null) graphs.push(saved.graph);
    }
    progress.clear();
    const findings = savedFindings(`Lock order of ${runName(positionals)}`, { reports, graphs });
    if (reporting.save !== null && graphs.length === 0) {
      throw new UsageError(
        '--save: there are only reports in these files, and no order',
        'give a saved graph or a trace too',
      );
    }
    const classes = findings.merged?.classes.length ?? 0;
    const dependencies = findings.merged?.dependencies.length ?? 0;
    return tell(
      findings,
      reporting,
      {
        pretty: (shown, { color }) =>
          [
            ...shown.reports.map((one) => renderText(one, { color, root: process.cwd() })),
            `${plural(shown.reports.length, 'report')}; ${plural(classes, 'class', 'classes')}, ${plural(dependencies, 'dependency', 'dependencies')}\n`,
          ].join('\n'),
        document: (all) => ({ classes, dependencies, reports: all }),
      },
      output,
    );
  },
};
