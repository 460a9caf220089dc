/**
 * Where the order is contradicted: each back edge with the shortest way round that closes its circle, and the report that
 * told of it, if any. A back edge without a report closes only circles that cannot block (readers), or was suppressed.
 */
import type { CircularReport, Report } from '@lockdep/core';
import { type LockOrder, type OrderEdge, successorsOf } from './lock-order.ts';

/** A contradiction of the order. */
export interface Inversion {
  /** The edge outside the order; null when the graph no longer has it. */
  readonly edge: OrderEdge | null;
  /** Class names around the circle, the first one repeated at the end. */
  readonly circle: readonly string[];
  readonly report: CircularReport | null;
}

/** Reported circles first, in the order of the reports; then unreported back edges by name. */
export function inversions(view: LockOrder, reports: readonly Report[]): Inversion[] {
  const edges = new Map(
    view.back.map((edge) => [edgeKey(view.classes[edge.from]!.name, view.classes[edge.to]!.name), edge]),
  );
  const found: Inversion[] = [];
  const told = new Set<OrderEdge>();
  for (const report of reports) {
    if (report.kind !== 'circular') continue;
    const names = report.cycle.map((hop) => hop.from.name);
    const back = report.cycle
      .map((hop) => edges.get(edgeKey(hop.from.name, hop.to.name)))
      .filter((edge) => edge !== undefined);
    for (const edge of back) told.add(edge);
    const fresh = report.cycle.find((hop) => hop.isNew) ?? report.cycle[0];
    const edge = fresh === undefined ? undefined : edges.get(edgeKey(fresh.from.name, fresh.to.name));
    found.push({ edge: edge ?? back[0] ?? null, circle: [...names, ...names.slice(0, 1)], report });
  }
  const successors = successorsOf(view.edges, view.classes.length);
  for (const edge of view.back) {
    if (told.has(edge)) continue;
    const circle = [edge.from, ...shortestPath(successors, edge.to, edge.from)];
    found.push({ edge, circle: circle.map((position) => view.classes[position]!.name), report: null });
  }
  return found;
}

/** The positions on a shortest path, both ends included; just the two ends when there is none. Breadth first. */
export function shortestPath(successors: readonly (readonly number[])[], from: number, to: number): number[] {
  const parent = new Map<number, number>([[from, from]]);
  const queue = [from];
  for (const node of queue) {
    if (node === to) break;
    for (const next of successors[node]!) {
      if (parent.has(next)) continue;
      parent.set(next, node);
      queue.push(next);
    }
  }
  if (!parent.has(to)) return [from, to];
  const path = [to];
  for (let node = to; node !== from; ) {
    node = parent.get(node)!;
    path.push(node);
  }
  return path.reverse();
}

function edgeKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}
