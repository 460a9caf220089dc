/**
 * The lock order as a Graphviz digraph: outermost classes on top, a layer per rank, shape and colour by kind of lock;
 * inversions in red in both directions,
 * thicker where a schedule deadlocks, dashed green where none does. The text is the same for the same graph, whatever order it was built in.
 *
 * A picture of more than {@link FULL_LIMIT} classes helps nobody, so a larger graph is cut down to the neighbourhood of each
 * report, or, without reports, to the dependencies that no other path implies (and drawn without forced layers, which would
 * make the layout ten times slower).
 */
import type { Report } from '@lockdep/core';
import type { DirectedGraph } from 'graphology';
import { dotId, dotLabel } from './dot-text.ts';
import { circlePairs, type Fate, fateOf, pairKey } from './graph/circle-pairs.ts';
import { hierarchy } from './graph/hierarchy.ts';
import { type Inversion, inversions } from './graph/inversions.ts';
import { type LockOrder, lockOrder, type OrderClass, type OrderEdge } from './graph/lock-order.ts';
import { findClasses, reportClasses, withNeighbours } from './graph/neighbourhood.ts';
import { kindStyle } from './kind-style.ts';
import { verdictOf } from './story/proof.ts';
import { placeText } from './text/notation.ts';
import { shortened } from './text/shortened.ts';
import { textStyle } from './text/text-style.ts';

/** Up to so many classes are drawn whole unless `focus` says otherwise. */
export const FULL_LIMIT = 300;

/** Neighbours drawn for each class in focus, the most travelled first. */
const NEIGHBOUR_LIMIT = 12;

/** Options of {@link renderDot}. */
export interface DotOptions {
  /** Their circles are drawn in red, even where the graph no longer has the edges. */
  readonly reports?: readonly Report[];
  /**
   * What to draw: `all`; `reports`, the classes of the reports and those next to them; or class names (display or base
   * names) and those next to them. Default: `all` up to {@link FULL_LIMIT} classes, above that `reports`.
   */
  readonly focus?: 'all' | 'reports' | readonly string[];
  /** Give nodes and edges Graphviz classes, `c3` and `e3_7`, by position among the classes sorted by name. Default false. */
  readonly marks?: boolean;
  /** Leave out dependencies that others imply, unless a report needs them, and classes that nest with nothing. Default false. */
  readonly reduce?: boolean;
  /** Longer names are shortened in the middle; the tooltip has them whole. Default: no limit. */
  readonly labelLimit?: number;
}

/** Renders a graph as DOT. */
export function renderDot(graph: DirectedGraph, options: DotOptions = {}): string {
  const reports = options.reports ?? [];
  const view = lockOrder(graph, reports);
  const found = inversions(view, reports);
  const circles = circlePairs(view, reports);
  const part = cut(view, reports, options.focus);
  const { chosen, edges } = options.reduce === true ? reduced(view, part, circles) : part;
  const shown = view.classes.map((_, position) => position).filter((position) => chosen.has(position));
  const within = (edge: OrderEdge): boolean => chosen.has(edge.from) && chosen.has(edge.to);
  const mark = options.marks === true ? (name: string): string => `, class="${name}"` : (): string => '';
  const lines = [
    'digraph "lock order" {',
    `  graph [rankdir=TB, ranksep=0.5, nodesep=0.3, fontname="Courier", fontsize=12, labelloc=t, label=${dotLabel(caption(view, shown, found))}];`,
    '  node [fontname="Courier", fontsize=12, style=filled, color="#6b7280", margin="0.12,0.06"];',
    '  edge [fontname="Courier", fontsize=10, color="#6b7280"];',
    ...layers(view, shown, reports, { mark, limit: options.labelLimit ?? Number.POSITIVE_INFINITY }),
    ...edges
      .filter(within)
      .map((edge) => edgeLine(view, edge, look('order', circles.get(pairKey(edge.from, edge.to))), mark)),
    ...view.back
      .filter(within)
      .map((edge) => edgeLine(view, edge, look('back', circles.get(pairKey(edge.from, edge.to))), mark)),
    ...view.self.filter(within).map((edge) => edgeLine(view, edge, LOOKS.order.unreported, mark)),
    ...missingLines(view, chosen, circles),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** The attribute that names a node or edge in the picture. */
type Mark = (name: string) => string;

interface NodeLook {
  readonly mark: Mark;
  readonly limit: number;
}

interface Cut {
  readonly chosen: ReadonlySet<number>;
  readonly edges: readonly OrderEdge[];
}

function cut(view: LockOrder, reports: readonly Report[], focus: DotOptions['focus']): Cut {
  const everything = new Set(view.classes.keys());
  if (focus === 'all' || (focus === undefined && everything.size <= FULL_LIMIT))
    return { chosen: everything, edges: view.edges };
  const names = Array.isArray(focus) ? focus : reports.flatMap(reportClasses);
  const centre = findClasses(view, names);
  if (focus !== undefined || centre.size > 0)
    return { chosen: withNeighbours(view, centre, NEIGHBOUR_LIMIT), edges: view.edges };
  const steps = [...hierarchy(view).inner.values()].flat();
  const edges = steps.map((step) => step.direct).filter((edge) => edge !== null);
  return { chosen: new Set([...edges, ...view.back].flatMap((edge) => [edge.from, edge.to])), edges };
}

/** What is left of a part without what says nothing new. */
function reduced(view: LockOrder, { chosen, edges }: Cut, circles: ReadonlyMap<string, Fate>): Cut {
  const steps = new Set([...hierarchy(view).inner.values()].flat().map((step) => step.direct));
  const kept = edges.filter((edge) => steps.has(edge) || circles.has(pairKey(edge.from, edge.to)));
  const ends = new Set([...kept, ...view.back].flatMap((edge) => [edge.from, edge.to]));
  return { chosen: new Set([...chosen].filter((position) => ends.has(position))), edges: kept };
}

function caption(view: LockOrder, shown: readonly number[], found: readonly Inversion[]): string {
  const { classes, edges, back, self } = view;
  const part =
    shown.length === classes.length ? `${classes.length} classes` : `${shown.length} of ${classes.length} classes`;
  const fates = found.flatMap(({ report }) => (report === null ? [] : [fateOf(report.verdict.kind)]));
  const count = (wanted: Fate): number => fates.filter((fate) => fate === wanted).length;
  const reported = fates.length - count('refuted');
  const confirmed = count('confirmed') === 0 ? '' : ` (${count('confirmed')} confirmed)`;
  const refuted = count('refuted') === 0 ? '' : `, ${count('refuted')} refuted`;
  const red = `${reported === 1 ? '1 inversion' : `${reported} inversions`}${confirmed}${refuted}`;
  return `${part}, ${edges.length + back.length + self.length} dependencies, ${red}`;
}

/** Nodes grouped by rank; the classes of reports have a red border. */
function layers(view: LockOrder, shown: readonly number[], reports: readonly Report[], look: NodeLook): string[] {
  const loud = reports.filter((report) => verdictOf(report)?.kind !== 'refuted');
  const reported = new Set(loud.flatMap(reportClasses).map((name) => view.positions.get(name)));
  const node = (position: number): string =>
    nodeText(view.classes[position]!, reported.has(position), look.mark(`c${position}`), look.limit);
  if (shown.length > FULL_LIMIT) return shown.map((position) => `  ${node(position)}`);
  const byRank = Map.groupBy(shown, (position) => view.classes[position]!.rank);
  return [...byRank]
    .toSorted(([a], [b]) => a - b)
    .map(([, members]) => `  { rank=same; ${members.map(node).join(' ')} }`);
}

function nodeText(node: OrderClass, isReported: boolean, mark: string, limit: number): string {
  const { shape, fill } = kindStyle(node.kind);
  const usage = node.usage.replaceAll('.', '') === '' ? [] : [`{${node.usage}}`];
  const label = dotLabel(shortened(node.name, limit), ...usage);
  const tooltip = dotLabel([node.name, node.kind, `rank ${node.rank}`].filter((part) => part !== '').join(', '));
  const border = isReported ? ', color="#dc2626", penwidth=2' : '';
  return `${dotId(node.name)} [label=${label}, shape=${shape}, fillcolor="${fill}", tooltip=${tooltip}${border}${mark}];`;
}

/** How an edge is drawn: attributes, and what is written beside it. */
interface EdgeLook {
  readonly label: string | null;
  readonly attributes: string;
}

type Looks = Readonly<Record<Fate | 'unreported', EdgeLook>>;

const RED = ', color="#dc2626"';
const GREEN = ', color="#15803d"';
const AGAINST = ', style=bold, constraint=false';

/** Along the order, and back against it. */
const LOOKS: Readonly<Record<'order' | 'back', Looks>> = {
  order: {
    confirmed: { label: null, attributes: `${RED}, penwidth=3` },
    reported: { label: null, attributes: `${RED}, penwidth=2` },
    refuted: { label: null, attributes: `${GREEN}, style=dashed` },
    unreported: { label: null, attributes: '' },
  },
  back: {
    confirmed: { label: 'deadlock', attributes: `${RED}, fontcolor="#dc2626", penwidth=3${AGAINST}` },
    reported: { label: 'inversion', attributes: `${RED}, fontcolor="#dc2626", penwidth=2${AGAINST}` },
    refuted: { label: 'refuted', attributes: `${GREEN}, fontcolor="#15803d", style=dashed, constraint=false` },
    unreported: { label: null, attributes: ', color="#ea580c", fontcolor="#ea580c", style=dashed, constraint=false' },
  },
};

function look(side: 'order' | 'back', fate: Fate | undefined): EdgeLook {
  return LOOKS[side][fate ?? 'unreported'];
}

function edgeLine(view: LockOrder, edge: OrderEdge, look: EdgeLook, mark: Mark): string {
  const from = view.classes[edge.from]!.name;
  const to = view.classes[edge.to]!.name;
  // Exclusive held, non-recursive wanted is what everybody expects; only the rest is worth ink.
  const modes = edge.modes === '' || edge.modes === 'EN' ? [] : [edge.modes];
  const label = look.label === null ? modes : [look.label, ...modes];
  const labelText = label.length === 0 ? '' : `, label=${dotLabel(...label)}`;
  return `  ${dotId(from)} -> ${dotId(to)} [tooltip=${dotLabel(tooltip(from, to, edge))}${labelText}${look.attributes}${mark(`e${edge.from}_${edge.to}`)}];`;
}

const STYLE = textStyle({});

function tooltip(from: string, to: string, edge: OrderEdge): string {
  const held = edge.outerSite === null ? '' : `, held: ${placeText(edge.outerSite, STYLE)}`;
  const taken = edge.innerSite === null ? '' : `, taken: ${placeText(edge.innerSite, STYLE)}`;
  const by = edge.task === '' ? '' : `, by ${edge.task}`;
  return `${from} -> ${to}${by}${held}${taken}`;
}

/** Dependencies of reported circles that the graph does not have (it was cut, or the class was removed since). */
function missingLines(view: LockOrder, chosen: ReadonlySet<number>, circles: ReadonlyMap<string, Fate>): string[] {
  const known = new Set([...view.edges, ...view.back, ...view.self].map((edge) => pairKey(edge.from, edge.to)));
  return [...circles]
    .filter(([key]) => !known.has(key))
    .map(([key, fate]) => ({ ends: key.split(',').map(Number), fate }))
    .filter(({ ends: [from, to] }) => chosen.has(from!) && chosen.has(to!))
    .map(
      ({ ends: [from, to], fate }) =>
        `  ${dotId(view.classes[from!]!.name)} -> ${dotId(view.classes[to!]!.name)} [${look('back', fate).attributes.slice(2)}];`,
    );
}
