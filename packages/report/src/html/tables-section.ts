/**
 * Locking tables, as the documentation of file systems has them: which class is taken while which is held, as a square with both in
 * order, and which operation takes what under what. An operation is the function that took the inner lock; where no function
 * is known, the line of source; where that is not known either, the task.
 */
import type { Report, Site } from '@lockdep/core';
import type { LockOrder, OrderEdge } from '../graph/lock-order.ts';
import { findClasses, reportClasses, withNeighbours } from '../graph/neighbourhood.ts';
import { frameText } from '../text/notation.ts';
import { shortened } from '../text/shortened.ts';
import type { TextStyle } from '../text/text-style.ts';
import { html, type Markup } from './html.ts';
import type { Section } from './render-html.ts';

/** Classes of the square; one with more is a wall. */
const SIDE = 40;
/** Operations listed. */
const OPERATIONS = 400;
const NAME = 34;

/** The section; null when nothing nests. */
export function tablesSection(view: LockOrder, reports: readonly Report[], style: TextStyle): Section | null {
  const edges = [...view.edges, ...view.back, ...view.self];
  if (edges.length === 0) return null;
  const body = html`${square(view, edges, reports)}${operationTable(view, edges, style)}`;
  return { id: 'tables', title: 'Locking tables', count: null, body };
}

function square(view: LockOrder, edges: readonly OrderEdge[], reports: readonly Report[]): Markup {
  const [which, members] = chosen(view, edges, reports);
  const back = new Set(view.back);
  const known = new Map(edges.map((edge) => [`${edge.from}-${edge.to}`, edge]));
  const name = (position: number): Markup => {
    const whole = view.classes[position]!.name;
    const short = shortened(whole, NAME);
    const hint = short === whole ? null : html` title="${whole}"`;
    return html`<a href="#c${position}"${hint}>${short}</a>`;
  };
  const cell = (from: number, to: number): Markup => {
    const edge = known.get(`${from}-${to}`);
    if (edge === undefined) return from === to ? html`<td class="self"></td>` : html`<td></td>`;
    const look = back.has(edge) ? 'back' : from === to ? 'self' : 'taken';
    return html`<td class="${look}"><a href="#d${from}-${to}">${modesText(edge.modes)}</a></td>`;
  };
  return html`<h3>Who is taken under whom</h3>
<p>${which}: the row is held, the column is taken under it. <strong>E</strong> held exclusively, <strong>S</strong> shared; <strong>r</strong> the inner one is taken as a recursive reader. Right of the diagonal is the order; ${view.back.length === 0 ? 'nothing contradicts it' : html`what contradicts it stands in <span class="culprit">red</span>, left of it`}.</p>
<div class="wide"><table class="square">
<thead><tr><td></td>${members.map((position) => html`<th scope="col"><span>${name(position)}</span></th>`)}</tr></thead>
<tbody>${members.map((from) => html`<tr><th scope="row">${name(from)}</th>${members.map((to) => cell(from, to))}</tr>\n`)}</tbody>
</table></div>
`;
}

/** What the square shows, and its classes outermost first. */
function chosen(view: LockOrder, edges: readonly OrderEdge[], reports: readonly Report[]): [string, number[]] {
  const degree = view.classes.map(() => 0);
  for (const { from, to } of edges) {
    degree[from]! += 1;
    degree[to]! += 1;
  }
  const nesting = [...view.classes.keys()].filter((position) => degree[position]! > 0);
  const busiest = (some: Iterable<number>): number[] => [...some].toSorted((a, b) => degree[b]! - degree[a]! || a - b);
  const reported = findClasses(view, reports.flatMap(reportClasses));
  const ordered = (some: readonly number[]): number[] =>
    some.toSorted((a, b) => view.classes[a]!.rank - view.classes[b]!.rank || a - b);
  if (nesting.length <= SIDE)
    return [nesting.length === 2 ? 'Both classes' : 'All classes that nest', ordered(nesting)];
  if (reported.size > 0) {
    const around = busiest(withNeighbours(view, reported)).filter((position) => !reported.has(position));
    const some = [...busiest(reported), ...around].slice(0, SIDE);
    return [`The classes of the reports and those around them, ${some.length} of ${nesting.length}`, ordered(some)];
  }
  return [
    `The ${SIDE} classes with the most dependencies, of ${nesting.length}`,
    ordered(busiest(nesting).slice(0, SIDE)),
  ];
}

/** `EN,SR` → `E Sr`. */
function modesText(modes: string): string {
  if (modes === '') return '·';
  return modes
    .split(',')
    .map((mode) => mode.replace('N', '').replace('R', 'r'))
    .join(' ');
}

interface Taking {
  readonly to: number;
  readonly under: OrderEdge[];
}

function operationTable(view: LockOrder, edges: readonly OrderEdge[], style: TextStyle): Markup | null {
  const operations = new Map<string, Map<number, Taking>>();
  for (const edge of edges) {
    const name = operation(edge, style);
    if (name === '') continue;
    const takings = operations.get(name) ?? new Map<number, Taking>();
    operations.set(name, takings);
    const taking = takings.get(edge.to) ?? { to: edge.to, under: [] };
    takings.set(edge.to, taking);
    taking.under.push(edge);
  }
  if (operations.size === 0) return null;
  const back = new Set(view.back);
  const shown = [...operations].toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, OPERATIONS);
  const bodies = shown.map(([name, takings]) => operationBody(view, name, [...takings.values()], back));
  const left = operations.size - shown.length;
  return html`<h3>What each operation takes</h3>
<p>What took the inner lock when the dependency was first seen: a function, a place, or a task where neither is known. It may take more that had been seen before.</p>
<details${shown.length <= 40 ? html` open` : null}><summary>${shown.length === 1 ? '1 operation' : `${shown.length} operations`}</summary><div class="wide"><table class="operations">
<thead><tr><th scope="col">operation</th><th scope="col">takes</th><th scope="col">while it holds</th></tr></thead>
${bodies}</table></div>${left > 0 ? html`<p>${left} more are not in this table.</p>` : null}</details>`;
}

/** A body of its own for each operation, so that the search shows or hides all of it. */
function operationBody(
  view: LockOrder,
  name: string,
  takings: readonly Taking[],
  back: ReadonlySet<OrderEdge>,
): Markup {
  const rank = ({ to }: Taking): number => view.classes[to]!.rank;
  const rows = takings
    .toSorted((a, b) => rank(a) - rank(b) || a.to - b.to)
    .map(({ to, under }, index) => {
      const held = under.map(
        (edge) =>
          html`<a href="#d${edge.from}-${to}"${back.has(edge) ? html` class="culprit"` : null}>${view.classes[edge.from]!.name}</a> `,
      );
      const span = takings.length === 1 ? null : html` rowspan="${takings.length}"`;
      const head = index === 0 ? html`<th scope="row"${span}>${name}</th>` : null;
      return html`<tr>${head}<td>${view.classes[to]!.name}</td><td>${held}</td></tr>`;
    });
  return html`<tbody data-text>${rows}</tbody>\n`;
}

function operation({ innerSite, task }: OrderEdge, style: TextStyle): string {
  const frame = (innerSite as Site | null)?.frames[0];
  if (frame?.function !== undefined && frame.function !== '') return frame.function;
  if (frame?.file === undefined) return frame?.text.replace(/\+0x.*$/, '') ?? task;
  // A line of a recorded trace says nothing of the code.
  if (!/\.[cm]?[jt]sx?$/.test(frame.file) || frame.line === undefined) return task;
  return frameText({ text: frame.text, file: frame.file, line: frame.line }, style);
}
