/**
 * The order of some classes as the fewest steps that say all of it: the transitive reduction of "leads to" among them. Steps
 * may lead over classes left out (`direct` is null then). Every class has one home: under its deepest parent.
 */
import type { LockOrder, OrderClass, OrderEdge } from './lock-order.ts';
import { Reachability } from './reachability.ts';

/** `to` is nested in `from`, with none of the chosen classes between them. */
export interface HierarchyStep {
  readonly from: number;
  readonly to: number;
  /** The dependency itself, or null when the order is known only through classes left out. */
  readonly direct: OrderEdge | null;
}

/** The reduced order of the chosen classes, by position in the view. */
export interface Hierarchy {
  /** The chosen classes, outermost first. */
  readonly members: readonly number[];
  /** Per class: the steps inwards, outermost target first. */
  readonly inner: ReadonlyMap<number, readonly HierarchyStep[]>;
  /** Per class: the parent it is shown under; none for the outermost. */
  readonly home: ReadonlyMap<number, number>;
}

/** Builds the hierarchy of the chosen classes (default: all). */
export function hierarchy(view: LockOrder, chosen?: ReadonlySet<number>): Hierarchy {
  const byRank = (a: number, b: number): number => view.classes[a]!.rank - view.classes[b]!.rank || a - b;
  const topological = view.classes.map((_, position) => position).toSorted(byRank);
  const reachability = new Reachability(topological, view.edges);
  const members = chosen === undefined ? topological : topological.filter((position) => chosen.has(position));
  const targets = chosen === undefined ? directTargets(view) : reachableTargets(members, reachability);
  const direct = new Map(view.edges.map((edge) => [key(edge.from, edge.to), edge]));
  const inner = new Map<number, HierarchyStep[]>();
  for (const from of members) {
    // Outermost first, so whatever lies between `from` and a candidate is under one that was kept before it.
    const nearest: number[] = [];
    for (const to of targets(from).toSorted(byRank)) {
      if (!nearest.some((between) => reachability.leads(between, to))) nearest.push(to);
    }
    inner.set(
      from,
      nearest.map((to) => ({ from, to, direct: direct.get(key(from, to)) ?? null })),
    );
  }
  return { members, inner, home: homes(members, inner, view.classes) };
}

/** A class name without what tells apart classes of one name and one key: `name#2/1` → `name`. */
export function baseName(name: string): string {
  return name.replace(/(?:#\d+)?(?:\/\d+)?$/, '');
}

function key(from: number, to: number): string {
  return `${from},${to}`;
}

function directTargets(view: LockOrder): (from: number) => number[] {
  const targets: number[][] = view.classes.map(() => []);
  for (const edge of view.edges) targets[edge.from]!.push(edge.to);
  return (from) => targets[from]!;
}

function reachableTargets(members: readonly number[], reachability: Reachability): (from: number) => number[] {
  return (from) => members.filter((to) => reachability.leads(from, to));
}

/** The deepest parent of each: the one of the highest rank, the first by name among equals. */
function homes(
  members: readonly number[],
  inner: ReadonlyMap<number, readonly HierarchyStep[]>,
  classes: readonly OrderClass[],
): Map<number, number> {
  const home = new Map<number, number>();
  for (const from of members) {
    for (const { to } of inner.get(from)!) {
      const known = home.get(to);
      if (known === undefined || classes[known]!.rank < classes[from]!.rank) home.set(to, from);
    }
  }
  return home;
}
