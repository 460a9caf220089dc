/**
 * The learned order as a graphology graph: what people look at, query and render. The engine itself never runs on it.
 *
 * Ranks are graphology-dag's topological generations of the ascending edges (back edges, which close a reported or a
 * harmless circle, are marked and left out of the ranking). `willCreateCycle` and `hasCycle` of that package are never
 * called: the first has no visited set, the second mislabels nodes named like Object.prototype keys.
 */
import { DirectedGraph } from 'graphology';
import { forEachTopologicalGeneration } from 'graphology-dag';
import { dependencyNames } from './dependency.ts';
import type { Engine } from './engine.ts';
import type { Site } from './report.ts';
import { plainSite } from './site.ts';
import { usageCharacters } from './usage.ts';

/** What a node of {@link OrderView} carries. */
export interface ClassAttributes {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly subclass: number;
  readonly usage: string;
  /** Generation in the order: 0 is outermost. */
  rank: number;
}

/** What an edge of {@link OrderView} carries. */
export interface DependencyAttributes {
  /** Strengths seen, strongest first: `EN,SR`. */
  readonly modes: string;
  /** Held entries between the two, at the least; 1 is adjacent. */
  readonly distance: number;
  /** True when it closes a circle and is kept outside the order. */
  readonly back: boolean;
  readonly task: string;
  readonly outerSite: Site;
  readonly innerSite: Site;
}

/** The learned order as a graphology graph: classes by id, and what was taken under what. */
export type OrderView = DirectedGraph<ClassAttributes, DependencyAttributes>;

/** Builds the view: O(classes + dependencies). Node keys are the display names, which are unique (`class constructor` for a class named like an object's key). */
export function graphView(engine: Engine): OrderView {
  const graph: OrderView = new DirectedGraph();
  const ordered = new DirectedGraph();
  const names: string[] = [];
  for (const lockClass of engine.classes.classes) {
    if (lockClass === undefined) continue;
    const { id, key, name, subclass } = lockClass;
    // graphology keeps neighbours in plain objects, so a node must not be named like a key of theirs.
    const node = name in Object.prototype ? `class ${name}` : name;
    names[id] = node;
    const usage = usageCharacters(engine.classes.usage[id]!, engine.contexts);
    graph.addNode(node, { id, name, kind: key.kind, subclass, usage, rank: 0 });
    ordered.addNode(node);
  }
  const { order } = engine;
  for (const edge of order.edges()) {
    const from = names[order.from[edge]!]!;
    const to = names[order.to[edge]!]!;
    const seen = engine.evidence.of(edge)[0];
    const back = order.isBack(edge);
    graph.addDirectedEdge(from, to, {
      modes: dependencyNames(order.bits[edge]!),
      distance: order.distance[edge]!,
      back,
      task: seen?.task ?? '',
      outerSite: plainSite(seen?.outerSite),
      innerSite: plainSite(seen?.innerSite),
    });
    if (!back) ordered.addDirectedEdge(from, to);
  }
  let rank = 0;
  forEachTopologicalGeneration(ordered, (generation) => {
    for (const name of generation) graph.setNodeAttribute(name, 'rank', rank);
    rank += 1;
  });
  return graph;
}
