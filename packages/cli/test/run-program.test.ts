/** `lockdep run`: programs stay what they are, and what their locks show is reported however they end. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '@lockdep/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli, cliSignalled, NODE, program } from './run-cli.ts';

const INVERSION = fileURLToPath(new URL('./programs/inversion.ts', import.meta.url));
const PROCESSES = fileURLToPath(new URL('./programs/processes.ts', import.meta.url));
const STUCK = fileURLToPath(new URL('./programs/stuck.cjs', import.meta.url));
const WORDS = 'the program’s own words\n';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockdep-run-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Document {
  readonly status: number;
  readonly signal: string | null;
  readonly processes: readonly {
    readonly name: string;
    readonly events: number;
    readonly reports: readonly string[];
  }[];
  readonly classes: number;
  readonly dependencies: number;
  readonly reports: readonly Report[];
}

/** The last line of what was written to standard error. */
function documentIn(err: string): Document {
  return JSON.parse(err.trimEnd().split('\n').at(-1)!) as Document;
}

describe('lockdep run', { timeout: 120_000 }, () => {
  test('reports on standard error; standard output is the program’s own; findings make the status 1', async () => {
    const { status, out, err } = await cli(['run', '--', ...NODE, INVERSION]);
    expect(out).toBe(WORDS);
    expect(err).toContain('WARNING: possible circular locking dependency detected');
    expect(err).toMatch(/^ +lock #2, wanted by transfer at:\n.*packages\/cli\/test\/programs\/inversion\.ts:7:/m);
    expect(err).toMatch(
      /\nlockdep: 1 report \(1 process, 2 classes, 2 dependencies\); `lockdep explain LD2` says more\n$/,
    );
    expect(status).toBe(1);
  });

  test('--report-only, a baseline and a note leave the status of the program', async () => {
    expect(await cli(['run', '--report-only', INVERSION])).toMatchObject({ status: 0, out: WORDS });
    const baseline = join(folder, 'baseline.json');
    expect(await cli(['run', '--baseline', baseline, '--update-baseline', INVERSION])).toMatchObject({ status: 0 });
    const known = await cli(['run', '--baseline', baseline, INVERSION]);
    expect(known).toMatchObject({ status: 0, err: expect.stringContaining('Baseline: 0 new, 1 known, 0 suppressed.') });
  });

  test.each([
    ['exit', { status: 7, signal: null }],
    ['throw', { status: 1, signal: null }],
    ['kill', { status: 137, signal: 'SIGKILL' }],
  ] as const)('a program that ends by %s keeps its status and is reported', async (how, ending) => {
    const { status, err } = await cli(['run', '--json', INVERSION, how]);
    expect(documentIn(err)).toMatchObject({
      ...ending,
      processes: [{ name: 'inversion.ts', reports: { length: 1 } }],
      reports: [{ rule: 'LD2', cycle: { length: 2 } }],
    });
    expect(status).toBe(ending.status);
  });

  test.each([
    ['SIGTERM', { status: 143, signal: 'SIGTERM' }],
    ['SIGINT', { status: 130, signal: 'SIGINT' }],
    ['SIGUSR2', { status: 42, signal: null }],
  ] as const)('%s is handed on: it does to the program what it always does', async (signal, ending) => {
    const { status, err } = await cliSignalled(['run', '--json', INVERSION, 'wait'], 'ready', signal);
    expect(documentIn(err)).toMatchObject({ ...ending, reports: [{ rule: 'LD2' }] });
    expect(status).toBe(ending.status);
  });

  test.each(['processes', 'threads'])('two %s that are fine by themselves are inverted together', async (what) => {
    const { status, err } = await cli(['run', '--json', PROCESSES, what]);
    const name = what === 'threads' ? 'processes.ts (worker)' : 'processes.ts';
    expect(documentIn(err)).toMatchObject({
      processes: [
        { name, events: 6, reports: [] },
        { name: `${name} #2`, events: 6, reports: [] },
      ],
      classes: 2,
      dependencies: 2,
      reports: [
        {
          rule: 'LD2',
          verdict: { reason: expect.stringMatching(/^no run shows all of it/) },
          cycle: [{ task: `ab of ${name}` }, { task: `ba of ${name} #2` }],
        },
      ],
    });
    expect(status).toBe(1);
  });

  test('a report of some of several processes names them', async () => {
    const both = `${NODE.join(' ')} ${INVERSION} && ${NODE.join(' ')} ${PROCESSES} processes ab`;
    const { err } = await cli(['run', '--', 'sh', '-c', `${both} && ${NODE.join(' ')} ${INVERSION}`]);
    expect(err).toMatch(/\nfingerprint: LD2-\w+\nin: inversion\.ts, inversion\.ts #2\n/);
    expect(err).toContain('lockdep: 1 report (3 processes, 4 classes, 3 dependencies)');
  });

  test('CommonJS, found through a shell; a deadlock shows who waits in the end', async () => {
    const { status, err } = await cli(['run', 'sh', '-c', `${NODE.join(' ')} ${STUCK}; exit 3`]);
    expect(err).toContain('rule LD12: ');
    expect(err).toMatch(/\nAt the end:\n[\s\S]*two waits for: #1 \(a\)/);
    expect(status).toBe(3);
  });

  test('a program without locks is only run', async () => {
    const file = join(folder, 'plain.mjs');
    writeFileSync(file, `console.log(process.listenerCount('exit'), process.listenerCount('SIGTERM'));`);
    expect(await cli(['run', file])).toEqual({
      status: 0,
      out: '0 0\n',
      err: 'lockdep: no lock of @lockdep/locks was made in any Node process of this command\n',
    });
  });

  test('formats, the order and a recording go to files', async () => {
    const [sarif, graph, records] = ['out.sarif', 'run.graph.json', 'records'].map((name) => join(folder, name));
    const options = ['--format', 'sarif', '-o', sarif!, '--save', graph!, '--record', records!];
    expect(await cli(['run', ...options, INVERSION])).toEqual({ status: 1, out: WORDS, err: '' });
    expect(JSON.parse(readFileSync(sarif!, 'utf8'))).toMatchObject({ runs: [{ results: [{ ruleId: 'LD2' }] }] });
    expect(JSON.parse(readFileSync(graph!, 'utf8'))).toMatchObject({
      runs: ['inversion.ts'],
      dependencies: [
        { from: 'accounts', to: 'audit', sightings: [{ run: 'inversion.ts', task: 'transfer' }] },
        { from: 'audit', to: 'accounts' },
      ],
    });
    await cli(['run', '--run', 'nightly', '--save', graph!, INVERSION]);
    expect(JSON.parse(readFileSync(graph!, 'utf8'))).toMatchObject({ runs: ['nightly: inversion.ts'] });
    const [record] = readdirSync(records!);
    const replayed = await cli(['replay', join(records!, record!), '--json']);
    expect(JSON.parse(replayed.out)).toMatchObject({ events: 12, reports: [{ rule: 'LD2' }] });
    const document = join(folder, 'document.json');
    await cli(['run', '--json', '-o', join(folder, 'run.txt'), INVERSION]).then(({ err }) =>
      writeFileSync(document, err),
    );
    expect(await cli(['report', document])).toMatchObject({ status: 1, out: expect.stringContaining('rule LD2: ') });
    const { out } = await cli(['run', '--format', 'json', '-o', '-', '--report-only', '--', ...NODE, INVERSION]);
    expect(JSON.parse(out.slice(WORDS.length))).toMatchObject({ version: 1, reports: [{ rule: 'LD2' }] });
  });

  test('a program that listens to its events goes on listening when they are recorded', async () => {
    const file = fileURLToPath(new URL('./programs/listens.ts', import.meta.url));
    const alone = await program([...NODE, file]);
    expect(Number(alone.out)).toBeGreaterThan(2);
    const records = join(folder, 'listening');
    expect(await cli(['run', '--record', records, file])).toMatchObject({ status: 0, out: alone.out });
    const [record] = readdirSync(records);
    expect(readFileSync(join(records, record!), 'utf8')).toContain('"lockdep":"acquire"');
  });

  test('a validator of the program’s own, in the slot of the process', async () => {
    const file = join(import.meta.dirname, 'programs', 'own-validator.mjs');
    const { status, err } = await cli(['run', '--json', file]);
    expect(documentIn(err)).toMatchObject({ processes: [{ name: 'own-validator.mjs' }], reports: [{ rule: 'LD13' }] });
    expect(status).toBe(1);
  });

  test('options of the program are its own; NODE_OPTIONS stay', async () => {
    const file = join(folder, 'arguments.mjs');
    writeFileSync(file, `console.log(process.argv.slice(2).join(), process.env.NODE_OPTIONS.split(' ')[0]);`);
    const env = { NODE_OPTIONS: '--stack-trace-limit=7' };
    const { out } = await cli(['run', file, '--help', '--json', '--', '-o', 'x'], { env });
    expect(out).toBe('--help,--json,--,-o,x --stack-trace-limit=7\n');
  });

  test('what cannot be run is said', async () => {
    const { status, err } = await cli(['run', 'no-such-command-anywhere']);
    expect(err).toBe(
      'lockdep: run: no-such-command-anywhere: no such command\n  give a command as a shell would find it: lockdep run -- node app.js\n',
    );
    expect(status).toBe(2);
    expect(await cli(['run'])).toMatchObject({ status: 2, err: expect.stringContaining('no command given') });
  });

  test('mode off in the configuration only runs', async () => {
    const config = join(folder, 'off.json');
    writeFileSync(config, '{ "mode": "off" }');
    // Nothing is added to the program's environment, so it finds the sources of what it imports only where it is told to.
    const env = { NODE_OPTIONS: '--conditions=@lockdep/source' };
    expect(await cli(['run', '--config', config, INVERSION], { env })).toEqual({ status: 0, out: WORDS, err: '' });
  });

  test('two runs of one program say the same, but for where its files are kept', async () => {
    const first = await cli(['run', INVERSION]);
    expect(await cli(['run', INVERSION])).toEqual(first);
    const direct = await program([...NODE, INVERSION]);
    expect(direct).toEqual({ status: 0, out: WORDS, err: '' });
  });
});
