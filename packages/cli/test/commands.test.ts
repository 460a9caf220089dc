/** What all commands have in common: help, formats, colours, statuses; and the commands over saved files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CircularReport, Level, ProvenSchedule, Report, VerdictKind } from '@lockdep/core';
import type { SavedGraph } from '@lockdep/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wantsColor } from '../src/color.ts';
import { commands } from '../src/commands.ts';
import { FORMATS, GRAPH_FORMATS } from '../src/formats.ts';
import { cli, lockdep } from './run-cli.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

/** One recording: each task takes its locks in this order and lets them go. */
function recording(tasks: Readonly<Record<string, string>>): string {
  const names = [...new Set(Object.values(tasks).join(''))];
  const lines: object[] = [{ type: 'lockdep-trace', version: 1 }];
  for (const [index, name] of names.entries()) {
    lines.push(
      { lockdep: 'class', id: index + 1, name },
      { lockdep: 'lock', id: index + 1, class: index + 1, label: name },
    );
  }
  for (const [index, [name, order]] of Object.entries(tasks).entries()) {
    const locks = [...order].map((lock) => names.indexOf(lock) + 1);
    lines.push({ lockdep: 'task', id: index + 1, name });
    for (const lock of locks) lines.push({ lockdep: 'acquire', task: index + 1, lock });
    for (const lock of locks.toReversed()) lines.push({ lockdep: 'release', task: index + 1, lock });
    lines.push({ lockdep: 'end-task', task: index + 1 });
  }
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockdep-commands-'));
  writeFileSync(at('ab.ndjson'), recording({ one: 'abc', three: 'cd' }));
  writeFileSync(at('ba.ndjson'), recording({ two: 'ba' }));
  writeFileSync(at('both.ndjson'), recording({ one: 'ab', two: 'ba' }));
  for (const name of ['ab', 'ba']) {
    const saved = await lockdep('replay', at(`${name}.ndjson`), '--save', at(`${name}.graph.json`), '--json');
    expect(saved).toMatchObject({ status: 0, err: '' });
  }
  const { out } = await lockdep('replay', at('both.ndjson'), '--format', 'json');
  writeFileSync(at('reports.json'), out);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('help', () => {
  test('the overview fits a screen, names every command and has examples', async () => {
    const { status, out } = await lockdep('--help');
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
    for (const { name, summary } of commands) expect(out).toContain(`  ${name.padEnd(12)}${summary}\n`);
    expect(out).toContain('Examples:');
    expect(status).toBe(0);
    expect(await lockdep()).toEqual({ status, out, err: '' });
  });

  test.each(commands.map(({ name }) => name))(
    'of %s names every option, and all statuses; --help anywhere',
    async (name) => {
      const { status, out } = await lockdep(name, '--help');
      const { options } = await commands.find((command) => command.name === name)!.load();
      for (const [option, { short = null }] of Object.entries(options))
        expect(out, option).toMatch(new RegExp(`--${option}\\b${short === null ? '' : `|-${short}\\b`}`));
      expect(out).toMatch(new RegExp(`^Usage: lockdep ${name} `));
      expect(out).toMatch(/\nExit status: /);
      expect(out).toMatch(new RegExp(`\nExamples:\n  .*lockdep ${name}`));
      expect(out.split('\n').length).toBeLessThanOrEqual(50);
      expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(132);
      expect(status).toBe(0);
      expect((await lockdep('help', name)).out).toBe(out);
      if (name !== 'run') expect((await lockdep(name, 'x', '-h')).out).toBe(out);
    },
  );

  test('loads nothing but the table of commands', { timeout: 60_000 }, async () => {
    const hooks = `import { registerHooks } from 'node:module';
const told = (url) => url.startsWith('file:') && process._rawDebug(url);
registerHooks({ load: (url, context, next) => (told(url), next(url, context)) });`;
    const preload = `data:text/javascript,${encodeURIComponent(hooks)}`;
    const env = { NODE_OPTIONS: `--import=${preload}` };
    const loaded = async (...args: string[]): Promise<string[]> =>
      (await cli(args, { env })).err.split('\n').filter((line) => line.startsWith('file:'));
    const overview = await loaded('--help');
    expect(overview.length).toBeGreaterThan(5);
    expect(overview.filter((url) => !url.includes('/packages/cli/'))).toEqual([]);
    expect(overview.filter((url) => url.includes('/commands/'))).toEqual([]);
    expect((await loaded('diff', '--help')).filter((url) => /\/(simulator|locks|vitest)\//.test(url))).toEqual([]);
  });

  test.each([
    ['relpay', "no command 'relpay'; did you mean replay?"],
    ['--hlep', "no option '--hlep'; did you mean --help?"],
    ['replay --fromat x', "Unknown option '--fromat' (did you mean --format?)"],
    ['replay x --format sraif', '(did you mean sarif?)'],
    ['graph x --format sgv', '(did you mean svg?)'],
    ['stat x --format jsno', '(did you mean json?)'],
    ['completion bahs', '(did you mean bash?)'],
  ])('lockdep %s', async (line, message) => {
    const { status, out, err } = await lockdep(...line.split(' '));
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(status).toBe(2);
  });
});

describe('--format', () => {
  test.each(FORMATS)('%s, of replay, report and merge: the same, by all spellings', async (format) => {
    const trace = at('both.ndjson');
    const direct = await lockdep('replay', trace, '--format', format);
    expect(direct).toMatchObject({ status: 1, err: '' });
    const view = format === 'pretty' ? 'text' : format;
    expect(await lockdep('replay', trace, '--report', view)).toEqual(direct);
    expect(await lockdep('replay', trace, '--format', 'ndjson', '--format', format)).toEqual(direct);
    expect(await lockdep('replay', trace, '--input', 'ndjson', '--format', format)).toEqual(direct);
    expect((await lockdep('replay', trace, '--format', format, '-o', at(`o.${format}`))).out).toBe('');
    expect(readFileSync(at(`o.${format}`), 'utf8')).toBe(direct.out);
    const reports = ['json', 'sarif', 'github', 'github-summary', 'markdown'].includes(format);
    const again = await lockdep('report', at('reports.json'), '--format', format);
    if (reports) expect(again).toEqual(direct);
    else expect(again.status).toBe(1);
    const merged = await lockdep('merge', at('ab.graph.json'), at('ba.graph.json'), '--format', format);
    expect(merged).toMatchObject({ status: 1, err: '' });
    expect(merged.out).not.toBe('');
  });

  test.each(['diff', 'check', 'order', 'stat', 'explore'])(
    '%s: json is --json, and nothing else is known',
    async (name) => {
      const order = at('a.order');
      writeFileSync(order, 'a < b\n');
      writeFileSync(
        at('cases.json'),
        JSON.stringify([{ id: 'x', locks: { A: { kind: 'mutex' } }, steps: [], expect: 'SUCCESS' }]),
      );
      const program = join(import.meta.dirname, '../../../test/data/exploration/programs.json.gz');
      const files = {
        diff: [at('ab.graph.json'), at('ba.graph.json')],
        check: [at('cases.json')],
        order: [order, at('ab.graph.json')],
        stat: [at('ab.ndjson')],
        explore: [program, '--program', 'abba_bare'],
      }[name]!;
      const data = await lockdep(name, ...files, '--json');
      expect(typeof JSON.parse(data.out)).toBe('object');
      expect(await lockdep(name, ...files, '--format', 'json')).toEqual(data);
      expect((await lockdep(name, ...files, '--format', 'pretty')).out).not.toBe(data.out);
      if (name === 'explore')
        expect((await lockdep(name, ...files, '--format', 'html')).out).toMatch(/^<!DOCTYPE html>/);
      expect(await lockdep(name, ...files, '--format', 'sarif')).toMatchObject({ status: 2, out: '' });
    },
  );
});

describe('lockdep report', () => {
  test('graphs that are clean by themselves: what they show together, with the runs', async () => {
    for (const name of ['ab', 'ba'])
      expect(await lockdep('report', at(`${name}.graph.json`))).toMatchObject({ status: 0 });
    const { status, out } = await lockdep('report', at('ab.graph.json'), at('ba.graph.json'), '--json');
    const { classes, dependencies, reports } = JSON.parse(out) as {
      classes: number;
      dependencies: number;
      reports: Report[];
    };
    expect({ classes, dependencies }).toEqual({ classes: 4, dependencies: 4 });
    expect(reports).toMatchObject([
      {
        rule: 'LD2',
        level: 'warning',
        verdict: { reason: 'no run shows all of it (ab.ndjson, ba.ndjson); a run that does both can deadlock' },
        cycle: [
          { from: { name: 'a' }, to: { name: 'b' }, task: 'one of ab.ndjson', isNew: true },
          { from: { name: 'b' }, to: { name: 'a' }, task: 'two of ba.ndjson', isNew: false },
        ],
      },
    ]);
    expect(status).toBe(1);
    const together = await lockdep('replay', at('both.ndjson'), '--json');
    const [replayed] = (JSON.parse(together.out) as { reports: Report[] }).reports;
    expect(reports[0]!.fingerprint).toBe(replayed!.fingerprint);
  });

  test('reports of several files are shown once, with their counts added; a known circle is not found again', async () => {
    const files = [at('reports.json'), at('reports.json'), at('ab.graph.json'), at('ba.graph.json')];
    const { reports } = JSON.parse((await lockdep('report', ...files, '--json')).out) as { reports: Report[] };
    expect(reports).toMatchObject([{ rule: 'LD2', count: 2, task: 'two' }]);
    expect((await lockdep('report', ...files)).out).toMatch(/\n1 report; 4 classes, 4 dependencies\n$/);
  });

  test('a verdict by proof is carried along; of several the surest tells, and a refutation does not outweigh a warning', async () => {
    const document = JSON.parse(readFileSync(at('reports.json'), 'utf8')) as { reports: [CircularReport] };
    const [report] = document.reports;
    const save = (kind: VerdictKind, level: Level): string => {
      const schedule: ProvenSchedule = {
        steps: [{ task: 'one', text: 'lock a' }],
        waits: [],
        preemptions: 1,
        diagram: 'one',
        literal: "[['one', 'lock a']]",
      };
      const verdict = { kind, reason: `by ${kind}`, ...(kind === 'confirmed' ? { schedule } : {}) };
      const file = at(`${kind}.json`);
      writeFileSync(file, JSON.stringify({ ...document, reports: [{ ...report, level, verdict }] }));
      return file;
    };
    const [possible, refuted] = [at('reports.json'), save('refuted', 'note')];
    const [open, confirmed] = [save('unconfirmed', 'warning'), save('confirmed', 'error')];
    const verdictOf = async (...files: readonly string[]) => {
      const { status, out } = await lockdep('report', ...files, '--json');
      const [told] = (JSON.parse(out) as { reports: [CircularReport] }).reports;
      return [status, told.level, told.verdict.kind, told.verdict.schedule?.literal];
    };
    expect(await verdictOf(refuted)).toEqual([0, 'note', 'refuted', undefined]);
    expect(await verdictOf(refuted, possible)).toEqual([1, 'warning', 'possible', undefined]);
    expect(await verdictOf(possible, open)).toEqual([1, 'warning', 'unconfirmed', undefined]);
    expect(await verdictOf(open, confirmed, possible)).toEqual([1, 'error', 'confirmed', "[['one', 'lock a']]"]);
    expect((await lockdep('report', confirmed, '--format', 'markdown')).out).toContain(
      "replay(program, [['one', 'lock a']])",
    );
  });

  test('a trace and a document of --json are read too; a baseline and a declared order count', async () => {
    const document = await lockdep('replay', at('both.ndjson'), '--json');
    writeFileSync(at('document.json'), document.out);
    expect(await lockdep('report', at('document.json'))).toMatchObject({ status: 1 });
    expect(await lockdep('report', at('both.ndjson'))).toMatchObject({ status: 1 });
    writeFileSync(at('again.json'), (await lockdep('report', at('document.json'), '--json')).out);
    expect(await lockdep('report', at('again.json'))).toEqual(await lockdep('report', at('document.json')));
    const baseline = ['--baseline', at('baseline.json')];
    expect(await lockdep('report', at('reports.json'), ...baseline, '--update-baseline')).toMatchObject({ status: 0 });
    expect(await lockdep('report', at('ab.graph.json'), at('ba.graph.json'), ...baseline)).toMatchObject({ status: 0 });
    writeFileSync(at('declared.order'), 'b < a\n');
    const against = await lockdep('report', at('ab.graph.json'), '--order', at('declared.order'));
    expect(against.out).toContain(
      'verdict: possible: what was seen contradicts the declared order (seen in ab.ndjson)',
    );
    expect(against.out).toContain(`(declared in ${at('declared.order')})`);
    expect(against.status).toBe(1);
    expect(await lockdep('replay', at('ab.ndjson'), '--order', at('declared.order'))).toMatchObject({ status: 1 });
  });

  test.each([
    ['{"version":1,"reports":[{}]}', 'reports[0] is no report'],
    ['{"version":1,"reports":7}', 'no reports in it'],
    ['{"version":1,"reports":[{"kind":"circular","rule":"LD2"}]}', 'reports[0] is no report'],
    ['{"version":1,"reports":[', 'not JSON'],
    ['{"version":1,"reports":[{"kind":"constructor","rule":"LD2"}]}', 'reports[0] is no report'],
    ['{"format":"lockdep-graph","version":1}', 'runs'],
  ])('%s', async (text, problem) => {
    writeFileSync(at('bad.json'), text);
    const { status, out, err } = await lockdep('report', at('bad.json'));
    expect(err).toContain(`lockdep: ${at('bad.json')}: `);
    expect(err).toContain(problem);
    expect(err).not.toMatch(/^\s+at /m);
    expect([status, out]).toEqual([2, '']);
  });
});

describe('lockdep graph', () => {
  test.each(GRAPH_FORMATS)('%s, of a trace as of the graph saved from it', async (format) => {
    const [of, from] = await Promise.all(
      ['ab.ndjson', 'ab.graph.json'].map((name) => lockdep('graph', at(name), '--format', format)),
    );
    expect(of).toMatchObject({ status: 0, err: '' });
    for (const name of 'abcd') expect(of!.out).toContain(name);
    if (format !== 'html') expect(from!.out).toBe(of!.out);
  });

  test('--around shows classes and their neighbours, in every format', async () => {
    const { out } = await lockdep('graph', at('ab.graph.json'), '--around', 'd', '--json');
    const graph = JSON.parse(out) as SavedGraph;
    expect(graph.classes.map(({ name }) => name)).toEqual(['c', 'd']);
    expect(graph.dependencies.map(({ from, to }) => from + to)).toEqual(['cd']);
    const mermaid = await lockdep('graph', at('ab.graph.json'), '--around', 'd', '--format', 'mermaid');
    expect(mermaid.out).toMatch(/\["c"\]/);
    expect(mermaid.out).not.toMatch(/\["a"\]/);
  });

  test.each(['dot', 'mermaid', 'graphml', 'html'])('--around of replay, as %s', async (format) => {
    const { out } = await lockdep('replay', at('ab.ndjson'), '--around', 'd', '--format', format);
    const shown = {
      dot: /"([a-d])(?:\\n|")/g,
      mermaid: /\["([a-d])"\]/g,
      graphml: />([a-d])</g,
      html: /(?:"classes":\[|\],)\["([a-d])",/g,
    }[format]!;
    const names = new Set([...out.matchAll(shown)].map((match) => match[1]));
    expect([...names].sort()).toEqual(['c', 'd']);
  });

  test('an unknown class is an error, with the one that was meant, in graph, replay and report', async () => {
    writeFileSync(at('long.ndjson'), recording({ one: 'ab' }).replaceAll('"a"', '"accounts"'));
    for (const command of ['graph', 'replay', 'report']) {
      const { status, err } = await lockdep(command, at('long.ndjson'), '--around', 'acounts');
      expect(err).toBe('lockdep: --around acounts: no class has that name\n  did you mean accounts?\n');
      expect(status).toBe(2);
    }
  });

  test('merged graphs mark what closes a circle', async () => {
    const { out } = await lockdep('graph', at('ab.graph.json'), at('ba.graph.json'));
    expect(out).toContain('Inversions: 1');
    expect(out).toMatch(/!![ab] {2}<-- inversion 1/);
  });

  test('a document of reports has no order', async () => {
    const { status, err } = await lockdep('graph', at('reports.json'));
    expect(err).toBe(`lockdep: ${at('reports.json')}: reports, and no order\n  give a saved graph or a trace\n`);
    expect(status).toBe(2);
  });
});

describe('colour', () => {
  const terminal = { isTTY: true };
  test.each([
    [terminal, {}, true],
    [{}, {}, false],
    [terminal, { NO_COLOR: '1' }, false],
    [terminal, { NO_COLOR: '' }, true],
    [{}, { FORCE_COLOR: '1' }, true],
    [terminal, { FORCE_COLOR: '0' }, false],
    [terminal, { NO_COLOR: '1', FORCE_COLOR: '3' }, true],
    [terminal, { TERM: 'dumb' }, false],
  ])('%o with %o: %o', (stream, environment, wanted) => {
    expect(wantsColor(stream, environment)).toBe(wanted);
  });

  test('FORCE_COLOR colours what is piped, and files never are', { timeout: 60_000 }, async () => {
    const trace = fileURLToPath(new URL('./programs/inversion.ts', import.meta.url));
    const env = { FORCE_COLOR: '1' };
    expect((await cli(['explain', 'LD2'], { env })).out).toContain('\u001b[1m# LD2');
    expect((await cli(['explain', 'LD2'])).out).not.toContain('\u001b');
    expect((await cli(['run', trace], { env })).err).toContain('\u001b[');
    expect((await cli(['run', '-o', at('plain.txt'), trace], { env })).err).toBe('');
    expect(readFileSync(at('plain.txt'), 'utf8')).not.toContain('\u001b');
  });
});

test('the version, and a reader that stops early', { timeout: 60_000 }, async () => {
  expect((await lockdep('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});
