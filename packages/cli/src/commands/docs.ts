/** `lockdep docs`: the locking documents that runs write: of the simulated file systems, or the order of recorded runs. */
import { compareTables, documentOf, type FileSystemName, kernelOrder, runDocumentation } from '@lockdep/filesystems';
import { checkOrder, mergeGraphs, type OrderDeclaration, type SavedGraph, saveGraph } from '@lockdep/graph';
import type { Profile } from '@lockdep/page-cache';
import { type Command, exitStatus } from '../command.ts';
import { contradicts, type LockingDocument, renderLockingDocument } from '../locking-document.ts';
import { oneOf, parseOptions } from '../options.ts';
import { orderComment } from '../order-comment.ts';
import { Progress } from '../progress.ts';
import { readSaved, runName } from '../read-graph.ts';
import { readOrder } from '../read-order.ts';
import { UsageError } from '../usage-error.ts';
import { writeOutput } from '../write-output.ts';

const KINDS = ['ext2', 'ext4', 'xfs', 'ceph'] as const;
const PROFILES = ['before', 'seed', 'merged', 'latest'] as const satisfies readonly Profile[];
const MARKUPS = ['markdown', 'rst', 'json'] as const;

const options = {
  fs: { type: 'string', values: [...KINDS, 'all'], default: 'all' },
  profile: { type: 'string', values: PROFILES, default: 'merged' },
  format: { type: 'string', values: MARKUPS, default: 'markdown' },
  order: { type: 'string' },
  output: { type: 'string', short: 'o' },
  json: { type: 'boolean', default: false },
} as const;

export const docs: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep docs [GRAPH|TRACE...] [options]

Writes locking documents from runs, contradictions with the written ones first.

Without files it runs the simulated file systems: for each operation the locks held when it is called, as a table in the form of
locking.rst, compared with that of the kernel version the profile stands for (before: v5.14, seed and merged: v5.15, latest: v7.1);
and the order of locks in the form of the header comments of mm/filemap.c and mm/rmap.c, compared with what comments document.

Of saved graphs and traces it writes the order, compared with what --order declares.

  --fs NAME         ext2, ext4, xfs, ceph, or all (default)
  --profile NAME    before, seed, merged (default) or latest
  --order FILE      a declared order, as for \`lockdep order\`; with files only
  --format FORMAT   markdown (default), rst (reStructuredText) or json
  -o, --output FILE write it there instead of to standard output
  --json            as --format json: {"documents":[{"title","against","operations","cells","hierarchy","order"}]}

Exit status: 0 nothing contradicts a document, 1 something does, 2 usage or input error, 3 internal error.

Examples:
  lockdep docs --fs ext4
  lockdep docs --profile latest --format rst -o locking.rst
  lockdep docs run.graph.json --order locking.order
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('docs', args, options);
    const format = values.json ? 'json' : oneOf('format', values.format, MARKUPS);
    const kind = oneOf('fs', values.fs, [...KINDS, 'all']);
    const profile = oneOf('profile', values.profile, PROFILES);
    if (values.order !== undefined && positionals.length === 0)
      throw new UsageError(
        'docs: --order without files',
        'give saved graphs or traces; the simulation has its own order',
      );
    const progress = new Progress(output);
    const documents: LockingDocument[] = [];
    if (positionals.length > 0) {
      const declaration = values.order === undefined ? null : await readOrder(values.order);
      const graphs: SavedGraph[] = [];
      for (const file of positionals) {
        const saved = await readSaved(file, { note: output.note, progress: (line) => progress.update(line) });
        if (saved.graph === null)
          throw new UsageError(`${file}: reports, and no order`, 'give a saved graph or a trace');
        graphs.push(saved.graph);
      }
      documents.push(recorded(runName(positionals), mergeGraphs(graphs), declaration));
    } else {
      for (const fs of kind === 'all' ? KINDS : [kind]) {
        progress.update(() => `docs: ${fs}, ${profile}`);
        documents.push(simulated(fs, profile));
      }
    }
    progress.clear();
    const text =
      format === 'json'
        ? `${JSON.stringify({ documents: documents.map(plain) })}\n`
        : documents.map((document) => renderLockingDocument(document, format)).join('\n');
    if (values.output === undefined) output.write(text);
    else await writeOutput('--output', values.output, text);
    return documents.some(contradicts) ? exitStatus.findings : exitStatus.clean;
  },
};

function recorded(name: string, graph: SavedGraph, declaration: OrderDeclaration | null): LockingDocument {
  return {
    title: `Locking in ${name}`,
    against: declaration?.name ?? null,
    operations: [],
    cells: [],
    hierarchy: orderComment(graph),
    order: declaration === null ? null : checkOrder(declaration, graph),
  };
}

function simulated(fs: (typeof KINDS)[number], profile: Profile): LockingDocument {
  const version = documentOf[profile];
  const { operations, validators } = runDocumentation({ fs, profile });
  const graph = mergeGraphs(validators.map(({ run, validator }) => saveGraph(validator, { run })));
  return {
    title: `Locking of the ${fs}-like file system, ${profile}`,
    against: version,
    operations,
    cells: compareTables(operations, version),
    hierarchy: orderComment(graph),
    order: checkOrder(declarationOf(fs, profile), graph),
  };
}

function declarationOf(fs: FileSystemName, profile: Profile): OrderDeclaration {
  const version = documentOf[profile];
  const { edges, aliases } = kernelOrder(version, fs);
  const classes = new Set(edges.flatMap(({ outer, inner }) => [outer, inner]));
  return { name: version, classes: [...classes], edges, aliases };
}

/** Of learned dependencies those against the order, and counts of the others. */
function plain({ order, ...document }: LockingDocument): object {
  if (order === null) return { ...document, order };
  const of = (wanted: string): readonly object[] =>
    order.learned.filter(({ rank }) => rank === wanted).map(({ dependency }) => dependency);
  const learned = { agrees: of('agrees').length, contradicts: of('contradicts'), unordered: of('unordered').length };
  const selfContradictions = order.selfContradictions.map(({ classes }) => classes);
  return { ...document, order: { edges: order.edges, learned, selfContradictions } };
}
