import { LockKey, Validator } from '@lockdep/core';
import { renderSummary } from '@lockdep/report';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filemap, graphOf } from './example-graphs.ts';
import { circular } from './example-reports.ts';

interface Tree {
  /** Printed parent-child pairs, references included. */
  readonly steps: readonly (readonly [string, string])[];
  /** How often each class is printed with its subtree (not as a reference). */
  readonly lines: readonly string[];
}

/** Reads the indented tree back. */
function readTree(text: string): Tree {
  const lines = text.slice(text.indexOf('Hierarchy')).split('\n').slice(1);
  const path: string[] = [];
  const steps: [string, string][] = [];
  const names: string[] = [];
  for (const line of lines) {
    if (line === '') break;
    const match = /^( *)->(\S+)/.exec(line);
    if (match === null) continue;
    const depth = match[1]!.length / 2;
    path.length = depth;
    if (depth > 0) steps.push([path[depth - 1]!, match[2]!]);
    path.push(match[2]!);
    names.push(match[2]!);
  }
  return { steps, lines: names };
}

function closure(pairs: readonly (readonly [string, string])[]): Set<string> {
  const inner = new Map<string, Set<string>>();
  for (const [from, to] of pairs) inner.set(from, (inner.get(from) ?? new Set()).add(to));
  const reached = new Set<string>();
  for (const start of inner.keys()) {
    const queue = [...inner.get(start)!];
    for (const node of queue) {
      if (reached.has(`${start} ${node}`)) continue;
      reached.add(`${start} ${node}`);
      queue.push(...(inner.get(node) ?? []));
    }
  }
  return reached;
}

describe('golden summaries', () => {
  test('the order in the head of mm/filemap.c', async () => {
    await expect(renderSummary(filemap, [], { chains: 9 })).toMatchFileSnapshot('fixtures/summary-filemap.txt');
  });

  test('with an inversion, a harmless circle, a class nested in itself and one alone', async () => {
    const graph = filemap.copy();
    graph.addDirectedEdge('lock_page', 'mmap_lock', { modes: 'EN', back: true });
    graph.addDirectedEdge('swap_lock', 'private_lock', { modes: 'SR', back: true });
    graph.addDirectedEdge('swap_lock', 'swap_lock', { modes: 'SR', back: true });
    graph.addNode('inode_hash_lock');
    const report = circular(['lock_page', 'mmap_lock', 'invalidate_lock']);
    await expect(renderSummary(graph, [report])).toMatchFileSnapshot('fixtures/summary-inversion.txt');
  });

  test('around two classes: the way between them is told, whatever lies there', async () => {
    const options = { around: ['i_rwsem', 'i_pages_lock'], neighbours: false };
    await expect(renderSummary(filemap, [], options)).toMatchFileSnapshot('fixtures/summary-around.txt');
  });

  test('around a class: what is directly next to it', () => {
    const text = renderSummary(filemap, [], { around: ['lock_page'] });
    expect(text).toContain('11 classes, 15 dependencies; 2 shown');
    expect(readTree(text).lines).toEqual(['invalidate_lock', 'lock_page']);
  });

  test('a base name stands for all classes of that name', () => {
    const graph = graphOf([
      ['key#2', 'key#2/1'],
      ['other', 'key'],
      ['key#2/1', 'leaf'],
    ]);
    const text = renderSummary(graph, [], { around: ['key'], neighbours: false });
    expect(readTree(text).lines).toEqual(['key#2', 'key#2/1', 'key']);
  });

  test('an empty graph', () => {
    expect(renderSummary(graphOf([]))).toContain('Lock order: 0 classes, 0 dependencies');
  });
});

describe('circles', () => {
  test('unmarked ones are cut at the dependency a report calls new', () => {
    const graph = graphOf([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ]);
    const text = renderSummary(graph, [circular(['b', 'c', 'a'])]);
    expect(readTree(text).steps).toEqual([
      ['c', 'a'],
      ['a', 'b'],
    ]);
    expect(text).toContain('    !!c  <-- inversion 1');
    expect(text).toContain('Inversions: 1\n  1. b --> c --> a --> b\n');
  });

  test('a report whose classes are gone is still told', () => {
    const text = renderSummary(graphOf([['x', 'y']]), [circular(['a', 'b'])]);
    expect(text).toContain('  1. a --> b --> a');
  });

  test('names like those of Object.prototype are ordinary', () => {
    const graph = graphOf([
      ['constructor', 'toString'],
      ['toString', '__proto__'],
      ['__proto__', 'constructor', { back: true }],
    ]);
    const { steps } = readTree(renderSummary(graph));
    expect(steps).toEqual([
      ['constructor', 'toString'],
      ['toString', '__proto__'],
    ]);
  });

  test('a live validator: its inversion is marked, its ranks are ours', () => {
    const validator = new Validator();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => validator.lock(new LockKey({ name })));
    const task = validator.task('main');
    for (const [outer, inner] of [
      [a, b],
      [b, c],
      [c, a],
    ] as const) {
      validator.acquire(task, outer!);
      validator.acquire(task, inner!);
      validator.release(task, inner!);
      validator.release(task, outer!);
    }
    const text = renderSummary(validator.graph(), validator.reports);
    expect(text).toContain('Lock order: 3 classes, 3 dependencies');
    expect(text).toContain('  1. c --> a --> b --> c');
    expect(text).toMatch(/^ {4}->c {2}\(.*\)\n {6}!!a {2}<-- inversion 1/m);
    validator.graph().forEachNode((name, { rank }) => expect(text).toContain(`   ${rank}: ${name}`));
  });
});

test('any graph: every class is in the tree, and the tree says exactly the order', () => {
  const size = fc.integer({ min: 1, max: 14 });
  const random = size.chain((count) =>
    fc.tuple(
      fc.constant(count),
      fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1), fc.boolean()), { maxLength: 40 }),
    ),
  );
  fc.assert(
    fc.property(random, ([count, pairs]) => {
      // Ascending pairs are the order; descending ones are marked as back edges, or left for the renderer to find.
      const name = (index: number): string => `L${index}`;
      const ascending = pairs.filter(([from, to]) => from < to).map(([from, to]) => [name(from), name(to)] as const);
      const descending = pairs
        .filter(([from, to]) => from > to)
        .map(([from, to]) => [name(from), name(to), { back: true }] as const);
      const names = Array.from({ length: count }, (_, index) => name(index));
      const text = renderSummary(graphOf([...ascending, ...descending], names));
      const tree = readTree(text);
      expect(new Set(tree.lines)).toEqual(new Set(names));
      expect(closure(tree.steps)).toEqual(closure(ascending));
      expect(text).toBe(
        renderSummary(graphOf([...descending.toReversed(), ...ascending.toReversed()], names.toReversed())),
      );
    }),
    { numRuns: 200 },
  );
});

test('any graph with unmarked circles: still a tree with every class, and nothing is lost', () => {
  const random = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 40 });
  fc.assert(
    fc.property(random, (pairs) => {
      const edges = pairs.filter(([from, to]) => from !== to).map(([from, to]) => [`L${from}`, `L${to}`] as const);
      const graph = graphOf(edges, ['L0']);
      const text = renderSummary(graph);
      const { steps, lines } = readTree(text);
      expect(new Set(lines)).toEqual(new Set(graph.nodes()));
      const order = closure(steps);
      for (const name of graph.nodes()) expect(order.has(`${name} ${name}`)).toBe(false);
      const back = [...text.matchAll(/^ *!!(\S+)/gm)];
      const kept = graph.filterDirectedEdges((_edge, _attributes, from, to) => order.has(`${from} ${to}`));
      expect(kept.length + back.length).toBe(graph.directedSize);
    }),
    { numRuns: 200 },
  );
});
