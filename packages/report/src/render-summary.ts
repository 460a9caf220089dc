/**
 * A lock order to read: inversions first, the classes by rank, the hierarchy as an indented tree in the manner of the header
 * comments of mm/filemap.c and mm/rmap.c, and the counts.
 *
 * The tree shows the transitive reduction: each class once with all that nests in it, under its deepest parent; elsewhere a
 * line that refers there. So every dependency of the order can be read as a descent, and nothing is said twice.
 */
import type { Report } from '@lockdep/core';
import type { DirectedGraph } from 'graphology';
import { type Hierarchy, type HierarchyStep, hierarchy } from './graph/hierarchy.ts';
import { type Inversion, inversions, shortestPath } from './graph/inversions.ts';
import { type LockOrder, lockOrder, type OrderEdge, successorsOf } from './graph/lock-order.ts';
import { findClasses, withNeighbours } from './graph/neighbourhood.ts';
import { displayWidth } from './text/display-width.ts';
import { chainLines } from './text/hop-text.ts';
import { frameText, placeText } from './text/notation.ts';
import { printable } from './text/printable.ts';
import { type TextOptions, type TextStyle, textStyle } from './text/text-style.ts';

/** Options of {@link renderSummary}. */
export interface SummaryOptions extends TextOptions {
  /** Only these classes (display names or base names) and, unless `neighbours` is false, those directly next to them. */
  readonly around?: readonly string[];
  /** Default true. */
  readonly neighbours?: boolean;
  /** How many chains the validator knows; default: the graph's attribute `chains`, if any. */
  readonly chains?: number;
}

/** Renders the order a graph holds. */
export function renderSummary(
  graph: DirectedGraph,
  reports: readonly Report[] = [],
  options: SummaryOptions = {},
): string {
  const style = textStyle(options);
  const view = lockOrder(graph, reports);
  const chosen = options.around === undefined ? undefined : choose(view, options.around, options.neighbours ?? true);
  const tree = hierarchy(view, chosen);
  const shown = (edge: OrderEdge): boolean => chosen === undefined || (chosen.has(edge.from) && chosen.has(edge.to));
  const found = inversions(view, reports).filter(
    ({ circle }) => chosen === undefined || circle.some((name) => chosen.has(view.positions.get(name) ?? -1)),
  );
  const sections = [
    [countLine(graph, view, tree, options)],
    inversionLines(found, style),
    [style.paint('heading', 'Classes by rank:'), ...rankLines(view, tree, style)],
    [
      style.paint('heading', 'Hierarchy (each class under its deepest parent):'),
      ...treeLines(view, tree, found, style),
    ],
    selfLines(view.self.filter(shown), view, style),
  ];
  const present = sections.filter((section) => section.length > 0);
  return `${present.map((section) => section.join('\n')).join('\n\n')}\n`;
}

function choose(view: LockOrder, around: readonly string[], neighbours: boolean): ReadonlySet<number> {
  const centre = findClasses(view, around);
  return neighbours ? withNeighbours(view, centre) : centre;
}

function countLine(graph: DirectedGraph, view: LockOrder, tree: Hierarchy, options: SummaryOptions): string {
  const attribute: unknown = graph.getAttribute('chains');
  const chains = options.chains ?? (typeof attribute === 'number' ? attribute : undefined);
  const parts = [
    count(view.classes.length, 'class', 'classes'),
    count(graph.directedSize, 'dependency', 'dependencies'),
  ];
  if (chains !== undefined) parts.push(count(chains, 'chain', 'chains'));
  const shown = tree.members.length === view.classes.length ? '' : `; ${tree.members.length} shown`;
  return `Lock order: ${parts.join(', ')}${shown}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function inversionLines(found: readonly Inversion[], style: TextStyle): string[] {
  const reported = found.filter(({ report }) => report !== null).length;
  const heading =
    reported === 0 ? style.paint('good', 'Inversions: none') : style.paint('error', `Inversions: ${reported}`);
  const others = 'Circles not reported (readers that cannot block, or suppressed):';
  return [
    heading,
    ...found.flatMap((inversion, index) => [
      ...(index === reported ? [style.paint('warning', others)] : []),
      ...circleLines(inversion, index + 1, style),
    ]),
  ];
}

function circleLines({ circle, report }: Inversion, number: number, style: TextStyle): string[] {
  const [first = '', ...rest] = chainLines(circle, style);
  const lines = [`${String(number).padStart(3)}. ${first.trimStart()}`, ...rest.map((line) => `   ${line}`)];
  if (report === null) return lines;
  const seen = report.count === 1 ? 'once' : `${report.count} times`;
  const { kind } = report.verdict;
  const sure = kind === 'possible' ? '' : ` ${kind},`;
  lines.push(
    `       ${report.level} ${printable(report.rule)},${sure} seen ${seen}, fingerprint ${printable(report.fingerprint)}`,
  );
  for (const hop of report.cycle.filter(({ isNew }) => isNew)) {
    const by = hop.task === '' ? '' : ` by ${printable(hop.task)}`;
    lines.push(
      `       new: ${printable(hop.from.name)} --> ${printable(hop.to.name)}${by}, at: ${placeText(hop.innerSite, style)}`,
    );
  }
  return lines;
}

function rankLines(view: LockOrder, tree: Hierarchy, style: TextStyle): string[] {
  const byRank = new Map<number, string[]>();
  for (const member of tree.members) {
    const { rank, name } = view.classes[member]!;
    byRank.set(rank, [...(byRank.get(rank) ?? []), printable(name)]);
  }
  return [...byRank].flatMap(([rank, names]) => wrap(`${String(rank).padStart(4)}: `, names, style.width));
}

function wrap(head: string, words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = head;
  for (const [index, word] of words.entries()) {
    const piece = index === words.length - 1 ? word : `${word},`;
    if (line.trim() !== '' && line !== head && displayWidth(line) + displayWidth(piece) > width) {
      lines.push(line.trimEnd());
      line = ' '.repeat(head.length);
    }
    line += `${piece} `;
  }
  return [...lines, line.trimEnd()];
}

/** A line of the tree: a class to be shown with what it holds, or a finished line. */
type Pending = { readonly member: number; readonly depth: number; readonly note: string } | string;

function treeLines(view: LockOrder, tree: Hierarchy, found: readonly Inversion[], style: TextStyle): string[] {
  const marks = inversionMarks(view, found, style);
  const lines: string[] = [];
  const successors = successorsOf(view.edges, view.classes.length);
  // What stands alone comes last: it says nothing about the order.
  const alone = (member: number): boolean => tree.inner.get(member)!.length === 0;
  const outermost = tree.members.filter((member) => !tree.home.has(member));
  const roots = [...outermost.filter((member) => !alone(member)), ...outermost.filter(alone)];
  const pending: Pending[] = roots.toReversed().map((member) => ({ member, depth: 0, note: '' }));
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (typeof next === 'string') {
      lines.push(next);
      continue;
    }
    const { member, depth, note } = next;
    lines.push(`${'  '.repeat(depth)}->${printable(view.classes[member]!.name)}${note}`);
    const below = '  '.repeat(depth + 1);
    const children: Pending[] = (marks.get(member) ?? []).map((mark) => below + mark);
    for (const step of tree.inner.get(member)!) {
      const place = step.direct === null ? throughNote(view, successors, step, style) : placeNote(step.direct, style);
      if (tree.home.get(step.to) === member) children.push({ member: step.to, depth: depth + 1, note: place });
      else children.push(below + reference(view, tree, step.to) + place);
    }
    for (const child of children.toReversed()) pending.push(child);
  }
  return lines;
}

/** A class shown elsewhere: where, unless there is nothing more to see. */
function reference(view: LockOrder, tree: Hierarchy, to: number): string {
  const name = printable(view.classes[to]!.name);
  if (tree.inner.get(to)!.length === 0) return `->${name}`;
  return `->${name} ... see under ${printable(view.classes[tree.home.get(to)!]!.name)}`;
}

/** In the manner of the header comments: the function in which the inner lock is taken. */
function placeNote(edge: OrderEdge, style: TextStyle): string {
  const frame = edge.innerSite?.frames[0];
  if (frame === undefined) return '';
  const name = frame.function ?? frameText(frame, style).replace(/\+0x.*$/, '');
  return style.paint('dim', `  (${printable(name)})`);
}

/** The classes left out on the shortest way of an indirect step. */
function throughNote(view: LockOrder, successors: readonly number[][], step: HierarchyStep, style: TextStyle): string {
  const between = shortestPath(successors, step.from, step.to).slice(1, -1);
  return style.paint(
    'dim',
    `  (through ${between.map((position) => printable(view.classes[position]!.name)).join(', ')})`,
  );
}

function inversionMarks(view: LockOrder, found: readonly Inversion[], style: TextStyle): Map<number, string[]> {
  const marks = new Map<number, string[]>();
  for (const [index, { edge, report }] of found.entries()) {
    if (edge === null) continue;
    const name = printable(view.classes[edge.to]!.name);
    const what = report === null ? 'circle' : 'inversion';
    const line = `!!${name}  <-- ${what} ${index + 1}: taken here, though it comes before`;
    marks.set(edge.from, [...(marks.get(edge.from) ?? []), style.paint(report === null ? 'warning' : 'error', line)]);
  }
  return marks;
}

function selfLines(self: readonly OrderEdge[], view: LockOrder, style: TextStyle): string[] {
  if (self.length === 0) return [];
  return wrap(
    'Nested in themselves: ',
    self.map((edge) => printable(view.classes[edge.from]!.name)),
    style.width,
  );
}
