/**
 * The lock order as GraphML, for Gephi, yEd, Cytoscape and networkx: classes with kind, usage and rank; dependencies with
 * modes, count, distance, task, both places, what they are to the order, and to which circle they belong: one that is
 * reported, confirmed or refuted. The text is the same for the same graph.
 */
import type { Report } from '@lockdep/core';
import type { DirectedGraph } from 'graphology';
import { circlePairs, pairKey } from '../graph/circle-pairs.ts';
import { lockOrder, type OrderEdge } from '../graph/lock-order.ts';
import { frameText } from '../text/notation.ts';
import { textStyle } from '../text/text-style.ts';
import { xmlText } from './xml-text.ts';

/** Options of {@link renderGraphml}. */
export interface GraphmlOptions {
  /** They help to tell the order from what contradicts it. */
  readonly reports?: readonly Report[];
  /** A folder to leave out of file names. */
  readonly root?: string;
}

const KEYS: readonly (readonly [id: string, owner: 'node' | 'edge', type: string])[] = [
  ['name', 'node', 'string'],
  ['kind', 'node', 'string'],
  ['usage', 'node', 'string'],
  ['rank', 'node', 'int'],
  ['modes', 'edge', 'string'],
  ['count', 'edge', 'int'],
  ['distance', 'edge', 'int'],
  ['task', 'edge', 'string'],
  ['outer', 'edge', 'string'],
  ['inner', 'edge', 'string'],
  ['back', 'edge', 'boolean'],
  ['circle', 'edge', 'string'],
];

/** Renders a graph as GraphML. */
export function renderGraphml(graph: DirectedGraph, options: GraphmlOptions = {}): string {
  const view = lockOrder(graph, options.reports ?? []);
  const style = textStyle(options);
  const back = new Set(view.back);
  const circles = circlePairs(view, options.reports ?? []);
  const place = (site: OrderEdge['outerSite']): string =>
    (site?.frames ?? []).map((frame) => frameText(frame, style)).join(' < ');
  const edge = (one: OrderEdge): string => {
    const data = {
      ...one,
      outer: place(one.outerSite),
      inner: place(one.innerSite),
      back: back.has(one),
      circle: circles.get(pairKey(one.from, one.to)) ?? '',
    };
    return `    <edge source="c${one.from}" target="c${one.to}">${values('edge', data)}</edge>`;
  };
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...KEYS.map(
      ([id, owner, type]) => `  <key id="${owner}-${id}" for="${owner}" attr.name="${id}" attr.type="${type}"/>`,
    ),
    '  <graph id="lock-order" edgedefault="directed">',
    ...view.classes.map((node, position) => `    <node id="c${position}">${values('node', { ...node })}</node>`),
    ...[...view.edges, ...view.back, ...view.self].map(edge),
    '  </graph>',
    '</graphml>',
  ];
  return `${lines.join('\n')}\n`;
}

/** What is empty is left out. */
function values(owner: 'node' | 'edge', data: Readonly<Record<string, unknown>>): string {
  return KEYS.filter(([id, of]) => of === owner && data[id] !== '')
    .map(([id]) => `<data key="${owner}-${id}">${xmlText(String(data[id]))}</data>`)
    .join('');
}
