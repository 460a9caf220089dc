/**
 * The order graph against a model small enough to be obviously right: a list of edges and a search over all of them.
 *
 * After every operation the graph checks its own invariants and is compared with the model: which edges there are, and
 * that the order, the back edges aside, is one. (After the tests of Abseil's GraphCycles.)
 */
import { describe, expect, test } from 'vitest';
import { OrderGraph } from '../src/order-graph.ts';
import { SeededRandom } from './seeded-random.ts';

interface ModelEdge {
  readonly from: number;
  readonly to: number;
  readonly bits: number;
  readonly distance: number;
}

/** The edges that are there, as a list. */
class GraphModel {
  edges: ModelEdge[] = [];

  find(from: number, to: number): ModelEdge | undefined {
    return this.edges.find((edge) => edge.from === from && edge.to === to);
  }

  /** Is there a walk from one node to another, of no edge at the least? */
  reaches(from: number, to: number, edges: readonly ModelEdge[] = this.edges): boolean {
    const seen = new Set([from]);
    for (const node of seen) for (const edge of edges) if (edge.from === node) seen.add(edge.to);
    return seen.has(to);
  }
}

/** One graph, one model, the same operations on both. */
class Pair {
  readonly graph = new OrderGraph();
  readonly model = new GraphModel();
  readonly #random: SeededRandom;
  readonly #nodes: number;

  constructor(random: SeededRandom, nodes: number) {
    this.#random = random;
    this.#nodes = nodes;
  }

  step(): void {
    const from = this.#random.below(this.#nodes);
    const to = this.#random.below(this.#nodes);
    const dice = this.#random.next();
    if (dice < 0.06) this.#removeNode(from);
    else if (dice < 0.3) this.#find(from, to);
    else if (dice < 0.5) this.#mayClose(from, to);
    else this.#add(from, to);
  }

  #add(from: number, to: number): void {
    if (this.model.find(from, to) !== undefined) return;
    const bits = 1 + this.#random.below(15);
    const distance = 1 + this.#random.below(5);
    const ascending = [...this.graph.edges()]
      .filter((edge) => !this.graph.isBack(edge))
      .map((edge) => this.#ends(edge));
    const closes = this.model.reaches(to, from, ascending);
    const edge = this.graph.add(from, to, bits, distance);
    this.model.edges.push({ from, to, bits, distance });
    expect(this.graph.isBack(edge), `${from} → ${to} is a back edge`).toBe(closes);
  }

  #find(from: number, to: number): void {
    const edge = this.graph.find(from, to);
    const expected = this.model.find(from, to);
    expect(edge === -1 ? undefined : this.#ends(edge)).toEqual(expected);
  }

  /** Never false where a walk exists; exact in its claim that there is none. */
  #mayClose(from: number, to: number): void {
    const closes = this.model.reaches(to, from);
    const mayClose = this.graph.mayClose(from, to);
    if (closes) expect(mayClose, `${from} → ${to} closes a circle`).toBe(true);
  }

  #removeNode(node: number): void {
    const gone = this.model.edges.filter((edge) => edge.from === node || edge.to === node);
    const removed = this.graph.removeNode(node);
    expect(removed.map((edge) => pairOf(this.graph.from[edge]!, this.graph.to[edge]!)).sort()).toEqual(
      gone.map((edge) => pairOf(edge.from, edge.to)).sort(),
    );
    this.model.edges = this.model.edges.filter((edge) => !gone.includes(edge));
  }

  /** Everything the graph says of its edges, against the model: the list of all, and each node's lists in both directions. */
  compare(): void {
    const edges = [...this.graph.edges()].map((edge) => this.#ends(edge));
    expect(edges.sort(byEnds)).toEqual([...this.model.edges].sort(byEnds));
    expect(this.graph.edgeCount).toBe(this.model.edges.length);
    for (let node = 0; node < this.#nodes; node++) {
      // In the order of insertion: what is walked first is what was seen first.
      expect(this.#list(node, 'out')).toEqual(this.model.edges.filter((edge) => edge.from === node));
      expect(this.#list(node, 'in')).toEqual(this.model.edges.filter((edge) => edge.to === node));
    }
    expect(this.graph.backEdgeCount).toBe([...this.graph.edges()].filter((edge) => this.graph.isBack(edge)).length);
  }

  #list(node: number, direction: 'in' | 'out'): ModelEdge[] {
    const { graph } = this;
    const [first, next] = direction === 'out' ? [graph.firstOut, graph.nextOut] : [graph.firstIn, graph.nextIn];
    const edges: ModelEdge[] = [];
    for (let edge = first[node] ?? -1; edge !== -1; edge = next[edge]!) edges.push(this.#ends(edge));
    return edges;
  }

  #ends(edge: number): ModelEdge {
    const { graph } = this;
    return {
      from: graph.from[edge]!,
      to: graph.to[edge]!,
      bits: graph.bits[edge]!,
      distance: graph.distance[edge]!,
    };
  }
}

const pairOf = (from: number, to: number): string => `${from}→${to}`;
const byEnds = (a: ModelEdge, b: ModelEdge): number => a.from - b.from || a.to - b.to;

/** Runs `operations` on graphs of `nodes` nodes, `perGraph` each, and compares with the model every `every` operations. */
function campaign(operations: number, nodes: number, perGraph: number, every: number): number {
  let done = 0;
  for (let seed = 1; done < operations; seed++) {
    const pair = new Pair(new SeededRandom(seed), nodes);
    for (let step = 0; step < perGraph; step++) {
      try {
        pair.step();
        pair.graph.checkInvariants();
        if (step % every === 0) pair.compare();
      } catch (error) {
        throw new Error(`seed ${seed}, ${nodes} nodes, operation ${step}`, { cause: error });
      }
      done += 1;
    }
  }
  return done;
}

describe('the order graph against a list of edges', () => {
  test('80,000 operations on graphs of 6 nodes, where everything collides', () => {
    expect(campaign(80_000, 6, 60, 20)).toBeGreaterThanOrEqual(80_000);
  });

  test('15,000 operations on graphs of 20 nodes', () => {
    expect(campaign(15_000, 20, 300, 50)).toBeGreaterThanOrEqual(15_000);
  });

  test('5,000 operations on graphs of 200 nodes, so that every table grows', () => {
    expect(campaign(5_000, 200, 2_500, 500)).toBeGreaterThanOrEqual(5_000);
  });
});

describe('the order graph itself', () => {
  test('an edge against the order moves the fewest nodes, one that closes a circle moves none', () => {
    const graph = new OrderGraph();
    graph.add(0, 1, 8, 1);
    graph.add(2, 3, 8, 1);
    graph.add(3, 0, 8, 1); // 2 3 must now come before 0 1
    const before = [...graph.ranks.nodes()];
    expect(before).toEqual([2, 3, 0, 1]);
    const back = graph.add(1, 2, 8, 1);
    expect(graph.isBack(back)).toBe(true);
    expect([...graph.ranks.nodes()]).toEqual(before);
    graph.checkInvariants();
  });

  test('mayClose is exact while there is no back edge, and asks for a search as soon as there is one', () => {
    const graph = new OrderGraph();
    graph.add(0, 1, 8, 1);
    graph.add(1, 2, 8, 1);
    expect(graph.mayClose(0, 2)).toBe(false);
    expect(graph.mayClose(2, 0)).toBe(true);
    expect(graph.mayClose(1, 1)).toBe(true);
    graph.add(2, 0, 8, 1);
    expect(graph.mayClose(0, 2)).toBe(true);
    graph.removeNode(2);
    expect(graph.backEdgeCount).toBe(0);
    expect(graph.mayClose(0, 1)).toBe(false);
  });

  test('a removed node comes back without its past', () => {
    const graph = new OrderGraph();
    graph.add(0, 1, 8, 1);
    graph.add(1, 2, 8, 1);
    expect(graph.removeNode(1)).toHaveLength(2);
    expect(graph.edgeCount).toBe(0);
    expect(graph.find(0, 1)).toBe(-1);
    const edge = graph.add(2, 1, 4, 3); // the other way round: no longer a circle
    expect(graph.isBack(edge)).toBe(false);
    expect([graph.bits[edge], graph.distance[edge]]).toEqual([4, 3]);
    graph.checkInvariants();
  });

  test('removing what was never there removes nothing', () => {
    const graph = new OrderGraph();
    expect(graph.removeNode(3)).toEqual([]);
    expect(graph.removeNode(1_000_000)).toEqual([]);
    expect(graph.find(5, 6)).toBe(-1);
    graph.checkInvariants();
  });

  test('the highest source of a back edge bounds every search', () => {
    const graph = new OrderGraph();
    expect(graph.highestBackSource()).toBe(Number.NEGATIVE_INFINITY);
    graph.add(0, 1, 8, 1);
    graph.add(1, 2, 8, 1);
    graph.add(1, 0, 8, 1);
    expect(graph.highestBackSource()).toBe(graph.ranks.rank[1]);
    graph.add(2, 0, 8, 1);
    expect(graph.highestBackSource()).toBe(graph.ranks.rank[2]);
  });

  test('a self edge is a back edge and disturbs nothing', () => {
    const graph = new OrderGraph();
    const self = graph.add(0, 0, 1, 1);
    expect(graph.isBack(self)).toBe(true);
    expect(graph.removeNode(0)).toEqual([self]);
    graph.checkInvariants();
  });
});
