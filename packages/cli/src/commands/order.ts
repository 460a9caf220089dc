/** `lockdep order`: a declared lock order against what runs have shown. */
import {
  type CheckedEdge,
  checkOrder,
  mergeGraphs,
  type OrderCheck,
  type OrderDeclaration,
  type SavedGraph,
} from '@lockdep/graph';
import { printable } from '@lockdep/report';
import { didYouMean } from '../closest.ts';
import { type Command, exitStatus, type Output } from '../command.ts';
import { PLAIN_FORMATS } from '../formats.ts';
import { dependencyLines, inversionLines, plural } from '../graph-lines.ts';
import { oneOf, parseOptions } from '../options.ts';
import { Progress } from '../progress.ts';
import { readSaved } from '../read-graph.ts';
import { readOrder } from '../read-order.ts';
import { UsageError } from '../usage-error.ts';

const options = {
  domains: { type: 'string', free: true },
  format: { type: 'string', values: PLAIN_FORMATS, default: 'pretty' },
  json: { type: 'boolean', default: false },
} as const;

export const order: Command = {
  options,
  arguments: 'files',
  help: `Usage: lockdep order ORDER [GRAPH|TRACE...] [options]

Checks the order that ORDER declares against what was learned: each declared edge is agreed, contradicted or never seen; each
learned dependency agrees, contradicts it or is unordered; and declared edges take part in the search for circles. Without graphs
the declaration is checked by itself.

ORDER is text, or JSON in the shape {"edges":[{"outer","inner","where"?,"domain"?}]}. In text:

  # outermost first; a line may hold several orders
  i_rwsem < invalidate_lock < folio_lock, mmap_lock < invalidate_lock
  i_rwsem = "&sb->s_type->i_mutex_key"      # another name of the class

A name without #2 and /1 speaks for all classes and subclasses of that name. Trylock and forbidden edges are no order.

  --domains LIST    only edges of these domains (comma separated) and those without one
  --format FORMAT   pretty (default) or json
  --json            one JSON document on standard output: {"order","edges":[{"outer","inner","where","domain","verdict",
                    "shownBy"}],"learned":{"agrees","contradicts":[…],"unordered"},"inversions","selfContradictions","unknown"}

Exit status: 0 nothing contradicts the order, 1 something does, 2 usage or input error, 3 internal error. That a declaration
contradicts itself counts when no graph is given.

Examples:
  lockdep order locking.order run.graph.json
  lockdep order ordering.json trace.txt.zst --domains mm,vfs,inode,ext4
`,
  async run(args, output) {
    const { values, positionals } = parseOptions('order', args, options);
    const json = oneOf('format', values.format, PLAIN_FORMATS) === 'json' || values.json;
    const [file, ...files] = positionals;
    if (file === undefined) throw new UsageError('order: no order given', 'see `lockdep order --help`');
    const declaration = inDomains(await readOrder(file), values.domains);
    const progress = new Progress(output);
    const graphs: SavedGraph[] = [];
    for (const graph of files) {
      const saved = await readSaved(graph, { note: output.note, progress: (line) => progress.update(line) });
      if (saved.graph === null)
        throw new UsageError(`${graph}: reports, and no order`, 'give a saved graph or a trace');
      graphs.push(saved.graph);
    }
    progress.clear();
    const found = checkOrder(declaration, mergeGraphs(graphs));
    if (json) output.write(`${JSON.stringify(document(declaration, found))}\n`);
    else print(declaration, found, files.length > 0, output);
    const contradicted =
      found.edges.some(({ verdict }) => verdict === 'contradicted') ||
      found.learned.some(({ rank }) => rank === 'contradicts') ||
      found.inversions.length > 0 ||
      (files.length === 0 && found.selfContradictions.length > 0);
    return contradicted ? exitStatus.findings : exitStatus.clean;
  },
};

/** @throws UsageError that lists the domains when one is not known. */
function inDomains(declaration: OrderDeclaration, list: string | undefined): OrderDeclaration {
  if (list === undefined) return declaration;
  const wanted = list.split(',').map((name) => name.trim());
  const known = new Set(declaration.edges.map(({ domain }) => domain).filter((domain) => domain !== null));
  const strange = wanted.find((name) => !known.has(name));
  if (strange !== undefined) {
    throw new UsageError(
      `--domains ${strange}${didYouMean(strange, known)}: ${declaration.name} has ${[...known].sort().join(', ') || 'no domains'}`,
    );
  }
  return {
    ...declaration,
    edges: declaration.edges.filter(({ domain }) => domain === null || wanted.includes(domain)),
  };
}

function document({ name }: OrderDeclaration, { edges, learned, ...rest }: OrderCheck): object {
  const of = (wanted: string): readonly object[] =>
    learned.filter(({ rank }) => rank === wanted).map(({ dependency }) => dependency);
  return {
    order: name,
    edges,
    learned: { agrees: of('agrees').length, contradicts: of('contradicts'), unordered: of('unordered').length },
    ...rest,
  };
}

function print(declaration: OrderDeclaration, found: OrderCheck, compared: boolean, output: Output): void {
  const { edges, learned, inversions, selfContradictions, unknown } = found;
  const write = (lines: readonly string[]): void => output.write(lines.map((line) => `${line}\n`).join(''));
  const count = (verdict: CheckedEdge['verdict']): number => edges.filter((edge) => edge.verdict === verdict).length;
  const ranked = (wanted: string): number => learned.filter(({ rank }) => rank === wanted).length;
  for (const { outer, inner, where, shownBy } of edges.filter(({ verdict }) => verdict === 'contradicted')) {
    write([
      `contradicted: ${printable(outer)} < ${printable(inner)}  (${printable(where)})`,
      ...shownBy.flatMap((dependency) => dependencyLines(dependency, '  ')),
      '',
    ]);
  }
  // What has been said of one edge is not said again of what follows from it.
  const told = new Set(edges.filter(({ verdict }) => verdict === 'contradicted').flatMap(({ shownBy }) => shownBy));
  for (const { dependency, rank } of learned) {
    if (rank !== 'contradicts' || told.has(dependency)) continue;
    write(['against the order:', ...dependencyLines(dependency, '  '), '']);
    told.add(dependency);
  }
  const names = new Set([...told].map(({ from, to }) => JSON.stringify([from, to])));
  for (const inversion of inversions) {
    if (inversion.dependencies.some(({ from, to }) => names.has(JSON.stringify([from, to])))) continue;
    write([...inversionLines(inversion), '']);
  }
  for (const { classes } of selfContradictions) {
    write([`the declaration contradicts itself: ${[...classes, classes[0]!].map(printable).join(' < ')}`]);
  }
  if (!compared) {
    write([
      `${printable(declaration.name)}: ${plural(edges.length, 'edge')} of ${plural(declaration.classes.length, 'class', 'classes')}, ${plural(selfContradictions.length, 'contradiction')} in itself`,
    ]);
    return;
  }
  if (unknown.length > 0 && unknown.length < declaration.classes.length)
    write([`never seen at all: ${listed(unknown)}`]);
  if (unknown.length === declaration.classes.length)
    write(['no class of the declaration was ever seen: are the names the same? (`name = OTHER` in the order file)']);
  write([
    `${plural(edges.length, 'declared edge')}: ${count('agreed')} agreed, ${count('contradicted')} contradicted, ${count('never seen')} never seen`,
    `${plural(learned.length, 'learned dependency', 'learned dependencies')}: ${ranked('agrees')} agree, ${ranked('contradicts')} contradict, ${ranked('unordered')} unordered; ${plural(inversions.length, 'inversion')} with declared edges`,
  ]);
}

const MOST_LISTED = 12;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  return names.slice(0, MOST_LISTED).map(printable).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
