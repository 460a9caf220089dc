import { renderHtml } from '@lockdep/report';
import { describe, expect, test } from 'vitest';
import { graphOf } from './example-graphs.ts';
import { examplePage, layered } from './example-page.ts';
import { circular, examples, jsSite } from './example-reports.ts';

const page = await renderHtml(examplePage());

function dataOf(text: string): { classes: [string][]; edges: number[][]; texts: string[] } {
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)![1]!);
}

describe('the HTML page', () => {
  test('thirty classes with statistics and five reports stay within 150 kB', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(150_000);
  });

  test('loads nothing, and forbids itself to', () => {
    expect(page).not.toMatch(
      /<(?:link|img|iframe|object|embed|base)\b|@import|url\(|\bfetch\(|XMLHttpRequest|\beval\b/,
    );
    expect(page).not.toMatch(/\s(?:src|href|srcset|xlink:href|action)="(?!#)/);
    expect(page).not.toMatch(/\son\w+="/);
    expect(page).toContain('default-src &#39;none&#39;');
  });

  test('the same input gives the same text, and no path above the root', async () => {
    expect(await renderHtml(examplePage())).toBe(page);
    expect(page).toContain('writePages (src/writeback.ts:3:9)');
    expect(page).not.toContain('/project/src/writeback.ts');
  });

  test('every tag that opens closes, ids are unique, links have a target', () => {
    const open: string[] = [];
    const markup = page.replaceAll(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '');
    for (const [, slash, name, rest] of markup.matchAll(/<(\/?)([a-z][a-zA-Z\d]*)((?:"[^"]*"|[^>"])*)>/g)) {
      if (slash === '/') expect(open.pop()).toBe(name);
      else if (!rest!.endsWith('/') && !['meta', 'input'].includes(name!)) open.push(name!);
    }
    expect(open).toEqual([]);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of markup.matchAll(/ href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  test('the data says what the graph says', () => {
    const { graph } = examplePage();
    const { classes, edges } = dataOf(page);
    const shown = edges.map(([from, to]) => [classes[from!]![0], classes[to!]![0]].join(' '));
    expect(shown.toSorted()).toEqual(graph.mapEdges((_, __, from, to) => `${from} ${to}`).toSorted());
    for (const [from, to] of edges) expect(page).toContain(`data-edge="${from}-${to}"`);
  });

  test('no name becomes markup', async () => {
    const evil = [
      '</script><script>alert(1)</script>',
      '<!--',
      '"onclick="x',
      '<img src=x>',
      'a\nb\u2028c',
      'constructor',
      "it's & co.",
    ];
    const edges = evil.map(
      (name, index) => [name, evil[(index + 1) % evil.length]!, { back: index === evil.length - 1 }] as const,
    );
    const text = await renderHtml({
      title: '</title><b>',
      graph: graphOf(edges),
      reports: [circular(evil)],
      schedules: [
        {
          title: '<i>',
          message: '<u>',
          schedule: [['<u>', 'lock \u2028</td>', '"']],
          waits: [{ task: '<s>', wants: 'lock <b>', heldBy: ['<u>'] }],
          literal: '</pre><b>',
          sites: ['<b> (/a</code>.ts:1:1)'],
        },
      ],
      seenIn: new Map([[circular(evil).fingerprint, ['<u> > "<b>']]]),
      statistics: [{ ...examplePage().statistics![2]!, name: evil[0]! }],
    });
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text).not.toMatch(/<(?:img|b|u|s|!--)[ >-]/);
    expect(dataOf(text).classes.map(([name]) => name)).toContain(evil[0]);
  });

  test.each(Object.entries(examples))('%s is told as a story', async (_name, report) => {
    const text = await renderHtml({ title: 'one', graph: graphOf([]), reports: [report] });
    expect(text).toContain('id="report-1"');
    expect(text).toContain('class="culprit"');
    expect(text).toContain('No order was learned.');
  });

  test('nothing found, nothing taken', async () => {
    const text = await renderHtml({
      title: 'empty',
      graph: graphOf([]),
      reports: [],
      heldLocks: [],
      statistics: [],
      schedules: [],
    });
    expect(text).toContain('Nothing reported');
    expect(text).toContain('No locks held.');
  });

  test('who showed it: tests of a dependency and of a report', async () => {
    const graph = graphOf([['a', 'b']]);
    graph.forEachEdge((edge) => graph.setEdgeAttribute(edge, 'origins', ['one.test.ts > nests', 'two.test.ts']));
    const report = circular(['a', 'b']);
    const seenIn = new Map([[report.fingerprint, ['one.test.ts > nests']]]);
    const text = await renderHtml({ title: 'tests', graph, reports: [report], seenIn });
    expect(text).toContain('In <q>one.test.ts &gt; nests</q>');
    expect(text).toContain('<td><q>one.test.ts &gt; nests</q> <q>two.test.ts</q> </td>');
    expect(dataOf(text).texts).toContain('two.test.ts');
  });

  test('locking tables: the square of classes, what contradicts the order apart; what each operation takes', () => {
    const square = /<table class="square">.*?<\/table>/s.exec(page)![0];
    const { graph } = examplePage();
    expect(square.match(/<td class="taken">/g)).toHaveLength(graph.size - 1);
    expect(square.match(/<td class="back">/g)).toHaveLength(1);
    expect(page).toMatch(/<th scope="row">layer0lock_0_layer1lock_5<\/th><td>&amp;layer1-&gt;lock_5<\/td>/);
  });

  test('locking tables of a large graph show a part, and say so', async () => {
    const busiest = await renderHtml({ title: 'large', graph: layered(100), reports: [] });
    expect(busiest).toContain('The 40 classes with the most dependencies, of 100');
    const reports = [circular(['&layer3->lock_15', '&layer1->lock_5'])];
    const around = await renderHtml({ title: 'large', graph: layered(100), reports });
    expect(around).toMatch(/The classes of the reports and those around them, \d+ of 100/);
    expect(/<table class="square">.*?<\/table>/s.exec(around)![0]).toContain('layer3-&gt;lock_15');
  });

  test('times are drawn by size, one path of bars for holds and one for waits', async () => {
    const durations = (buckets: number[]) => ({ count: 3, min: 1, max: 9, total: 12, buckets });
    const row = { name: 'a', mode: 'write', acquisitions: 3, contendedAt: [], contendingAt: [] } as const;
    const statistics = [{ ...row, hold: durations([0, 0, 0, 0, 1, 2]), wait: durations([0, 0, 0, 0, 0, 0, 0, 1]) }];
    const text = await renderHtml({ title: 'times', graph: graphOf([]), reports: [], statistics });
    const [holds, waits] = ['hold', 'wait'].map(
      (name) => new RegExp(`<path class="${name}" d="([^"]*)"`).exec(text)![1],
    );
    expect(holds!.match(/M/g)).toHaveLength(2);
    expect(waits!.match(/M/g)).toHaveLength(1);
    // The axis begins at the lower bound of the first bucket used, half a microsecond.
    expect(text).toMatch(/<text x="0" y="\d+">500 ns<\/text>/);
  });

  test('code frames lose the margin they share, and mark the word', async () => {
    const report = {
      ...circular(['a', 'b']),
      cycle: [{ ...circular(['a', 'b']).cycle[0]!, innerSite: jsSite('f', 'x.ts', 3) }],
    };
    const readSource = () => 'class A {\n      one();\n        two(3);\n\n      three();\n';
    const text = await renderHtml({
      title: 'code',
      graph: graphOf([]),
      reports: [report],
      readSource,
      root: '/project',
    });
    expect(text).toContain('<span class="line hit"><i>3</i>        <mark>two</mark>(3);\n</span>');
    const inner = await renderHtml({
      title: 'code',
      graph: graphOf([]),
      reports: [report],
      readSource: () => 'x\n\n        two(3);\n          three();\n\n',
    });
    expect(inner).toContain('<mark>two</mark>');
  });

  test('above 300 classes: the neighbourhood of each report and the folded whole', async () => {
    const graph = layered(600);
    const reports = [
      circular(['&layer3->lock_15', '&layer1->lock_5']),
      circular(['&layer3->lock_15', '&layer1->lock_5']),
    ];
    const text = await renderHtml({ title: 'large', graph, reports });
    expect(text.match(/<figcaption>Around report/g)).toHaveLength(1);
    expect(text).toContain('The whole order, folded by rank');
    expect(text.match(/class="node"/g)!.length).toBeLessThan(80);
    expect(dataOf(text).classes).toHaveLength(600);
  });
});
