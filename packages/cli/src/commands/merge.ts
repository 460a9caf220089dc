/** `lockdep merge`: one graph of several runs, and the inversions that only show when they are put together. */
import { findInversions, graphText, mergeGraphs, mergeInversions, type SavedGraph } from '@lockdep/graph';
import { printable } from '@lockdep/report';
import { againstBaseline, baselineLines, baselineSummary, openBaseline } from '../baseline-file.ts';
import { type Command, exitStatus } from '../command.ts';
import { inversionLines, plural } from '../graph-lines.ts';
import { parseOptions } from '../options.ts';
import { readGraph } from '../read-graph.ts';
import { UsageError } from '../usage-error.ts';
import { writeOutput } from '../write-output.ts';

export const merge: Command = {
  name: 'merge',
  summary: 'merge saved graphs and report inversions that only their union shows',
  help: `Usage: lockdep merge GRAPH... [-o OUT] [options]

Merges graphs that \`lockdep replay --save\` has written (plain, .gz or .zst), by class name. Neither the sequence nor the
grouping of merges matters. Reports the inversions that none of the graphs shows by itself, with the runs of every dependency.

  -o, --output OUT  write the merged graph there
  --all             report the inversions of single graphs too
  --baseline FILE   show and count only what is new: not in FILE (lockdep.baseline.json), nor suppressed there
  --update-baseline write what is reported into FILE, keeping its reasons and suppressions; then nothing is new
  --json            one JSON document on standard output: {"runs","classes","dependencies","inversions":[{"fingerprint",
                    "classes","runs","acrossRuns","dependencies":[…]}],"alreadyShown",
                    "baseline"?:{"new","known","suppressed","stale","unused"}}

Exit status: 0 clean, 1 a new inversion is reported, 2 usage or input error, 3 internal error.

Examples:
  lockdep merge unit.graph.json e2e.graph.json -o all.graph.json
  lockdep merge graphs/*.json --json | jq '.inversions[].runs'
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('merge', args, {
      output: { type: 'string', short: 'o' },
      all: { type: 'boolean', default: false },
      baseline: { type: 'string' },
      'update-baseline': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length === 0) throw new UsageError('merge: no graph given', 'see `lockdep merge --help`');
    const baseline = await openBaseline({ file: values.baseline ?? null, update: values['update-baseline'] });
    const graphs: SavedGraph[] = [];
    for (const file of positionals) graphs.push(await readGraph(file));
    for (const warning of sharedRuns(positionals, graphs)) output.note(`lockdep: ${warning}\n`);
    const merged = mergeGraphs(graphs);
    if (values.output !== undefined) await writeOutput('--output', values.output, graphText(merged));
    const found = findInversions(merged);
    const inversions = values.all ? found : mergeInversions(graphs, merged);
    const outcome = await againstBaseline(inversions, baseline);
    const { runs, classes, dependencies } = merged;
    const reported = new Set(inversions.map(({ fingerprint }) => fingerprint));
    const alreadyShown = found.filter(({ fingerprint }) => !reported.has(fingerprint)).length;
    if (values.json) {
      const counts = { runs, classes: classes.length, dependencies: dependencies.length };
      const summary = baseline.file === null ? {} : { baseline: baselineSummary(outcome) };
      output.write(`${JSON.stringify({ ...counts, inversions, alreadyShown, ...summary })}\n`);
    } else {
      for (const inversion of outcome.fresh) output.write(`${inversionLines(inversion).join('\n')}\n\n`);
      output.write(
        `${plural(runs.length, 'run')}, ${plural(classes.length, 'class', 'classes')}, ${plural(dependencies.length, 'dependency', 'dependencies')}: ` +
          `${plural(inversions.length, 'inversion')}${values.all ? '' : ' that no graph shows by itself'}` +
          `${alreadyShown === 0 ? '' : `, and ${alreadyShown} that one does (--all)`}\n`,
      );
      if (baseline.file !== null) output.write(`${baselineLines(outcome).join('\n')}\n`);
    }
    return outcome.fresh.length > 0 ? exitStatus.findings : exitStatus.clean;
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
      warnings.push(`run '${printable(run)}' is in ${where}: name runs apart with \`lockdep replay --run\``);
    }
  }
  return warnings;
}
