/**
 * The strong-path search against an exhaustive one: every typed edge (exclusive or shared held, recursive reader wanted or
 * not) by itself, every walk, no cleverness.
 */
import { describe, expect, test } from 'vitest';
import {
  BLOCKING_INNER,
  dependencyBit,
  dependencyNames,
  EN,
  ER,
  reversed,
  SHARED_OUTER,
  SN,
  SR,
} from '../src/dependency.ts';
import { READ, RECURSIVE_READ, TRYLOCK, WRITE } from '../src/mode.ts';
import { OrderGraph } from '../src/order-graph.ts';
import { StrongPathSearch } from '../src/strong-path.ts';
import { SeededRandom } from './seeded-random.ts';

/** One strength of one edge. */
interface TypedEdge {
  readonly from: number;
  readonly to: number;
  readonly heldShared: boolean;
  readonly wantRecursive: boolean;
}

interface RandomGraph {
  readonly order: OrderGraph;
  readonly typed: readonly TypedEdge[];
  readonly nodes: number;
}

function randomGraph(random: SeededRandom): RandomGraph {
  const nodes = 2 + random.below(6);
  const order = new OrderGraph();
  const typed: TypedEdge[] = [];
  // Mostly two strengths: with all four bits everywhere nearly every path is strong.
  const strengths = random.pick([
    [SR, ER, SN, EN],
    [SR, ER],
    [ER, SN],
    [ER, SN, ER | SN],
    [SR, ER, SN, EN, SR | ER, SR | SN, 15],
  ]);
  for (let edges = random.below(nodes * 3); edges > 0; edges--) {
    const from = random.below(nodes);
    const to = random.below(nodes);
    if (order.find(from, to) >= 0) continue;
    const bits = random.pick(strengths);
    order.add(from, to, bits, 1);
    for (const bit of [SR, ER, SN, EN]) {
      if ((bits & bit) === 0) continue;
      typed.push({ from, to, heldShared: (bit & SHARED_OUTER) !== 0, wantRecursive: (bit & BLOCKING_INNER) === 0 });
    }
  }
  return { order, typed, nodes };
}

/** A recursive reader is not blocked by readers: that joint does not hold. */
const strongJoint = (wantRecursive: boolean, heldShared: boolean): boolean => !(wantRecursive && heldShared);

/**
 * The fewest edges of a strong walk from `from`, entered as said, to `to`, left as said; −1 when there is none. Walks are
 * grown by one edge in every possible way; with n edges in all, no shortest walk has more than n.
 */
function shortestStrongWalk(
  typed: readonly TypedEdge[],
  from: number,
  enteredRecursive: boolean,
  to: number,
  leftShared: boolean,
): number {
  if (from === to && strongJoint(enteredRecursive, leftShared)) return 0;
  let ends = typed.filter((edge) => edge.from === from && strongJoint(enteredRecursive, edge.heldShared));
  for (let length = 1; length <= typed.length; length++) {
    if (ends.some((edge) => edge.to === to && strongJoint(edge.wantRecursive, leftShared))) return length;
    ends = typed.filter((next) =>
      ends.some((last) => last.to === next.from && strongJoint(last.wantRecursive, next.heldShared)),
    );
  }
  return -1;
}

/** Are these edges, in the order of the dependencies, one strong walk from `from` to `to`? */
function isStrongWalk(
  { order }: RandomGraph,
  edges: readonly number[],
  [from, enteredRecursive]: readonly [number, boolean],
  [to, leftShared]: readonly [number, boolean],
): boolean {
  let at = from;
  let arrivals = [enteredRecursive];
  for (const edge of edges) {
    if (order.from[edge] !== at) return false;
    const bits = order.bits[edge]!;
    const kinds = [SR, ER, SN, EN].filter((bit) => (bits & bit) !== 0);
    const passable = kinds.filter((bit) => arrivals.some((wanted) => strongJoint(wanted, (bit & SHARED_OUTER) !== 0)));
    arrivals = passable.map((bit) => (bit & BLOCKING_INNER) === 0);
    at = order.to[edge]!;
  }
  return at === to && arrivals.some((wanted) => strongJoint(wanted, leftShared));
}

/** Runs `check` on random graphs with random end points; a failure names the seed. */
function forRandomSearches(
  graphs: number,
  check: (graph: RandomGraph, root: number, target: number, entered: boolean, left: boolean) => void,
): void {
  for (let seed = 1; seed <= graphs; seed++) {
    const random = new SeededRandom(seed);
    const graph = randomGraph(random);
    for (let search = 0; search < 4; search++) {
      const root = random.below(graph.nodes);
      const target = random.below(graph.nodes);
      try {
        check(graph, root, target, random.chance(0.5), random.chance(0.5));
      } catch (error) {
        throw new Error(`seed ${seed}, search ${search}: ${root} to ${target}`, { cause: error });
      }
    }
  }
}

describe('exact mode against all walks', () => {
  test('forwards: finds a strong path whenever there is one, and a shortest', () => {
    let found = 0;
    forRandomSearches(4_000, (graph, root, target, entered, leftShared) => {
      const expected = shortestStrongWalk(graph.typed, root, entered, target, leftShared);
      const search = new StrongPathSearch(graph.order, true);
      const edges = search.find(root, entered, (node, onlyXr) => node === target && !(onlyXr && leftShared));
      expect(edges?.length ?? -1).toBe(expected);
      if (edges === null) return;
      found += 1;
      expect(isStrongWalk(graph, edges, [root, entered], [target, leftShared])).toBe(true);
    });
    expect(found).toBeGreaterThan(3_000);
  });

  test('backwards: the same paths, walked from their end', () => {
    let found = 0;
    forRandomSearches(4_000, (graph, root, target, leftShared, entered) => {
      const expected = shortestStrongWalk(graph.typed, target, entered, root, leftShared);
      const search = new StrongPathSearch(graph.order, true);
      const edges = search.find(root, leftShared, (node, shared) => node === target && !(entered && shared), {
        backward: true,
      });
      expect(edges?.length ?? -1).toBe(expected);
      if (edges === null) return;
      found += 1;
      expect(isStrongWalk(graph, [...edges].reverse(), [target, entered], [root, leftShared])).toBe(true);
    });
    expect(found).toBeGreaterThan(3_000);
  });

  test('skipped classes are neither matched nor walked through', () => {
    forRandomSearches(4_000, (graph, root, target, entered, leftShared) => {
      const skipped = (root + target) % graph.nodes;
      const typed = graph.typed.filter((edge) => edge.from !== skipped && edge.to !== skipped);
      const expected =
        root === skipped || target === skipped ? -1 : shortestStrongWalk(typed, root, entered, target, leftShared);
      const search = new StrongPathSearch(graph.order, true);
      const edges = search.find(root, entered, (node, onlyXr) => node === target && !(onlyXr && leftShared), {
        skip: (node) => node === skipped,
      });
      expect(edges?.length ?? -1).toBe(expected);
    });
  });

  test('no class that ranks beyond the target and every back edge is needed', () => {
    forRandomSearches(4_000, (graph, root, target, entered, leftShared) => {
      const { order } = graph;
      if (root >= order.ranks.size || target >= order.ranks.size) return;
      const search = new StrongPathSearch(order, true);
      const match = (node: number, onlyXr: boolean): boolean => node === target && !(onlyXr && leftShared);
      const maxRank = Math.max(order.ranks.rank[target]!, order.highestBackSource());
      const all = search.find(root, entered, match);
      expect(search.find(root, entered, match, { maxRank })?.length).toBe(all?.length);
    });
  });

  test('one search object serves many searches', () => {
    const graph = randomGraph(new SeededRandom(7));
    const search = new StrongPathSearch(graph.order, true);
    for (let round = 0; round < 200; round++) {
      const root = round % graph.nodes;
      const target = (round * 3) % graph.nodes;
      const edges = search.find(root, false, (node) => node === target);
      expect(edges?.length ?? -1).toBe(shortestStrongWalk(graph.typed, root, false, target, false));
    }
  });
});

describe('kernel mode', () => {
  /** 0 leads weakly to 1, and strongly over 2; only a strong arrival goes on from 1 to 3. */
  function weakFirst(): OrderGraph {
    const order = new OrderGraph();
    order.add(0, 1, ER, 1);
    order.add(0, 2, EN, 1);
    order.add(2, 1, EN, 1);
    order.add(1, 3, SN, 1);
    return order;
  }

  test('misses a path through a class first met over a weak one: each class is visited once', () => {
    const order = weakFirst();
    const to3 = (node: number): boolean => node === 3;
    expect(new StrongPathSearch(order, false).find(0, false, to3)).toBeNull();
    const exact = new StrongPathSearch(order, true).find(0, false, to3)!;
    expect(exact.map((edge) => order.to[edge])).toEqual([2, 1, 3]);
  });

  test('marks a class even when the edge to it does not hold', () => {
    const order = new OrderGraph();
    order.add(0, 1, ER, 1);
    order.add(1, 3, SN, 1); // does not hold after the recursive reader, but 3 is marked
    order.add(0, 2, EN, 1);
    order.add(2, 4, EN, 1);
    order.add(4, 3, EN, 1);
    const to3 = (node: number): boolean => node === 3;
    expect(new StrongPathSearch(order, false).find(0, false, to3)).toBeNull();
    expect(new StrongPathSearch(order, true).find(0, false, to3)).toHaveLength(3);
  });

  test('whatever it finds is a strong path, and without recursive readers it misses nothing', () => {
    let missed = 0;
    forRandomSearches(4_000, (graph, root, target, entered, leftShared) => {
      const match = (node: number, onlyXr: boolean): boolean => node === target && !(onlyXr && leftShared);
      const kernel = new StrongPathSearch(graph.order, false).find(root, entered, match);
      const exact = new StrongPathSearch(graph.order, true).find(root, entered, match);
      if (kernel !== null) expect(isStrongWalk(graph, kernel, [root, entered], [target, leftShared])).toBe(true);
      const readers = entered || graph.typed.some((edge) => edge.wantRecursive);
      if (!readers) expect(kernel?.length).toBe(exact?.length);
      if (kernel === null && exact !== null) missed += 1;
    });
    expect(missed).toBeGreaterThan(0);
  });
});

describe('strengths', () => {
  test('what a held lock blocks depends on exclusive or shared, what a wanted one is blocked by on recursive or not', () => {
    const bits = [WRITE, READ, RECURSIVE_READ].map((held) =>
      [WRITE, READ, RECURSIVE_READ].map((wanted) => dependencyNames(dependencyBit(held, wanted))),
    );
    expect(bits).toEqual([
      ['EN', 'EN', 'ER'],
      ['SN', 'SN', 'SR'],
      ['SN', 'SN', 'SR'],
    ]);
    expect(dependencyBit(WRITE | TRYLOCK, READ)).toBe(EN);
  });

  test('seen from the other end ER and SN change places', () => {
    expect([SR, ER, SN, EN].map((bit) => reversed(bit))).toEqual([SR, SN, ER, EN]);
    for (let bits = 0; bits < 16; bits++) expect(reversed(reversed(bits))).toBe(bits);
  });
});
