/** GitHub, Markdown, Mermaid and GraphML. */
import {
  renderGithubAnnotations,
  renderGraphml,
  renderJobSummary,
  renderMarkdown,
  renderMermaid,
} from '@lockdep/report';
import { describe, expect, test } from 'vitest';
import { filemap, graphOf } from './example-graphs.ts';
import { circular, examples, jsSite } from './example-reports.ts';

const EVIL = ['a|b', '<script>alert(1)</script>', 'x"y%0A::error::', 'new\nline,colon: `tick`'];

describe('GitHub', () => {
  test('one command a report, with the place of the acquisition', () => {
    const report = { ...examples['assertion']!, site: jsSite('check', 'a,b.ts', 7) };
    const text = renderGithubAnnotations([report], { root: '/project' });
    expect(text).toBe(
      '::error file=src/a%2Cb.ts,line=7,col=9,title=LD13 assertion%3A &b->lock::&b->lock must be held for writing.%0Amain:%0A' +
        '  holds &b->lock (inode 12), read, at: readInode (src/inode.ts:40:9)%0A' +
        '  assert held-for-write: &b->lock (inode 12), at: check (src/a,b.ts:7:9)\n',
    );
  });

  test.each(Object.entries(examples))('%s is one line of the right level', (_name, report) => {
    const text = renderGithubAnnotations([report]);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toMatch({ error: /^::error /, warning: /^::warning /, note: /^::notice / }[report.level]);
  });

  test('a confirmed report says so, with the interleaving, in its one command', () => {
    const text = renderGithubAnnotations([examples['circular-confirmed']!], { root: '/project' });
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    const lines = text.trimEnd().split('%0A');
    expect(lines).toContain('verdict: confirmed, a schedule of the program deadlocks');
    expect(lines).toContain('The schedule that deadlocks, with 1 preemption:');
    expect(lines).toContain('=> deadlock');
    expect(lines).toContain('replay(program, [');
    expect(renderGithubAnnotations([examples['circular-refuted']!])).toMatch(/^::notice .*%0Averdict: refuted, all 12/);
  });

  test('no name can start a command of its own', () => {
    const text = renderGithubAnnotations([circular(EVIL)]);
    expect(text.trimEnd().split(/\r|\n/)).toHaveLength(1);
    expect(text).toContain('x"y%250A');
  });

  test('the job summary counts, and stays below the limit of GitHub', async () => {
    expect(renderJobSummary([])).toContain('Nothing reported.');
    await expect(renderJobSummary([examples['circular-2']!, examples['deadlock']!])).toMatchFileSnapshot(
      'fixtures/job-summary.md',
    );
    const many = renderJobSummary(Array.from({ length: 5_000 }, () => examples['circular-6']!));
    expect(many.length).toBeLessThan(1024 * 1024);
    expect(many).toMatch(/\d+ more are not shown\./);
    expect(many.split('<details>').length).toBe(many.split('</details>').length);
  });
});

describe('Markdown', () => {
  test('golden', async () => {
    await expect(renderMarkdown(examples['circular-4']!)).toMatchFileSnapshot('fixtures/circular-4.md');
  });

  test('verdicts by proof: the schedule as a block and as code, how close it came', async () => {
    await expect(renderMarkdown(examples['circular-confirmed']!)).toMatchFileSnapshot('fixtures/circular-confirmed.md');
    expect(renderMarkdown(examples['circular-confirmed']!)).toContain('```ts\nreplay(program, [\n');
    const open = renderMarkdown(examples['circular-unconfirmed']!);
    expect(open).toContain(
      'Verdict: **unconfirmed**, neither found nor ruled out within 5000 executions.\n\nClosest: one of 2',
    );
  });

  test('several, one and none', () => {
    const reports = Object.values(examples);
    expect(renderMarkdown(reports).match(/^### /gm)).toHaveLength(reports.length);
    expect(renderMarkdown([])).toBe('Nothing reported.\n');
  });

  test('names stay text: same columns in every row, no tags outside code blocks', () => {
    const text = renderMarkdown(circular(EVIL));
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(row.split(' | ')).toHaveLength(4);
    expect(text.replaceAll(/^(`{3,})text\n[\s\S]*?^\1$/gm, '')).not.toContain('<script');
  });
});

describe('Mermaid', () => {
  test('golden', async () => {
    await expect(
      renderMermaid(filemap, { reports: [circular(['lock_page', 'mmap_lock', 'invalidate_lock'])] }),
    ).toMatchFileSnapshot('fixtures/filemap.mmd');
  });

  test('names that mean something to Mermaid are only labels', () => {
    const text = renderMermaid(
      graphOf([
        ['end', 'a"]; click c0'],
        ['<b>', '#35;'],
      ]),
    );
    expect(text.split('\n')).toHaveLength(8);
    expect(text).toContain('["a#34;]#59; click c0"]');
    expect(text).toContain('["#60;b#62;"]');
    expect(text).toContain('["#35;35#59;"]');
  });

  test('of a refuted circle the dependencies are green, but for those that a louder one shares', () => {
    const graph = graphOf([
      ['lab_a', 'lab_b'],
      ['lab_b', 'lab_a', { back: true }],
    ]);
    const refuted = examples['circular-refuted']!;
    expect(renderMermaid(graph, { reports: [refuted] })).toContain('\n  linkStyle 0,1 stroke:#15803d;\n');
    const both = renderMermaid(graph, { reports: [refuted, circular(['lab_b', 'lab_a'])] });
    expect(both).toContain('linkStyle 0,1 stroke:#dc2626');
    expect(both).not.toContain('#15803d');
  });

  test('a reported dependency is red, by its number among the links', () => {
    const graph = graphOf([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a', { back: true }],
    ]);
    const text = renderMermaid(graph, { reports: [circular(['c', 'a', 'b'])] });
    expect(text).toContain('c2 -.-> c0');
    expect(text).toContain('linkStyle 0,1,2 ');
    expect(renderMermaid(graph)).not.toContain('linkStyle');
  });
});

describe('GraphML', () => {
  test('golden', async () => {
    await expect(
      renderGraphml(
        graphOf(
          [
            ['a', 'b', { modes: 'EN,SR' }],
            ['b', 'a', { back: true }],
          ],
          ['alone'],
        ),
      ),
    ).toMatchFileSnapshot('fixtures/two.graphml');
  });

  test('a node and an edge for each there is, and only declared keys', () => {
    const text = renderGraphml(filemap);
    expect(text.match(/<node /g)).toHaveLength(filemap.order);
    expect(text.match(/<edge /g)).toHaveLength(filemap.size);
    const declared = new Set([...text.matchAll(/<key id="([^"]+)"/g)].map(([, key]) => key));
    for (const [, key] of text.matchAll(/<data key="([^"]+)"/g)) expect(declared).toContain(key);
  });

  test('a dependency on a reported circle says what became of it', () => {
    const graph = graphOf([
      ['lab_a', 'lab_b'],
      ['lab_b', 'lab_a', { back: true }],
      ['lab_a', 'other'],
    ]);
    const text = renderGraphml(graph, { reports: [examples['circular-confirmed']!] });
    expect(text.match(/<data key="edge-circle">confirmed<\/data>/g)).toHaveLength(2);
    expect(renderGraphml(graph)).not.toContain('<data key="edge-circle">');
  });

  test('names are escaped', () => {
    const text = renderGraphml(graphOf([['<a & "b">', 'bell\u0007']]));
    expect(text).toContain('&lt;a &amp; &quot;b&quot;&gt;');
    expect(text).toContain('bell\\u{7}');
  });
});
