/** The order to read: the hierarchy as a tree that folds, the classes by rank, the dependencies with both places. */
import { type Hierarchy, hierarchy } from '../graph/hierarchy.ts';
import type { LockOrder, OrderEdge } from '../graph/lock-order.ts';
import { placeText } from '../text/notation.ts';
import type { TextStyle } from '../text/text-style.ts';
import { html, type Markup } from './html.ts';
import type { Section } from './render-html.ts';

/** Rows of a table; a page with more than that is slow to open, and the script's search knows all of them anyway. */
const ROWS = 1000;
/** So deep the tree is open from the start, and only that deep it nests: deeper lists would run out of the page. */
const OPEN_DEPTH = 3;
const MAX_DEPTH = 40;

/** The tree. */
export function hierarchySection(view: LockOrder): Section {
  return { id: 'hierarchy', title: 'Hierarchy', count: null, body: tree(view, hierarchy(view)) };
}

/** The two tables. */
export function orderSections(view: LockOrder, style: TextStyle): Section[] {
  const all = [...view.back, ...view.edges, ...view.self];
  return [
    { id: 'classes', title: 'Classes', count: view.classes.length, body: classTable(view, all) },
    { id: 'dependencies', title: 'Dependencies', count: all.length, body: dependencyTable(view, all, style) },
  ];
}

function classLink(view: LockOrder, position: number): Markup {
  return html`<a href="#c${position}">${view.classes[position]!.name}</a>`;
}

/** Each class once with all that nests in it, under its deepest parent; elsewhere a link. What stands alone is counted. */
function tree(view: LockOrder, order: Hierarchy): Markup {
  const branch = (member: number, depth: number): Markup => {
    const inner = order.inner.get(member)!;
    if (inner.length === 0) return html`<li>${classLink(view, member)}</li>`;
    const children = inner.map(({ to }) => {
      if (order.home.get(to) === member && depth < MAX_DEPTH) return branch(to, depth + 1);
      return html`<li class="reference">${classLink(view, to)}</li>`;
    });
    return html`<li><details${depth < OPEN_DEPTH ? html` open` : null}><summary>${classLink(view, member)}</summary><ul>${children}</ul></details></li>\n`;
  };
  const outermost = order.members.filter((member) => !order.home.has(member));
  const roots = outermost.filter((member) => order.inner.get(member)!.length > 0);
  const alone = outermost.length - roots.length;
  if (roots.length === 0) return html`<p>Nothing nests.</p>`;
  return html`<p>Outermost first; each class stands once, under its deepest parent. Elsewhere, <i>slanted</i>, it is only mentioned.</p>
<ul class="tree">${roots.map((member) => branch(member, 0))}</ul>${alone === 0 ? null : html`<p>${alone} ${alone === 1 ? 'class nests' : 'classes nest'} with nothing.</p>`}`;
}

function classTable(view: LockOrder, edges: readonly OrderEdge[]): Markup {
  const inner = view.classes.map(() => 0);
  const outer = view.classes.map(() => 0);
  for (const { from, to } of edges) {
    inner[from]! += 1;
    outer[to]! += 1;
  }
  const byRank = [...view.classes.keys()].toSorted((a, b) => view.classes[a]!.rank - view.classes[b]!.rank || a - b);
  const rows = byRank.slice(0, ROWS).map((position) => {
    const { kind, usage, rank } = view.classes[position]!;
    return html`<tr id="c${position}"><th scope="row">${classLink(view, position)}</th><td>${kind}</td><td>${usage}</td><td>${rank}</td><td>${inner[position]!}</td><td>${outer[position]!}</td></tr>\n`;
  });
  return table(
    ['class', 'kind', 'usage', 'rank', 'held around', 'taken under'],
    rows,
    byRank.length,
    view.classes.length <= 40,
  );
}

function dependencyTable(view: LockOrder, edges: readonly OrderEdge[], style: TextStyle): Markup {
  const back = new Set(view.back);
  const rows = edges.slice(0, ROWS).map((edge) => {
    const { from, to, modes, innerSite, outerSite } = edge;
    const names = `${view.classes[from]!.name} → ${view.classes[to]!.name}`;
    const place = (site: OrderEdge['outerSite']): string => (site === null ? '' : placeText(site, style));
    return html`<tr id="d${from}-${to}"${back.has(edge) ? html` class="back"` : null}><th scope="row"><a href="#d${from}-${to}">${names}</a></th><td>${modes}</td><td>${shownBy(edge)}</td><td>${place(outerSite)}</td><td>${place(innerSite)}</td></tr>\n`;
  });
  const note = view.back.length === 0 ? null : html`<p>Those in red contradict the order.</p>`;
  return html`${note}${table(['dependency', 'modes', 'first shown by', 'outer taken at', 'inner taken at'], rows, edges.length, edges.length <= 40)}`;
}

/** The tests or runs where they are known, else the task. */
function shownBy({ origins, task }: OrderEdge): Markup {
  if (origins.length === 0) return html`${task}`;
  return html`${origins.map((origin) => html`<q>${origin}</q> `)}`;
}

function table(heads: readonly string[], rows: readonly Markup[], total: number, open: boolean): Markup {
  const left = total - rows.length;
  return html`<details${open ? html` open` : null}><summary>Table of ${rows.length}</summary><div class="wide"><table class="sortable">
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table></div>${left > 0 ? html`<p>${left} more are not in this table; search and pictures lead to them.</p>` : null}</details>`;
}
