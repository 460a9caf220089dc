/**
 * The lock graph as SVG, laid out when the page is made. Up to {@link FULL_LIMIT} classes: all of it. Above: the neighbourhood
 * of each report, and the whole folded by rank, a box per band of ranks with the number of dependencies between them.
 */
import type { Report } from '@lockdep/core';
import type { DirectedGraph } from 'graphology';
import { dotId, dotLabel } from '../dot-text.ts';
import type { LockOrder } from '../graph/lock-order.ts';
import { reportClasses } from '../graph/neighbourhood.ts';
import { FULL_LIMIT, renderDot } from '../render-dot.ts';
import { renderSvg } from '../render-svg.ts';
import { reportHeading } from '../story/report-heading.ts';
import { shortened } from '../text/shortened.ts';
import { html, type Markup, trusted } from './html.ts';
import type { Section } from './render-html.ts';

/** Up to so many classes every dependency is drawn; above, those that others imply would hide the order. */
const WHOLE = 60;
const LOOK = { marks: true, labelLimit: 36 } as const;

/** Neighbourhoods drawn; the next reports are told as stories only. */
const NEIGHBOURHOODS = 12;
/** Boxes of the folded picture; with more ranks than that, several share one. */
const BANDS = 24;

/** The section. */
export async function pictureSection(
  graph: DirectedGraph,
  view: LockOrder,
  reports: readonly Report[],
): Promise<Section> {
  const pictures: Markup[] = [];
  if (view.classes.length === 0) pictures.push(html`<p>No order was learned.</p>`);
  else if (view.classes.length <= FULL_LIMIT) {
    const reduce = view.classes.length > WHOLE;
    const dot = renderDot(graph, { ...LOOK, reports, focus: 'all', reduce });
    const left = 'without dependencies that others imply, and classes that nest with nothing';
    pictures.push(picture(`The whole order, outermost on top${reduce ? `, ${left}` : ''}`, await renderSvg(dot)));
  } else {
    for (const [title, dot] of neighbourhoods(graph, reports)) pictures.push(picture(title, await renderSvg(dot)));
    pictures.push(
      picture(
        'The whole order, folded by rank',
        await renderSvg(foldedDot(view)),
        html`<p class="legend">A box is all classes of one rank (or a few), outermost on top; a number, the dependencies between two boxes. Red leads back against the order.</p>`,
      ),
    );
  }
  return { id: 'graph', title: 'Lock graph', count: view.classes.length, body: html`${pictures}` };
}

/** Title and DOT per set of classes; reports about the same ones share a picture. */
function neighbourhoods(graph: DirectedGraph, reports: readonly Report[]): Map<string, string> {
  const shown = new Set<string>();
  const found = new Map<string, string>();
  for (const [index, report] of reports.entries()) {
    const focus = reportClasses(report);
    const key = JSON.stringify(focus.toSorted());
    if (focus.length === 0 || shown.has(key)) continue;
    shown.add(key);
    found.set(
      `Around report ${index + 1}, ${reportHeading(report)}`,
      renderDot(graph, { ...LOOK, reports: [report], focus }),
    );
    if (found.size === NEIGHBOURHOODS) break;
  }
  return found;
}

function foldedDot(view: LockOrder): string {
  const ranks = Math.max(0, ...view.classes.map(({ rank }) => rank)) + 1;
  const perBand = Math.ceil(ranks / BANDS);
  const band = (position: number): number => Math.floor(view.classes[position]!.rank / perBand);
  const members = Map.groupBy(view.classes.keys(), band);
  const between = new Map<string, number>();
  for (const edge of [...view.edges, ...view.back]) {
    const key = `${band(edge.from)} -> ${band(edge.to)}`;
    between.set(key, (between.get(key) ?? 0) + 1);
  }
  const nodes = [...members].map(([number, positions]) => {
    const from = number * perBand;
    const to = Math.min(ranks - 1, from + perBand - 1);
    const names = positions.slice(0, 3).map((position) => shortened(view.classes[position]!.name, LOOK.labelLimit));
    const more = positions.length > 3 ? [`and ${positions.length - 3} more`] : [];
    const heading = from === to ? `rank ${from}: ${positions.length}` : `ranks ${from}–${to}: ${positions.length}`;
    return `  ${number} [label=${dotLabel(heading, ...names, ...more)}, shape=box];`;
  });
  // Only what links neighbouring bands shapes the picture: the rest would pull everything into one tangle.
  const edges = [...between].map(([key, count]) => {
    const [from, to] = key.split(' -> ').map(Number);
    const far = Math.abs(to! - from!) > 1 ? ', color="#9ca3af", constraint=false' : '';
    return `  ${key} [label="${count}"${far}${to! < from! ? ', color="#dc2626", fontcolor="#dc2626"' : ''}];`;
  });
  const label = dotLabel(
    `${view.classes.length} classes, ${view.edges.length + view.back.length + view.self.length} dependencies`,
  );
  return `digraph ${dotId('lock order')} {
  graph [rankdir=TB, fontname="Courier", fontsize=12, labelloc=t, label=${label}];
  node [fontname="Courier", fontsize=12, style=filled, fillcolor="#f3f4f6", color="#6b7280"];
  edge [fontname="Courier", fontsize=10, color="#6b7280"];
${[...nodes, ...edges].join('\n')}
}
`;
}

const LEGEND = html`<p class="legend">An arrow leads from a lock to one that was taken while it was held. Written beside it where both were not simply exclusive: E or S, the outer one held exclusively or shared; N or R, the inner one taken as a recursive reader (R) or not. Red closes a reported circle: bold where a schedule deadlocks. Green: no schedule gets there.</p>`;

function picture(title: string, svg: string, legend: Markup | null = LEGEND): Markup {
  return html`<figure class="picture"><figcaption>${title}</figcaption>
<p class="tools" hidden><button type="button" data-zoom="in" aria-label="Zoom in">+</button> <button type="button" data-zoom="out" aria-label="Zoom out">−</button> <button type="button" data-zoom="all">whole</button></p>
<div class="canvas">${trusted(slim(svg))}</div>${legend}</figure>
`;
}

/**
 * Graphviz's SVG for a page: without its prolog, ids (several pictures share a page) and what the style sheet says once;
 * the marks of {@link renderDot} become data attributes. Graphviz has escaped every name, so tags in it are its own.
 */
function slim(svg: string): string {
  return (
    svg
      .slice(svg.indexOf('<svg'))
      .replaceAll(/<!--[\s\S]*?-->\n?/g, '')
      .replaceAll(/<g id="a_[^"]*"><a xlink:title="[^"]*">\n?|<\/a>\n?<\/g>\n?/g, '')
      .replaceAll(
        /<g id="[^"]*" class="(node|edge|graph)(?: ([ce])([\d_]+))?"/g,
        (_, type: string, of?: string, mark?: string) => {
          if (of === undefined) return `<g class="${type}"`;
          return `<g class="${type}" data-${of === 'c' ? 'class' : 'edge'}="${mark?.replace('_', '-') ?? ''}"`;
        },
      )
      .replaceAll(/ xml:space="preserve" text-anchor="middle"| (?:fill="(?:none|#6b7280)" )?stroke="#6b7280"/g, '')
      .replaceAll('&#45;', '-')
      // The script names edges by the data.
      .replaceAll(/(<g class="edge" data-edge=[^>]*>)\n<title>[^<]*<\/title>/g, '$1')
      .replaceAll(/ font-family="[^"]*"| font-size="[^"]*"| xmlns(?::xlink)?="[^"]*"/g, '')
      .replaceAll(/(\d\.\d)\d+/g, '$1')
      .replace('<svg', '<svg role="img" aria-label="Lock graph"')
  );
}
