import { LockKey, type Report, Validator } from '@lockdep/core';
import { FULL_LIMIT, RenderError, renderDot, renderSvg } from '@lockdep/report';
import { instance } from '@viz-js/viz';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filemap, graphOf } from './example-graphs.ts';
import { circular, examples } from './example-reports.ts';

interface DrawnNode {
  readonly name: string;
  readonly label: string;
  readonly shape: string;
  readonly pos: string;
  readonly color: string;
}

interface Drawn {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly color: string;
    readonly penwidth?: string;
    readonly label?: string;
  }[];
}

const viz = await instance();

/** Has Graphviz read the text, and gives back what it understood; labels unescaped as Graphviz shows them. */
function readDot(dot: string): Drawn {
  const result = viz.render(dot, { format: 'json' });
  if (result.status === 'failure') throw new Error(result.errors.map((error) => error.message).join('; '));
  const { objects = [], edges = [] } = JSON.parse(result.output);
  const nodes = objects.filter((object: { nodes?: unknown }) => object.nodes === undefined);
  const shown = (label: string): string =>
    label.replaceAll('&amp;', '&').replaceAll(/\\(.)/g, (_, next) => (next === 'n' ? '\n' : next));
  const byId = new Map(objects.map((object: { _gvid: number; label: string }) => [object._gvid, object]));
  const name = (id: number): string => shown((byId.get(id) as DrawnNode).label).split('\n')[0]!;
  return {
    nodes: nodes.map((node: DrawnNode) => ({ ...node, label: shown(node.label) })),
    edges: edges.map((edge: { tail: number; head: number }) => ({
      ...edge,
      from: name(edge.tail),
      to: name(edge.head),
    })),
  };
}

describe('renderDot', () => {
  test('the order in the head of mm/filemap.c, with an inversion', async () => {
    const graph = filemap.copy();
    graph.addDirectedEdge('lock_page', 'mmap_lock', { modes: 'EN,SR', back: true });
    graph.addDirectedEdge('swap_lock', 'private_lock', { modes: 'SR', back: true });
    const dot = renderDot(graph, { reports: [circular(['lock_page', 'mmap_lock', 'invalidate_lock'])] });
    await expect(dot).toMatchFileSnapshot('fixtures/filemap.dot');
    const { nodes, edges } = readDot(dot);
    expect(nodes).toHaveLength(graph.order);
    expect(edges).toHaveLength(graph.size);
    const red = edges.filter((edge) => edge.color === '#dc2626').map(({ from, to }) => `${from} ${to}`);
    expect(red.toSorted()).toEqual(['invalidate_lock lock_page', 'lock_page mmap_lock', 'mmap_lock invalidate_lock']);
  });

  test('both directions of a two-class inversion are red', () => {
    const validator = new Validator();
    const [a, b] = ['a', 'b'].map((name) => validator.lock(new LockKey({ name })));
    const task = validator.task('main');
    for (const [outer, inner] of [
      [a, b],
      [b, a],
    ] as const) {
      validator.acquire(task, outer!);
      validator.acquire(task, inner!);
      validator.release(task, inner!);
      validator.release(task, outer!);
    }
    const { edges } = readDot(renderDot(validator.graph(), { reports: validator.reports }));
    expect(edges.map(({ from, to, color }) => [from, to, color])).toEqual([
      ['a', 'b', '#dc2626'],
      ['b', 'a', '#dc2626'],
    ]);
  });

  test('a confirmed circle is thicker and says deadlock; a refuted one is green, dashed, and its classes stand out no more', () => {
    const graph = graphOf([
      ['lab_a', 'lab_b'],
      ['lab_b', 'lab_a', { back: true }],
    ]);
    const draw = (...reports: readonly Report[]) => readDot(renderDot(graph, { reports }));
    const [confirmed, refuted] = [examples['circular-confirmed']!, examples['circular-refuted']!];
    const looks = ({ edges }: Drawn) => edges.map(({ label = '', color, penwidth = '1' }) => [label, color, penwidth]);
    expect(looks(draw(confirmed))).toEqual([
      ['', '#dc2626', '3'],
      ['deadlock', '#dc2626', '3'],
    ]);
    expect(looks(draw(refuted))).toEqual([
      ['', '#15803d', '1'],
      ['refuted', '#15803d', '1'],
    ]);
    expect(draw(refuted).nodes.every(({ color }) => color !== '#dc2626')).toBe(true);
    expect(draw(confirmed).nodes.every(({ color }) => color === '#dc2626')).toBe(true);
    // What one report refutes, another may still say of the same dependencies.
    expect(looks(draw(refuted, circular(['lab_b', 'lab_a'])))).toEqual([
      ['', '#dc2626', '2'],
      ['inversion', '#dc2626', '2'],
    ]);
    expect(renderDot(graph, { reports: [confirmed] })).toContain('1 inversion (1 confirmed)');
    expect(renderDot(graph, { reports: [refuted] })).toContain('0 inversions, 1 refuted');
  });

  test('a reported dependency the graph has no more is drawn all the same', () => {
    const { edges } = readDot(renderDot(graphOf([['a', 'b']]), { reports: [circular(['b', 'a'])] }));
    expect(edges.map(({ from, to }) => [from, to])).toEqual([
      ['a', 'b'],
      ['b', 'a'],
    ]);
  });

  test('ranks are layers, from outermost down', () => {
    const { nodes } = readDot(renderDot(filemap));
    const height = new Map(nodes.map((node) => [node.label, Number(node.pos.split(',')[1])]));
    filemap.forEachDirectedEdge((_edge, _attributes, from, to) =>
      expect(height.get(from)).toBeGreaterThan(height.get(to)!),
    );
  });

  test('kinds of locks look different', () => {
    const graph = graphOf([['outer', 'inner']]);
    graph.setNodeAttribute('outer', 'kind', 'rwsem');
    graph.setNodeAttribute('inner', 'kind', 'raw_spinlock');
    const { nodes } = readDot(renderDot(graph));
    expect(new Map(nodes.map((node) => [node.label, node.shape]))).toEqual(
      new Map([
        ['outer', 'box'],
        ['inner', 'ellipse'],
      ]),
    );
  });

  test('any class name survives', () => {
    const awkward = [
      '&sb->s_type->i_mutex_key#7',
      'q"uote',
      'back\\',
      '\\N\\n',
      '&amp;',
      '<b>',
      'a:b',
      '',
      '日本',
      '{x|y}',
      'constructor',
      '__proto__',
    ];
    const name = fc.oneof(
      fc.constantFrom(...awkward),
      fc.string({ unit: 'binary-ascii' }),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 6 }), (names) => {
        const graph = graphOf(names.slice(1).map((inner, index) => [names[index]!, inner] as const));
        const { nodes, edges } = readDot(renderDot(graph));
        expect(nodes).toHaveLength(names.length);
        expect(edges).toHaveLength(names.length - 1);
      }),
      { numRuns: 60 },
    );
    const { nodes } = readDot(renderDot(graphOf([], awkward)));
    expect(new Set(nodes.map((node) => node.label))).toEqual(new Set(awkward));
  });

  test('the same text in whatever order the graph was built', () => {
    const edges = filemap.mapDirectedEdges((_edge, _attributes, from, to) => [from, to] as const);
    expect(renderDot(graphOf(edges.toReversed()))).toBe(renderDot(graphOf(edges)));
  });
});

describe('focus', () => {
  const wide = graphOf(Array.from({ length: FULL_LIMIT }, (_, index) => ['hub', `leaf${index}`] as const));

  test('above the limit: the neighbourhood of the reports', () => {
    const graph = wide.copy();
    graph.addNode('x');
    graph.addNode('y');
    graph.addNode('z');
    graph.addDirectedEdge('x', 'y', { modes: 'EN' });
    graph.addDirectedEdge('y', 'x', { modes: 'EN', back: true });
    graph.addDirectedEdge('y', 'z', { modes: 'EN' });
    graph.addDirectedEdge('z', 'hub', { modes: 'EN' });
    const { nodes } = readDot(renderDot(graph, { reports: [circular(['y', 'x'])] }));
    expect(nodes.map((node) => node.label).toSorted()).toEqual(['x', 'y', 'z']);
  });

  test('of a hub only some neighbours are drawn', () => {
    const { nodes } = readDot(renderDot(wide, { focus: ['hub'] }));
    expect(nodes.length).toBeGreaterThan(2);
    expect(nodes.length).toBeLessThan(30);
    expect(readDot(renderDot(wide, { focus: 'all' })).nodes).toHaveLength(FULL_LIMIT + 1);
  });

  test('by base name, with what is next to it', () => {
    const graph = graphOf([
      ['a', 'key#2/1'],
      ['key', 'b'],
      ['b', 'c'],
    ]);
    const { nodes } = readDot(renderDot(graph, { focus: ['key'] }));
    expect(nodes.map((node) => node.label).toSorted()).toEqual(['a', 'b', 'key', 'key#2/1']);
  });

  test('a large graph without reports: what no other path implies', () => {
    const graph = wide.copy();
    graph.addNode('deep');
    graph.addNode('alone');
    graph.addDirectedEdge('leaf0', 'deep', { modes: 'EN' });
    graph.addDirectedEdge('hub', 'deep', { modes: 'EN' });
    const dot = renderDot(graph);
    expect(dot).toContain('"leaf0" -> "deep"');
    expect(dot).not.toContain('"hub" -> "deep"');
    expect(dot).not.toContain('"alone"');
  });
});

describe('renderSvg', () => {
  test('draws, and asks for the reader’s own typewriter font', async () => {
    const svg = await renderSvg(renderDot(filemap, { reports: [circular(['i_rwsem', 'mmap_lock'])] }));
    expect(svg).toContain('<svg');
    expect(svg.trimEnd().endsWith('</svg>')).toBe(true);
    for (const name of filemap.nodes()) expect(svg).toContain(`>${name}</text>`);
    expect(svg.match(/font-family="[^"]*"/g)!.every((font) => font === 'font-family="ui-monospace, monospace"')).toBe(
      true,
    );
  });

  test('says what is wrong with text that is not DOT', async () => {
    await expect(renderSvg('digraph {')).rejects.toThrow(RenderError);
    await expect(renderSvg('digraph {')).rejects.toThrow(/syntax error.*renderSvg takes DOT text/s);
  });
});

describe('for the page', () => {
  test('marks name classes and dependencies by position', () => {
    const dot = renderDot(graphOf([['b', 'a']]), { marks: true });
    expect(dot).toMatch(/"a" \[.*, class="c0"\];/);
    expect(dot).toMatch(/"b" -> "a" \[.*, class="e1_0"\];/);
    expect(renderDot(graphOf([['b', 'a']]))).not.toContain('class="');
  });

  test('reduced: nothing that others imply, unless a report needs it, and nobody alone', () => {
    const graph = graphOf(
      [
        ['a', 'b'],
        ['b', 'c'],
        ['a', 'c'],
        ['c', 'd'],
        ['a', 'd'],
      ],
      ['alone'],
    );
    const arrows = (text: string): string[] =>
      [...text.matchAll(/"(\w)" -> "(\w)"/g)].map(([, from, to]) => `${from}${to}`);
    const all = { focus: 'all', reduce: true } as const;
    expect(arrows(renderDot(graph, all))).toEqual(['ab', 'bc', 'cd']);
    expect(renderDot(graph, all)).not.toContain('"alone"');
    expect(arrows(renderDot(graph, { ...all, reports: [circular(['d', 'a'])] })).toSorted()).toEqual([
      'ab',
      'ad',
      'bc',
      'cd',
      'da',
    ]);
  });

  test('long names are cut in the middle of the label, not in the tooltip', () => {
    const name = `&${'x'.repeat(50)}->lock`;
    const dot = renderDot(graphOf([[name, 'b']]), { labelLimit: 20 });
    expect(dot).toContain('label="&amp;xxxxxxxx…xxxx->lock"');
    expect(dot).toContain(`tooltip="&amp;${'x'.repeat(50)}->lock, mutex, rank 0"`);
  });
});
