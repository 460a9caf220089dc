/**
 * The lock order as a Mermaid flowchart, which GitHub and GitLab draw in Markdown: outermost on top, inversions red and
 * thick (green where no schedule of the program
 * gets there), circles nobody reported dashed. The text is the same for the same graph.
 */
import type { Report } from '@lockdep/core';
import type { DirectedGraph } from 'graphology';
import { circlePairs, type Fate, pairKey } from '../graph/circle-pairs.ts';
import { lockOrder, type OrderEdge } from '../graph/lock-order.ts';
import { printable } from '../text/printable.ts';

/** Options of {@link renderMermaid}. */
export interface MermaidOptions {
  /** Their new dependencies are drawn red. */
  readonly reports?: readonly Report[];
}

/** Renders a graph as Mermaid text. Mermaid itself refuses more than 500 edges unless configured to take them. */
export function renderMermaid(graph: DirectedGraph, options: MermaidOptions = {}): string {
  const reports = options.reports ?? [];
  const view = lockOrder(graph, reports);
  const circles = circlePairs(view, reports);
  const edges = [...view.edges, ...view.back, ...view.self];
  const back = new Set(view.back);
  const drawn = (wanted: readonly Fate[]): number[] =>
    edges.flatMap(({ from, to }, index) => {
      const fate = circles.get(pairKey(from, to));
      return fate !== undefined && wanted.includes(fate) ? [index] : [];
    });
  const red = drawn(['reported', 'confirmed']);
  const green = drawn(['refuted']);
  const lines = [
    'flowchart TB',
    ...view.classes.map(({ name }, position) => `  c${position}["${label(name)}"]`),
    ...edges.map((edge) => edgeLine(edge, back.has(edge))),
    ...(red.length === 0 ? [] : [`  linkStyle ${red.join(',')} stroke:#dc2626,stroke-width:3px;`]),
    ...(green.length === 0 ? [] : [`  linkStyle ${green.join(',')} stroke:#15803d;`]),
  ];
  return `${lines.join('\n')}\n`;
}

function edgeLine({ from, to, modes }: OrderEdge, isBack: boolean): string {
  const text = modes === '' || modes === 'EN' ? '' : `|"${label(modes)}"|`;
  return `  c${from} ${isBack ? '-.->' : '-->'}${text} c${to}`;
}

/** Mermaid's entities are written with `#`; nothing else in a quoted text has a meaning but quotes and markup. */
function label(text: string): string {
  return printable(text).replaceAll(/[#"<>&`\\;]/g, (character) => `#${character.codePointAt(0)};`);
}
