/** `lockdep graph`: the learned order itself, as a tree, a picture or data. */
import { findInversions, graphText, inversionReports, mergeGraphs, type SavedGraph } from '@lockdep/graph';
import { renderSummary } from '@lockdep/report';
import { aroundOf, chosenAround, graphAround } from '../around.ts';
import { type Command, exitStatus } from '../command.ts';
import { configOptions, readConfig } from '../config-file.ts';
import { GRAPH_FORMATS } from '../formats.ts';
import { oneOf, parseOptions } from '../options.ts';
import { Progress } from '../progress.ts';
import { readSaved, runName } from '../read-graph.ts';
import { renderView } from '../render-view.ts';
import { savedGraphView } from '../saved-graph-view.ts';
import { UsageError } from '../usage-error.ts';
import { writeOutput } from '../write-output.ts';

const options = {
  format: { type: 'string', values: GRAPH_FORMATS, default: 'pretty' },
  output: { type: 'string', short: 'o' },
  around: { type: 'string', free: true },
  json: { type: 'boolean', default: false },
  ...configOptions,
} as const;

export const graph: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep graph FILE... [options]

Shows the order that saved graphs (\`--save\` of run and replay) or traces hold, merged by class name; what closes a circle is marked.

  --format FORMAT   pretty (a tree, default), dot, svg, html (a page to zoom and search), mermaid, graphml, or
                    json (a saved graph again)
  --around NAMES    only these classes (comma separated) and their neighbours
  -o, --output FILE write it there instead of to standard output
  --json            as --format json
  --config FILE     short class names; default: the nearest lockdep.config.{ts,mts,js,mjs,json}. --no-config: none

Exit status: 0, 2 usage or input error, 3 internal error. \`lockdep report\` judges.

Examples:
  lockdep graph run.graph.json --around mmap_lock
  lockdep graph trace.txt.zst --format svg -o order.svg
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('graph', args, options);
    if (positionals.length === 0) throw new UsageError('graph: no file given', 'see `lockdep graph --help`');
    const format = values.json ? 'json' : oneOf('format', values.format, GRAPH_FORMATS);
    const wanted = aroundOf(values.around, await readConfig(values));
    const progress = new Progress(output);
    const graphs: SavedGraph[] = [];
    for (const file of positionals) {
      const saved = await readSaved(file, { note: output.note, progress: (line) => progress.update(line) });
      if (saved.graph === null) throw new UsageError(`${file}: reports, and no order`, 'give a saved graph or a trace');
      graphs.push(saved.graph);
    }
    progress.clear();
    const merged = mergeGraphs(graphs);
    const around = chosenAround(
      wanted,
      merged.classes.map(({ name }) => name),
    );
    const shown = around === null ? merged : graphAround(merged, around);
    const names = new Set(shown.classes.map(({ name }) => name));
    const inversions = findInversions(merged).filter(({ classes }) => classes.every((name) => names.has(name)));
    const reports = inversionReports(inversions, merged);
    const view = {
      title: `Lock order of ${runName(positionals)}`,
      reports,
      graph: savedGraphView(shown),
      saved: () => shown,
    };
    const color = (output.writeColor ?? output.writeIsTerminal) && values.output === undefined;
    const text =
      format === 'json'
        ? graphText(shown)
        : format === 'pretty'
          ? renderSummary(view.graph, reports, { color })
          : await renderView(format, view);
    if (values.output === undefined) output.write(text);
    else await writeOutput('--output', values.output, text);
    return exitStatus.clean;
  },
};
