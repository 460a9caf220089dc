import { renderHtml } from '@lockdep/report';
import { describe, expect, test } from 'vitest';
import { graphOf } from './example-graphs.ts';
import { examplePage, layered } from './example-page.ts';
import { circular, examples } from './example-reports.ts';

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
      schedules: [{ title: '<i>', steps: [{ task: '<u>', label: '"', held: ['\u2028</td>'], waitsFor: '<s>' }] }],
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
    expect(text).toContain('No lock was taken.');
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
    expect(text).toContain('Nothing reported.');
    expect(text).toContain('No locks held.');
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
