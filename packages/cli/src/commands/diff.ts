/** `lockdep diff`: what the lock order of one run has and that of another has not. */
import { diffGraphs, type GraphDiff } from '@lockdep/graph';
import { printable } from '@lockdep/report';
import { type Command, exitStatus } from '../command.ts';
import { PLAIN_FORMATS } from '../formats.ts';
import { dependencyLines, inversionLines, plural } from '../graph-lines.ts';
import { oneOf, parseOptions } from '../options.ts';
import { readGraph } from '../read-graph.ts';
import { UsageError } from '../usage-error.ts';

const options = {
  format: { type: 'string', values: PLAIN_FORMATS, default: 'pretty' },
  json: { type: 'boolean', default: false },
} as const;

export const diff: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep diff BEFORE AFTER [options]

Compares two graphs that \`lockdep replay --save\` or \`lockdep merge\` has written (plain, .gz or .zst): dependencies that are
new, that have vanished, that are seen in other strengths (EN: exclusive under exclusive … SR: recursive reader under shared),
and the inversions that came or went. Names of runs, tasks and files do not count.

  --format FORMAT   pretty (default) or json
  --json            one JSON document on standard output: {"newClasses","vanishedClasses","newDependencies",
                    "vanishedDependencies","changedDependencies","newInversions","vanishedInversions"}

Exit status: 0 no difference, 1 some difference, 2 usage or input error, 3 internal error.

Examples:
  lockdep diff main.graph.json branch.graph.json
  lockdep diff main.graph.json branch.graph.json --json | jq '.newDependencies[] | [.from, .to]'
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('diff', args, options);
    const json = oneOf('format', values.format, PLAIN_FORMATS) === 'json' || values.json;
    const [before, after, ...more] = positionals;
    if (before === undefined || after === undefined || more.length > 0) {
      throw new UsageError(`diff: ${plural(positionals.length, 'graph')} given, not two`, 'see `lockdep diff --help`');
    }
    const found = diffGraphs(await readGraph(before), await readGraph(after));
    output.write(json ? `${JSON.stringify(found)}\n` : `${lines(found).join('\n')}\n`);
    return Object.values(found).some((list) => list.length > 0) ? exitStatus.findings : exitStatus.clean;
  },
};

function lines(found: GraphDiff): string[] {
  const { newDependencies, vanishedDependencies, changedDependencies, newInversions, vanishedInversions } = found;
  const signed = (sign: string, all: readonly string[]): string[] => all.map((line) => `${sign} ${line}`);
  return [
    ...signed(
      '+',
      found.newClasses.map((name) => `class ${printable(name)}`),
    ),
    ...signed(
      '-',
      found.vanishedClasses.map((name) => `class ${printable(name)}`),
    ),
    ...signed(
      '+',
      newDependencies.flatMap((dependency) => dependencyLines(dependency, '')),
    ),
    ...signed(
      '-',
      vanishedDependencies.flatMap((dependency) => dependencyLines(dependency, '')),
    ),
    ...signed(
      '~',
      changedDependencies.map(
        ({ from, to, before, after }) => `${printable(from)} → ${printable(to)}  ${before} became ${after}`,
      ),
    ),
    ...signed(
      '+',
      newInversions.flatMap((inversion) => inversionLines(inversion)),
    ),
    ...signed(
      '-',
      vanishedInversions.flatMap((inversion) => inversionLines(inversion)),
    ),
    `${plural(newDependencies.length, 'new dependency', 'new dependencies')}, ${vanishedDependencies.length} vanished, ` +
      `${changedDependencies.length} changed; ${plural(newInversions.length, 'new inversion')}, ${vanishedInversions.length} vanished`,
  ];
}
