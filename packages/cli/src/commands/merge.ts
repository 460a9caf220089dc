/** `lockdep merge`: one graph of several runs, and the inversions that only show when they are put together. */
import {
  findInversions,
  graphText,
  inversionReports,
  mergeGraphs,
  mergeInversions,
  type SavedGraph,
} from '@lockdep/graph';
import { printable, renderText } from '@lockdep/report';
import type { Command } from '../command.ts';
import { readConfig } from '../config-file.ts';
import { inversionLines, plural } from '../graph-lines.ts';
import { parseOptions } from '../options.ts';
import { readGraph } from '../read-graph.ts';
import { formatOption, openReporting, reportingOptions, tell } from '../reporting.ts';
import { savedGraphView } from '../saved-graph-view.ts';
import { UsageError } from '../usage-error.ts';

const { save: _save, ...shared } = reportingOptions;
const options = { ...shared, format: formatOption, all: { type: 'boolean', default: false } } as const;

export const merge: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep merge GRAPH... [-o OUT] [options]

Merges graphs that \`lockdep replay --save\` or \`lockdep run --save\` has written (plain, .gz or .zst), by class name. Neither the
sequence nor the grouping of merges matters. Reports the inversions that none of the graphs shows by itself, with the runs of every
dependency. \`lockdep report\` shows all that saved graphs hold, whichever graph it is from.

  -o, --output OUT  write the merged graph there
  --all             report the inversions of single graphs too
  --format FORMAT   pretty (default), json, sarif, github, html, … as of \`lockdep replay\`
  --around, --order, --baseline, --update-baseline, --report-only, --config, --no-config  as of \`lockdep replay\`
  --json            one JSON document on standard output: {"runs","classes","dependencies","inversions":[{"fingerprint",
                    "classes","runs","acrossRuns","dependencies":[…]}],"alreadyShown",
                    "baseline"?:{"new","known","suppressed","stale","unused"}}

Exit status: 0 clean, 1 a new inversion is reported, 2 usage or input error, 3 internal error.

Examples:
  lockdep merge unit.graph.json e2e.graph.json -o all.graph.json
  lockdep merge graphs/*.json --json | jq '.inversions[].runs'
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('merge', args, options);
    if (positionals.length === 0) throw new UsageError('merge: no graph given', 'see `lockdep merge --help`');
    const { output: save, ...rest } = values;
    const reporting = await openReporting({ ...rest, save }, values.format, await readConfig(values));
    const graphs: SavedGraph[] = [];
    for (const file of positionals) graphs.push(await readGraph(file));
    for (const warning of sharedRuns(positionals, graphs)) output.note(`lockdep: ${warning}\n`);
    const merged = mergeGraphs(graphs);
    const found = findInversions(merged);
    const inversions = values.all ? found : mergeInversions(graphs, merged);
    const reported = new Map(inversions.map((inversion) => [inversion.fingerprint, inversion]));
    const alreadyShown = found.filter(({ fingerprint }) => !reported.has(fingerprint)).length;
    const { runs, classes, dependencies } = merged;
    const counts = `${plural(runs.length, 'run')}, ${plural(classes.length, 'class', 'classes')}, ${plural(dependencies.length, 'dependency', 'dependencies')}`;
    return tell(
      {
        title: `Merged lock order of ${plural(runs.length, 'run')}`,
        reports: inversionReports(inversions, merged),
        graph: savedGraphView(merged),
        saved: () => merged,
      },
      reporting,
      {
        pretty: ({ reports }, { color }) => {
          const shown = reports.map((report) => {
            const inversion = reported.get(report.fingerprint);
            return inversion === undefined
              ? renderText(report, { color })
              : `${inversionLines(inversion).join('\n')}\n`;
          });
          const rest = alreadyShown === 0 ? '' : `, and ${alreadyShown} that one does (--all)`;
          const alone = values.all ? '' : ' that no graph shows by itself';
          return [...shown, `${counts}: ${plural(inversions.length, 'inversion')}${alone}${rest}\n`].join('\n');
        },
        document: () => ({
          runs,
          classes: classes.length,
          dependencies: dependencies.length,
          inversions,
          alreadyShown,
        }),
      },
      output,
    );
  },
};

/** Different runs of one name cannot be told apart in what is reported. A merged graph beside one of its parts is no such case. */
function sharedRuns(files: readonly string[], graphs: readonly SavedGraph[]): string[] {
  const first = new Map<string, number>();
  const warnings: string[] = [];
  for (const [at, { runs }] of graphs.entries()) {
    const [run] = runs;
    if (run === undefined || runs.length > 1) continue;
    const other = first.get(run);
    if (other === undefined) first.set(run, at);
    else if (graphText(graphs[other]!) !== graphText(graphs[at]!)) {
      const where = `${printable(files[other]!)} and in ${printable(files[at]!)}`;
      warnings.push(`run '${printable(run)}' is in ${where}: name runs apart with \`--run\``);
    }
  }
  return warnings;
}
