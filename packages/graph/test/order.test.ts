/** Declared orders: reading, ranking, and a learned graph against them. */
import { LockKey, Validator } from '@lockdep/core';
import { checkOrder, DeclaredOrder, mergeGraphs, parseOrder, type SavedGraph, saveGraph } from '@lockdep/graph';
import { describe, expect, test } from 'vitest';

function graphOf(...chains: readonly (readonly string[])[]): SavedGraph {
  const validator = new Validator({ sites: false });
  const keys = new Map<string, LockKey>();
  for (const chain of chains) {
    const task = validator.task('t');
    const locks = chain.map((name) => {
      const [, base = name, subclass = '0'] = /^(.+)\/([1-7])$/.exec(name) ?? [];
      if (!keys.has(base)) keys.set(base, new LockKey({ name: base }));
      const lock = validator.lock(keys.get(base)!, { subclass: Number(subclass) });
      validator.acquire(task, lock);
      return lock;
    });
    for (const lock of locks.reverse()) validator.release(task, lock);
  }
  return saveGraph(validator, { run: 'run' });
}

const pairs = (text: string): string[] => parseOrder(text, 'o').edges.map(({ outer, inner }) => `${outer} ${inner}`);

describe('the text form', () => {
  test.each([
    ['A < B < C, D < E', ['A B', 'B C', 'D E']],
    ['A<B<C', ['A B', 'B C']],
    ['# comment\nA < B # more\r\n\n  C < D  ', ['A B', 'C D']],
    ['A < B\nA < B', ['A B']],
    ['name#2/1 < &sb->s_type->i_mutex_key#9', []],
    ['"Map<K, V>" < "a # b", x < y', ['Map<K, V> a # b', 'x y']],
    ['A, B < C', ['B C']],
  ])('%j', (text, expected) => {
    if (expected.length > 0) expect(pairs(text)).toEqual(expected);
    else expect(pairs(text)).toEqual(['name#2/1 &sb->s_type->i_mutex_key#9']);
  });

  test('each edge knows its line; single names are classes', () => {
    const { edges, classes } = parseOrder('A < B\nC\nB < D', 'locks.order');
    expect(edges.map(({ where }) => where)).toEqual(['locks.order:1', 'locks.order:3']);
    expect(classes).toEqual(['A', 'B', 'C', 'D']);
  });
});

describe('the JSON form', () => {
  test('edges and nesting chains; no forbidden edges, no trylocks, no sequences', () => {
    const text = JSON.stringify({
      edges: [
        { outer: 'A', inner: 'B', where: 'doc', domain: 'mm' },
        { outer: 'B', inner: 'A', kind: 'forbidden' },
        { outer: 'B', inner: 'C', modes: 'trylock' },
      ],
      chains: [
        { order: ['A', 'B', 'D'], isNesting: true },
        { order: ['D', 'A'], isNesting: false },
      ],
      classes: [{ id: 'Z' }],
    });
    expect(pairs(text)).toEqual(['A B', 'B D']);
    expect(parseOrder(text, 'o').edges[0]).toEqual({ outer: 'A', inner: 'B', where: 'doc', domain: 'mm' });
    expect(parseOrder(text, 'o').classes).toEqual(['Z', 'A', 'B', 'D']);
  });
});

describe('ranks', () => {
  const order = new DeclaredOrder(parseOrder('A < B < C, X < C, A/1 < A\nA = alpha', 'o'));

  test.each([
    ['A', 'B', 'agrees'],
    ['A', 'C', 'agrees'],
    ['C', 'A', 'contradicts'],
    ['B', 'X', 'unordered'],
    ['A', 'unknown', 'unordered'],
    ['A#2', 'C/3', 'agrees'],
    ['A/1', 'A', 'agrees'],
    ['A', 'A/1', 'contradicts'],
    ['A', 'A#2', 'unordered'],
    ['C', 'alpha#3', 'contradicts'],
  ])('%s then %s %s', (outer, inner, rank) => {
    expect(order.rank(outer, inner)).toBe(rank);
  });

  test('the path is what a contradiction can quote', () => {
    expect(order.path('A/1', 'C')?.map(({ inner }) => inner)).toEqual(['A', 'B', 'C']);
    expect(order.path('C', 'A')).toBeNull();
  });
});

describe('a learned graph against a declaration', () => {
  const declared = parseOrder('A < B, B < C, D < E, F < G', 'locks.order');

  test('agreed, contradicted, never seen', () => {
    const { edges, unknown } = checkOrder(declared, graphOf(['A', 'x', 'B'], ['C', 'B'], ['D'], ['E']));
    expect(edges.map(({ outer, verdict }) => [outer, verdict])).toEqual([
      ['A', 'agreed'],
      ['B', 'contradicted'],
      ['D', 'never seen'],
      ['F', 'never seen'],
    ]);
    expect(edges[1]?.shownBy).toMatchObject([{ from: 'C', to: 'B', sightings: [{ run: 'run', task: 't' }] }]);
    expect(unknown).toEqual(['F', 'G']);
  });

  test('shown both ways round, an edge is contradicted', () => {
    const both = mergeGraphs([graphOf(['A', 'B']), graphOf(['B', 'A'])]);
    expect(checkOrder(declared, both).edges[0]?.verdict).toBe('contradicted');
  });

  test('learned and declared dependencies close circles together; learned ones alone are not of this check', () => {
    const { inversions, learned } = checkOrder(declared, graphOf(['C', 'A'], ['p', 'q'], ['q', 'p']));
    expect(inversions).toMatchObject([{ classes: ['A', 'B', 'C'], declared: 2, runs: ['run'], acrossRuns: false }]);
    expect(learned.filter(({ rank }) => rank === 'contradicts')).toMatchObject([
      { dependency: { from: 'C', to: 'A' } },
    ]);
  });

  test('a declaration is silent about what it orders when runs agree', () => {
    const { inversions, selfContradictions, learned } = checkOrder(declared, graphOf(['A', 'B', 'C'], ['D', 'E']));
    expect([inversions, selfContradictions]).toEqual([[], []]);
    expect(learned.every(({ rank }) => rank === 'agrees')).toBe(true);
  });

  test('a declaration that contradicts itself is told, once', () => {
    const found = checkOrder(parseOrder('A < B < C < A', 'o'), mergeGraphs([]));
    expect(found.selfContradictions).toMatchObject([{ classes: ['A', 'B', 'C'], declared: 3, runs: [] }]);
    expect(found.inversions).toEqual([]);
  });

  test('a name speaks for its subclasses', () => {
    const { edges, inversions } = checkOrder(declared, graphOf(['B/1', 'A/2']));
    expect(edges[0]).toMatchObject({ verdict: 'contradicted', shownBy: [{ from: 'B/1', to: 'A/2' }] });
    expect(inversions).toMatchObject([{ classes: ['A/2', 'B/1'], declared: 1 }]);
  });
});
